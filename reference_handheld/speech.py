"""The lines a handheld prints: one per event sent, answer received, or order that came or went."""

from collections.abc import Callable, Mapping
from typing import Any

Say = Callable[[str], None]

_OUTCOMES = {
    "applied": "已生效 applied",
    "duplicate": "已收过 duplicate",
    "recorded": "仅留证 kept as evidence only",
    "rejected": "被拒 rejected",
}
_EVENTS = {
    "order.received": "已收单",
    "order.opened": "已查看",
    "order.acknowledged": "接单",
    "order.set_out": "出发",
    "order.returned": "退单",
    "order.arrived": "到场",
    "order.inspected": "查勘",
    "order.quoted": "报价",
    "price.requested": "申请单外价格",
    "quote.confirmed": "客户确认价格",
    "step.recorded": "步骤",
    "order.suspended": "暂停",
    "order.resumed": "恢复",
    "order.ready": "完工待验",
    "order.accepted": "客户签收",
    "order.rejected": "客户不满意",
    "signature.refused": "拒绝签字",
    "order.cancel_requested": "客户取消",
    "hazard.alarm": "险情报警",
    "stock.requested": "领料",
    "stock.used": "用料",
    "stock.lost": "材料工具遗失",
    "stock.handed_back": "退还材料工具",
    "damage.reported": "损坏报告",
    "incident.reported": "公区事件",
    "shift.handed_over": "交班",
}


def event(type_: str, data: Mapping[str, Any]) -> str:
    """An event in words: the trade's word, the wire's word, and the step where it is one."""
    step = f" {data['step']}#{data.get('attempt', 1)}" if "step" in data else ""
    return f"{_EVENTS.get(type_, type_)} {type_}{step}"


def outcome(word: str) -> str:
    return _OUTCOMES.get(word, word)


def reason(problem: Mapping[str, Any] | None) -> str:
    """Why something was refused, as a person can read it; the rule's id where one refused."""
    if not problem:
        return "未说明原因 no reason given"
    detail = problem.get("detail") or problem.get("title") or problem.get("type") or ""
    rule = f" [{problem['rule']}]" if problem.get("rule") else ""
    errors = problem.get("errors")
    fields = f" {errors}" if errors else ""
    return f"{text(detail)}{rule}{fields}"


def text(value: Any) -> str:
    """A sentence that may come as one string or as `{zh, en}`."""
    if isinstance(value, Mapping):
        return " ".join(str(value[key]) for key in ("zh", "en") if value.get(key))
    return str(value)
