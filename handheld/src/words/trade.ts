/** The trade's own words: states, categories, reasons. */

import { words } from "./words";

export const stateWords = words({
  zh: {
    created: "已开单",
    dispatched: "待接单",
    acknowledged: "已接单",
    on_site: "已到场",
    quoted: "已报价",
    in_progress: "施工中",
    suspended: "已暂停",
    awaiting_acceptance: "待客户验收",
    rework: "返工中",
    escalated: "已上报",
    accepted: "已验收签名",
    closed: "已核销",
    archived: "已归档",
    cancel_pending: "取消待核销",
    cancelled: "已取消",
    void: "已作废",
  },
  en: {
    created: "Issued",
    dispatched: "To acknowledge",
    acknowledged: "Acknowledged",
    on_site: "On site",
    quoted: "Quoted",
    in_progress: "In progress",
    suspended: "Suspended",
    awaiting_acceptance: "Customer to accept",
    rework: "Rework",
    escalated: "Escalated",
    accepted: "Accepted, signed",
    closed: "Written off",
    archived: "Archived",
    cancel_pending: "Cancelled, to be written off",
    cancelled: "Cancelled",
    void: "Void",
  },
});

export const categoryWords = words({
  zh: {
    lamp: "日光灯",
    switch: "开关",
    tap_valve: "水龙头/阀门",
    gas_water_heater: "燃气热水器",
    gas_stove: "煤气灶",
    toilet_tank: "坐便器水箱",
    air_conditioner: "空调",
    water_pipe_install: "给水管安装",
    household_other: "户内其他",
    business_other: "经营服务",
    public_area: "公共区域",
  },
  en: {
    lamp: "Fluorescent lamp",
    switch: "Switch",
    tap_valve: "Tap or valve",
    gas_water_heater: "Gas water heater",
    gas_stove: "Gas stove",
    toilet_tank: "Toilet tank",
    air_conditioner: "Air-conditioner",
    water_pipe_install: "Water pipe",
    household_other: "In the home, other",
    business_other: "Business service",
    public_area: "Common area",
  },
});

export const suspensionWords = words({
  zh: {
    wait_material: "等材料",
    customer_absent: "客户不在",
    hazard: "有险情",
    capacity_increase: "需增容",
    riser_shutoff: "需关立管",
    access: "进不了现场",
    other: "其他",
  },
  en: {
    wait_material: "Waiting for material",
    customer_absent: "Customer absent",
    hazard: "Hazard",
    capacity_increase: "Capacity increase needed",
    riser_shutoff: "Riser must be shut",
    access: "No access",
    other: "Other",
  },
});

export const hazardWords = words({
  zh: {
    gas_leak: "燃气泄漏",
    electric_shock: "触电危险",
    water: "大量漏水",
    fire: "火情",
    structural: "结构危险",
    other: "其他危险",
  },
  en: {
    gas_leak: "Gas leak",
    electric_shock: "Electric shock",
    water: "Flooding",
    fire: "Fire",
    structural: "Structural danger",
    other: "Other danger",
  },
});

export const relationWords = words({
  zh: { owner: "业主", tenant: "租户", family: "家属", visitor: "访客", other: "其他" },
  en: { owner: "Owner", tenant: "Tenant", family: "Family", visitor: "Visitor", other: "Other" },
});

export const urgencyWords = words({
  zh: { normal: "普通", urgent: "急", emergency: "紧急" },
  en: { normal: "Normal", urgent: "Urgent", emergency: "Emergency" },
});

/** A word of a closed list; what a newer server may add is shown as it came. */
export function wordFor(list: Record<string, unknown>, word: string): string {
  const found = list[word];
  return typeof found === "string" ? found : word;
}
