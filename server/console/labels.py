"""What identifiers are called on the screen: the Chinese words, which the catalogue translates."""

from __future__ import annotations

from server.console import (
    asset_labels,
    audit_labels,
    board_labels,
    complaint_labels,
    finance_labels,
    incident_labels,
    intake_labels,
    month_labels,
    notices_labels,
    quality_labels,
    residents_labels,
    stored_words,
    stores_labels,
    visits_words,
)
from server.console.alert_labels import ALERT
from server.console.figures_labels import FIGURE_TABLES
from server.console.inspection_labels import EVERY
from server.console.people_labels import AUDIENCE, LEFT_OPEN, SHIFT_PATTERN, WEEKDAY
from server.console.wording import gettext, marked
from server.work_orders.labels import LABELS_ZH

ORDER_STATE = {state.value: label for state, label in LABELS_ZH.items()}

REQUEST_STATE = {
    "registered": marked("已登记"),
    "time_pending": marked("待重约"),
    "accepted": marked("已受理"),
    "declined": marked("已婉拒"),
    "converted": marked("已转工单"),
    "withdrawn": marked("已撤回"),
    "answered": marked("已答复"),
    "to_complaint": marked("转投诉"),
}
CATEGORY = {
    "lamp": marked("灯具"),
    "switch": marked("开关"),
    "tap_valve": marked("龙头阀门"),
    "gas_water_heater": marked("燃气热水器"),
    "gas_stove": marked("燃气灶"),
    "toilet_tank": marked("马桶水箱"),
    "air_conditioner": marked("空调"),
    "water_pipe_install": marked("水管安装"),
    "household_other": marked("其他户内"),
    "business_other": marked("其他经营服务"),
    "public_area": marked("公共区域"),
}
URGENCY = {
    "normal": marked("普通"),
    "urgent": marked("加急"),
    "emergency": marked("紧急"),
}
CHANNEL = {
    "phone": marked("电话"),
    "visit": marked("来访"),
    "service_desk": marked("服务台"),
    "control_room": marked("中控室"),
    "hotline": marked("热线"),
    "letter": marked("来信"),
    "complaint_box": marked("投诉箱"),
    "maintenance_centre": marked("维修中心"),
    "app": marked("应用"),
    "other": marked("其他"),
}
KIND = {
    "service_need": marked("服务需求"),
    "enquiry": marked("咨询"),
    "complaint": marked("投诉"),
}
RELATION = {
    "owner": marked("业主"),
    "tenant": marked("租户"),
    "family": marked("家属"),
    "visitor": marked("访客"),
    "other": marked("其他"),
}
NATURE = {
    "paid_special": marked("有偿服务"),
    "routine": marked("常规服务"),
    "business": marked("经营服务"),
}
TARGET = {
    "service": marked("服务"),
    "staff": marked("员工"),
    "facility": marked("设施"),
    "cs_centre": marked("客服中心本身"),
    "other": marked("其他"),
}
DECISION = {
    "accept": marked("结单,照收费用"),
    "rework": marked("再次返工"),
    "waive": marked("免收费用"),
    "reduce": marked("减收费用"),
    "other": marked("其他决定"),
    "resume": marked("隐患已除,恢复施工"),
    "cancel": marked("取消工单"),
}
RETURN_POINT = {"front_desk": marked("前台"), "dispatch": marked("调度中心")}
QUALIFICATION = {
    "gas": marked("燃气证"),
    "electrician": marked("电工证"),
    "refrigeration": marked("制冷证"),
    "height": marked("登高证"),
    "plumbing": marked("水暖证"),
    "other": marked("其他"),
}
CLOCK = {
    "reply": marked("回复时限"),
    "dispatch": marked("派工时限"),
    "ring_again": marked("再次响铃"),
    "next_technician": marked("换下一位技工"),
    "acknowledge": marked("接单时限"),
    "arrival": marked("到场时限"),
    "next_contact": marked("再联系时限"),
    "decision": marked("决定时限"),
    "progress": marked("告知进展的时限"),
    "progress_hr": marked("告知进展的时限"),
    "rectification": marked("整改的时限"),
    "rectification_hr": marked("整改的时限"),
}
REACH = {
    "no_handheld": marked("技工没有可用的手持机"),
    "queued": marked("待发送"),
    "sent": marked("已发出"),
    "received": marked("手持机已收到"),
    "opened": marked("技工已查看"),
    "acknowledged": marked("已接单"),
    "set_out": marked("在途"),
}
REACH_STEP = {
    "queued": marked("排队"),
    "sent": marked("发出"),
    "received": marked("到手持机"),
    "opened": marked("打开"),
    "acknowledged": marked("接单"),
    "set_out": marked("出发"),
}
QA = {
    "none": marked("尚未评审"),
    "pending": marked("待评审"),
    "passed": marked("评审通过"),
    "returned": marked("已退回补做"),
    "failed": marked("评审不合格"),
}
STATUS = {
    "pass": marked("合格"),
    "fail": marked("不合格"),
    "warn": marked("警示"),
    "info": marked("参考"),
    "incomplete": marked("未完"),
    "not_assessed": marked("不判定"),
    "done": marked("已做"),
    "na": marked("不适用"),
}
FLAG = {
    "near_duplicate": marked("与另一张照片近似"),
    "taken_before_arrival": marked("拍摄早于到场"),
    "taken_after_finish": marked("拍摄晚于完工"),
    "exif_time_mismatch": marked("相机时间与申报时间不符"),
    "not_processed": marked("图片处理失败,仅有原图"),
    "blurred": marked("照片模糊"),
    "dark": marked("照片过暗"),
    "strokes_seen_before": marked("笔迹与另一张单的签名相同"),
}
TAG = {
    "before": marked("维修前"),
    "after": marked("维修后"),
    "isolation": marked("断电隔离"),
    "meter": marked("仪表读数"),
    "rating_label": marked("额定铭牌"),
    "gauge_low": marked("低压表"),
    "gauge_high": marked("高压表"),
    "clamp": marked("钳形表"),
    "nameplate": marked("设备铭牌"),
    "old_part": marked("旧件"),
    "new_part": marked("新件"),
    "fault_point": marked("故障点"),
    "repair": marked("维修处"),
    "gas_off": marked("燃气已关"),
    "leak_test": marked("检漏"),
    "flame": marked("火焰"),
    "joint": marked("接头"),
    "thread": marked("螺纹"),
    "closed": marked("关闭状态"),
    "water_test": marked("试水"),
    "plumb": marked("吊线尺量"),
    "level": marked("水平"),
    "union": marked("活接"),
    "hot_cold": marked("冷热管"),
    "clips": marked("管卡"),
    "bends": marked("弯头"),
    "run": marked("管路走向"),
    "materials": marked("材料"),
    "route_sketch": marked("走向草图"),
    "dye": marked("染色试验"),
    "seal": marked("密封面"),
    "scale": marked("电子秤读数"),
    "frost": marked("结霜"),
    "terminals": marked("接线端子"),
    "harness": marked("安全带"),
    "gap": marked("间隙"),
    "clean": marked("清洁后"),
    "tag": marked("警示牌"),
    "gauge": marked("压力表"),
    "signature": marked("签名"),
}
INCIDENT_STATE = {
    "found": marked("已发现"),
    "notified": marked("已通知"),
    "dept_arrived": marked("部门已到场"),
    "handled": marked("已处置"),
    "reported": marked("已报上级"),
    "raised": marked("已再上报"),
    "closed": marked("已关闭"),
}
INCIDENT_CATEGORY = {
    "engineering": marked("工程"),
    "security": marked("治安"),
    "cleaning": marked("保洁"),
    "greening": marked("绿化"),
    "other": marked("其他"),
}
INCIDENT_SEVERITY = {"normal": marked("一般"), "major": marked("重大")}
LINE_STATE = {
    "requested": marked("已申请"),
    "issued": marked("已领出"),
    "used": marked("已耗用"),
    "returned": marked("已退还"),
    "lost": marked("已遗失"),
}
OUTCOME = {"recorded": marked("只作证据"), "rejected": marked("已拒绝")}
DEVICE_STATE = {
    "enrolled": marked("待配对"),
    "active": marked("使用中"),
    "lost": marked("已挂失"),
    "revoked": marked("已停用"),
    "wiped": marked("已清除"),
}
CONFIRM_METHOD = {
    "handheld_signature": marked("手持机签名"),
    "code": marked("验证码"),
    "phone": marked("电话"),
    "paper": marked("纸质签名"),
}
SIGNATURE = {"price": marked("确认价格"), "acceptance": marked("验收")}
UNSIGNED = {
    "refused": marked("拒绝签名"),
    "absent": marked("客户不在场"),
    "dispute": marked("有争议"),
}
LEVEL = {"L1_cs_manager": marked("客服经理"), "L2_gpm": marked("总物业经理")}
SUSPENSION = {
    "wait_material": marked("等材料"),
    "customer_absent": marked("客户不在"),
    "hazard": marked("有隐患"),
    "capacity_increase": marked("等增容"),
    "riser_shutoff": marked("等停水"),
    "access": marked("进不了门"),
    "other": marked("其他"),
}
ROLE = {
    "technician": marked("维修技工"),
    "front_desk": marked("前台"),
    "dispatch_duty": marked("调度值班"),
    "control_duty": marked("中控值班"),
    "dispatch_assistant": marked("调度助理"),
    "dispatch_head": marked("调度负责人"),
    "cs_assistant": marked("客服助理"),
    "precinct_assistant": marked("片区助理"),
    "cs_supervisor": marked("客服主任"),
    "qa_reviewer": marked("质量评审"),
    "cs_manager": marked("客服经理"),
    "gpm": marked("总物业经理"),
    "site_pm": marked("驻场经理"),
    "finance": marked("财务"),
    "storekeeper": marked("仓库"),
    "admin_hr": marked("行政人事"),
    "office_admin": marked("文员"),
    "dept_head": marked("部门主管"),
    "security_dept": marked("安全部"),
    "operations_dept": marked("运行维修部"),
    "clubhouse_assistant": marked("会所助理"),
    "contractor": marked("合作服务商"),
    "customer": marked("客户"),
    "system_admin": marked("系统管理员"),
}

