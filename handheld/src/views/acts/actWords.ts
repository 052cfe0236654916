/** What was done, in a line: for the history of an order and for the queue. */

import type { HazardKind, SuspensionReason } from "../../contract/wire";
import type { Act } from "../../store/database";
import { money } from "../../words/format";
import { hazardWords, suspensionWords, wordFor } from "../../words/trade";
import { words } from "../../words/words";

const titles = words({
  zh: {
    "order.received": "收到工单",
    "order.opened": "打开工单",
    "order.acknowledged": "接单",
    "order.returned": "退单",
    "order.set_out": "出发",
    "order.arrived": "到场",
    "order.inspected": "勘查",
    "order.quoted": "报价",
    "quote.confirmed": "客户确认价格",
    "step.recorded": "检查步骤",
    "order.suspended": "暂停",
    "order.resumed": "恢复施工",
    "order.ready": "完工",
    "order.accepted": "客户验收签名",
    "order.rejected": "客户不满意",
    "signature.refused": "客户未签名",
    "order.cancel_requested": "客户取消",
    "hazard.alarm": "险情报警",
    "price.requested": "申请一次性价格",
    "stock.requested": "申请材料工具",
    "stock.used": "用料",
    "stock.handed_back": "交回仓库",
    "stock.lost": "报失",
    "damage.reported": "报损",
    "incident.reported": "报告事件",
    "shift.handed_over": "交班",
  },
  en: {
    "order.received": "Order received",
    "order.opened": "Order opened",
    "order.acknowledged": "Acknowledged",
    "order.returned": "Order returned",
    "order.set_out": "Set out",
    "order.arrived": "Arrived",
    "order.inspected": "Inspected",
    "order.quoted": "Quoted",
    "quote.confirmed": "Price confirmed",
    "step.recorded": "Checklist step",
    "order.suspended": "Suspended",
    "order.resumed": "Resumed",
    "order.ready": "Finished",
    "order.accepted": "Accepted and signed",
    "order.rejected": "Customer not satisfied",
    "signature.refused": "Not signed",
    "order.cancel_requested": "Customer cancels",
    "hazard.alarm": "Hazard alarm",
    "price.requested": "One-off price asked for",
    "stock.requested": "Stock asked for",
    "stock.used": "Stock used",
    "stock.handed_back": "Handed back to the store",
    "stock.lost": "Stock lost",
    "damage.reported": "Damage reported",
    "incident.reported": "Incident reported",
    "shift.handed_over": "Shift handed over",
  },
});

export function actTitle(type: string): string {
  return wordFor(titles(), type);
}

/** The one particular that tells an act from others of its type; empty where none is needed. */
export function actDetail(act: Pick<Act, "type" | "data">): string {
  const { data } = act;
  switch (act.type) {
    case "step.recorded":
      return [data.step, reading(data.answer)].filter(Boolean).join(" ");
    case "order.quoted":
      return money(data.total_fen as number);
    case "order.suspended":
      return suspensionWords()[data.reason as SuspensionReason];
    case "hazard.alarm":
      return hazardWords()[data.kind as HazardKind];
    case "stock.requested":
    case "stock.used":
    case "stock.handed_back":
    case "stock.lost":
      return (data.lines as { item: string; qty: string }[])
        .map((line) => `${line.item} × ${line.qty}`)
        .join(", ");
    case "order.returned":
    case "order.rejected":
    case "order.cancel_requested":
      return String(data.reason);
    case "damage.reported":
      return String(data.item);
    case "incident.reported":
      return String(data.place);
    case "price.requested":
      return String(data.description);
    default:
      return "";
  }
}

function reading(answer: unknown): string {
  const { value, unit } = (answer ?? {}) as { value?: string; unit?: string };
  return value === undefined ? "" : [value, unit].filter(Boolean).join(" ");
}
