"""A row of history in a sentence that people can read."""

from __future__ import annotations

from server.console import asset_labels, audit_labels, complaint_labels, finance_labels
from server.console.formats import iso_moment
from server.console.labels import TABLES, label
from server.console.wording import gettext, marked
from server.history import HistoryRow

KINDS = {
    "request.registered": marked("登记"),
    "request.judged": marked("判别"),
    "request.replied": marked("回复客户"),
    "request.converted": marked("开单"),
    "request.joined": marked("并入工单"),
    "request.called_again": marked("客户再次来电"),
    "request.withdrawn": marked("客户撤回"),
    "request.finance_notified": marked("转告财务"),
    "request.judged_to_complaint": marked("转为投诉"),
    "request.announced": marked("服务开通公告"),
    "order.request_joined": marked("另一户并入本单"),
    "order.issued": marked("开单"),
    "order.dispatched": marked("派工"),
    "order.claimed": marked("抢单"),
    "order.received": marked("手持机收到"),
    "order.opened": marked("技工查看"),
    "order.acknowledged": marked("接单"),
    "order.set_out": marked("出发"),
    "order.recalled": marked("召回"),
    "order.returned": marked("技工退单"),
    "order.arrived": marked("到场"),
    "order.inspected": marked("勘查"),
    "order.quoted": marked("报价"),
    "price.requested": marked("申请单外价格"),
    "quote.confirmed": marked("客户确认价格"),
    "step.recorded": marked("清单步骤"),
    "order.suspended": marked("暂停"),
    "order.resumed": marked("恢复"),
    "hazard.alarm": marked("现场险情"),
    "order.handed_over": marked("转给另一技工"),
    "order.ready": marked("报完工"),
    "order.accepted": marked("客户验收签名"),
    "order.signature_wanted": marked("签过的内容有改动,须客户再签"),
    "order.rework": marked("客户不满意,返工"),
    "order.escalated": marked("上报"),
    "order.decided": marked("经理决定"),
    "order.cancel_requested": marked("取消"),
    "order.written_off": marked("核销"),
    "order.rated": marked("客户评价"),
    "order.told_orally": marked("口头告知调度"),
    "slips.handed_over": marked("移交回单"),
    "slips.received": marked("签收回单"),
    "month.step_taken": marked("办理月末步骤"),
    "summary.made": marked("生成汇总表"),
    "summary.recounted": marked("重新统计"),
    "summary.commented": marked("填写汇总表"),
    "summary.submitted": marked("提交汇总表"),
    "summary.read": marked("批阅汇总表"),
    "weekly.written": marked("写周报"),
    "weekly.submitted": marked("提交周报"),
    "weekly.read": marked("批阅周报"),
    "complaint.archived": marked("投诉归档"),
    "order.archived": marked("归档"),
    "order.voided": marked("作废"),
    "order.price_approved": marked("批准单外价格"),
    "order.limit_overridden": marked("准许偏离限值"),
    "order.stock_changed": marked("材料变动"),
    "event.recorded_late": marked("迟到的记录,只作证据"),
    "photo.stored": marked("收到照片"),
    "photo.flagged": marked("照片被标记"),
    "price_list.drafted": marked("拟价目表"),
    "price_list.changed": marked("改价目表草稿"),
    "price_list.submitted": marked("提交价目表"),
    "price_list.returned": marked("退回价目表"),
    "price_list.published": marked("批准价目表"),
    "price_list.withdrawn": marked("作废价目表"),
    "notice.drafted": marked("拟公告"),
    "notice.edited": marked("改公告草稿"),
    "notice.published": marked("张贴公告"),
    "notice.withdrawn": marked("撤下公告"),
    "notice.addressed": marked("加入告知名单"),
    "notice.told": marked("告知住户"),
    "message.sent": marked("发出消息"),
    "message.answered": marked("回复消息"),
    "qa.passed": marked("质量评审通过"),
    "qa.returned": marked("质量评审退回"),
    "qa.failed": marked("质量评审不合格"),
    "qa.steps_returned": marked("步骤退回补做"),
    "correction.done": marked("整改完成"),
    "correction.verified": marked("整改已验证"),
    "qa.steps_redone": marked("退回的步骤已补做"),
    "note.written": marked("写备注"),
    "alert.raised": marked("发出提醒"),
    "alert.resolved": marked("提醒已处理"),
    "clock.fired": marked("时钟到点"),
    "stock.requested": marked("申请材料"),
    "stock.issued": marked("领出材料"),
    "stock.used": marked("耗用材料"),
    "stock.returned": marked("退还材料"),
    "stock.lost": marked("遗失材料"),
    "stock.handed_back": marked("送回材料或工具"),
    "stock.loss_decided": marked("遗失已决定"),
    "stock.item_added": marked("新增物品"),
    "stock.received": marked("入库"),
    "stock.scrapped": marked("报废"),
    "stock.minimum_set": marked("改下限"),
    "stock.counted": marked("盘点"),
    "old_part.taken_out": marked("旧件带回"),
    "old_part.handed_in": marked("旧件交回"),
    "damage.reported": marked("财物损坏报告"),
    "incident.found": marked("发现并上报"),
    "incident.presence": marked("到场与离开"),
    "incident.handled": marked("处置完毕"),
    "incident.reported": marked("向上级报告"),
    "incident.raised": marked("上级决定:再上报"),
    "incident.order_issued": marked("为事件开单"),
    "incident.closed": marked("事件关闭"),
    "damage.assessed": marked("报损分析"),
    "damage.settled": marked("赔付已谈妥"),
    "damage.over": marked("报损已了结"),
    "capacity.applied": marked("申请增容"),
    "capacity.decided": marked("增容决定"),
    "shift.planned": marked("排班"),
    "shift.changed": marked("改班"),
    "shift.removed": marked("取消班次"),
    "shift.handed_over": marked("交班"),
    "shift.taken_over": marked("接班"),
    "absence.noted": marked("登记不在岗"),
    "absence.cancelled": marked("撤销不在岗"),
    **audit_labels.KINDS,
    **finance_labels.KINDS,
    **asset_labels.KINDS,
    **complaint_labels.KINDS,
    "visit.opened": marked("应回访"),
    "visit.assigned": marked("安排回访"),
    "visit.month_changed": marked("工单改在别的月核销,回访随之改月"),
    "visit.made": marked("回访"),
    "visit.attempted": marked("没有联系上"),
    "visit.unreachable": marked("按联系不上结束"),
    "visit.fault_reported": marked("没有修好,重新登记"),
    "visit.round_opened": marked("再次回访"),
    "visit.rectification_changed": marked("改定整改"),
    "visit.spot_checked": marked("抽查"),
    "visit.done": marked("回访完成"),
    "rectification.opened": marked("要求整改"),
    "rectification.changed": marked("改定整改"),
    "rectification.done": marked("整改完成"),
}