#: a reason is a word of one of these lists, or what somebody wrote
REASON = {**SUSPENSION, **UNSIGNED, **stored_words.REASON}

#: name of a table in templates -> the table
TABLES: dict[str, dict[str, str]] = {
    "order_state": ORDER_STATE,
    "request_state": REQUEST_STATE,
    "category": CATEGORY,
    "urgency": URGENCY,
    "channel": CHANNEL,
    "kind": KIND,
    "relation": RELATION,
    "nature": NATURE,
    "target": TARGET,
    "decision": DECISION,
    "return_point": RETURN_POINT,
    "qualification": QUALIFICATION,
    "clock": CLOCK,
    "reach": REACH,
    "reach_step": REACH_STEP,
    "qa": QA,
    "qa_tab": quality_labels.TAB,
    "status": STATUS,
    "flag": FLAG,
    "tag": TAG,
    "incident_state": INCIDENT_STATE,
    "incident_category": INCIDENT_CATEGORY,
    "incident_severity": INCIDENT_SEVERITY,
    "line_state": LINE_STATE,
    "outcome": OUTCOME,
    "device_state": DEVICE_STATE,
    "confirm_method": CONFIRM_METHOD,
    "signature": SIGNATURE,
    "unsigned": UNSIGNED,
    "level": LEVEL,
    "suspension": SUSPENSION,
    "reason": REASON,
    "resolution": {
        **DECISION,
        **incident_labels.TABLES["capacity_decision"],
        **stored_words.RESOLUTION,
    },
    "alert": ALERT,
    "supply": intake_labels.SUPPLY,
    "warranty": intake_labels.WARRANTY,
    "role": ROLE,
    "board_view": board_labels.VIEW,
    "lane": board_labels.LANE,
    "assignment_mode": board_labels.ASSIGNMENT_MODE,
    "absence": board_labels.ABSENCE,
    "subject_kind": audit_labels.SUBJECT,
    **FIGURE_TABLES,
    **finance_labels.TABLES,
    **residents_labels.TABLES,
    **notices_labels.TABLES,
    **stores_labels.TABLES,
    **visits_words.TABLES,
    **month_labels.TABLES,
    **incident_labels.TABLES,
    "every": EVERY,
    "shift_pattern": SHIFT_PATTERN,
    "left_open": LEFT_OPEN,
    "audience": AUDIENCE,
    "weekday": WEEKDAY,
    **asset_labels.TABLES,
    **complaint_labels.TABLES,
    "complaint_category": {**CATEGORY, "other": marked("其他")},
}


def label(word: str | None, table: str) -> str:
    """What `word` is called; an identifier that has no name yet is shown as it is."""
    if word is None:
        return "—"
    known = TABLES[table].get(word)
    return gettext(known) if known else stored_words.as_said(word, table)


def named(table: str) -> dict[str | None, str]:
    """A whole table in the reader's language, for lists that show the same words on every row."""
    return {None: "—", **{word: gettext(known) for word, known in TABLES[table].items()}}
