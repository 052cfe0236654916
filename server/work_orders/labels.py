"""What states and actions of the work order are called in Chinese. Pure."""

from __future__ import annotations

from server.work_orders.states import State

S = State

LABELS_ZH: dict[State, str] = {
    S.CREATED: "已开单",
    S.DISPATCHED: "已派工",
    S.ACKNOWLEDGED: "已接单",
    S.ON_SITE: "已到场",
    S.QUOTED: "已报价",
    S.IN_PROGRESS: "施工中",
    S.SUSPENDED: "已暂停",
    S.AWAITING_ACCEPTANCE: "待客户验收",
    S.REWORK: "返工中",
    S.ESCALATED: "已上报",
    S.ACCEPTED: "已验收签名",
    S.CLOSED: "已核销",
    S.ARCHIVED: "已归档",
    S.CANCEL_PENDING: "取消待核销",
    S.CANCELLED: "已取消",
    S.VOID: "已作废",
}

ACTION_LABELS_ZH: dict[str, str] = {
    "issue": "开单",
    "dispatch": "派工",
    "acknowledge": "接单",
    "recall": "召回",
    "return": "退单",
    "arrive": "到场",
    "inspect": "勘查",
    "request_price": "申请单外价格",
    "quote": "报价",
    "confirm_quote": "确认价格",
    "confirm_remotely": "由客户确认价格",
    "request_cancel": "申请取消",
    "cancel": "取消",
    "write_off": "核销",
    "suspend": "暂停",
    "resume": "恢复",
    "clear_hazard": "解除隐患",
    "alarm": "报警",
    "hand_over": "转单",
    "ready": "报完工",
    "accept": "验收",
    "sign_again": "再请客户签名",
    "reject": "拒收",
    "refuse_signature": "记录拒签",
    "decide_rework": "决定返工",
    "decide_accept": "决定结单",
    "archive": "归档",
    "void": "作废",
}