#: keys of `data` that say something to people, in this order, and whose words they are
_SHOWN = {
    "order": None,
    "request": None,
    "name": None,
    "description": None,
    "step": None,
    "status": "status",
    "reason": "reason",
    "text": None,
    "note": None,
    "decision": "decision",
    "how": "resolution",
    "tag": "tag",
    "absence": "absence",
    "asset": None,
    "warranty": "warranty",
    "found": "finding",
    "choice": "replacement_decision",
    "report": None,
    "damage": None,
    "capacity_decision": "capacity_decision",
}


_WAYS = ("payment_method", "confirm_method", "complaint_method")


def title(row: HistoryRow) -> str:
    """What happened, in a word or two."""
    known = KINDS.get(row.kind)
    return gettext(known) if known else row.kind


def detail(row: HistoryRow) -> str:
    """What was said about it."""
    parts = []
    if row.data.get("alert"):
        parts.append(label(str(row.data["alert"]), "alert"))
    if row.data.get("clock"):
        parts.append(label(f"clock.{row.data['clock']}", "alert"))
    for key, table in _SHOWN.items():
        if value := row.data.get(key):
            parts.append(label(str(value), table) if table else str(value))
    if method := row.data.get("method"):
        parts.append(_way(str(method)))
    if row.subject_kind == "roster" and row.data.get("until"):
        parts.append(f"{iso_moment(row.data['from'])} – {iso_moment(row.data['until'])}")
    for axis, stars in (row.data.get("stars") or {}).items():
        parts.append(f"{label(axis, 'rating_axis')} {stars}★")
    if (attempt := row.data.get("attempt", 1)) > 1:
        parts.append(gettext("第 %(number)s 次", number=attempt))
    parts += [label(str(role), "role") for role in row.data.get("roles") or []]
    for step, reason in (row.data.get("steps") or {}).items():
        parts.append(f"{step}: {reason}")
    return " · ".join(parts)


def _way(method: str) -> str:
    """How it was paid, confirmed or asked: one key of history, whose words are of three lists."""
    known = (table for table in _WAYS if method in TABLES[table])
    return label(method, next(known, _WAYS[0]))
