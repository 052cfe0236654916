"""The main menu: every page that somebody with these roles works in all day."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from server.accounts.permissions import level
from server.console.wording import gettext, marked

DOES = frozenset("DA")
READS = frozenset("DAOR")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One page of the menu: who sees it, and the key that opens it with Alt."""

    endpoint: str
    title: str
    key: str
    permission: str
    levels: frozenset[str] = DOES
    #: not opened every hour: it stands behind "more"
    rare: bool = False
    #: who may at least read this has a better page for the same
    unless: str = ""

    @property
    def words(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)


MENU = (
    Entry(
        endpoint="console.board.home",
        title=marked("看板"),
        key="1",
        permission="order.read",
        levels=READS,
    ),
    Entry(
        endpoint="console.intake.show",
        title=marked("新登记"),
        key="2",
        permission="request.register",
    ),
    Entry(
        endpoint="console.capture.show",
        title=marked("转告诉求"),
        key="z",
        permission="request.capture",
        rare=True,
        unless="request.register",
    ),
    Entry(
        endpoint="console.complaint_new.show",
        title=marked("转告投诉"),
        key="o",
        permission="complaint.relay",
        rare=True,
        unless="complaint.read",
    ),
    Entry(
        endpoint="console.quality.queue",
        title=marked("质量评审"),
        key="3",
        permission="quality.review",
        levels=READS,
    ),
    Entry(
        endpoint="console.alerts.show",
        title=marked("提醒"),
        key="4",
        permission="account.self",
    ),
    Entry(
        endpoint="console.figures.show",
        title=marked("今日"),
        key="5",
        permission="report.read",
        levels=READS,
    ),
    Entry(
        endpoint="console.lists.show_orders",
        title=marked("工单列表"),
        key="6",
        permission="order.read",
        levels=READS,
    ),
    Entry(
        endpoint="console.finance.show",
        title=marked("账务"),
        key="m",
        permission="billing.register",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.complaints.show",
        title=marked("投诉列表"),
        key="t",
        permission="complaint.read",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.fees.chase",
        title=marked("催缴"),
        key="y",
        permission="fee_notice.deliver",
        rare=True,
    ),
    Entry(
        endpoint="console.visits_queue.show",
        title=marked("回访"),
        key="v",
        permission="visit.make",
        levels=READS,
    ),
    Entry(
        endpoint="console.roster.show",
        title=marked("排班"),
        key="7",
        permission="roster.plan",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.handover.book",
        title=marked("交接班"),
        key="8",
        permission="order.dispatch",
        rare=True,
    ),
    Entry(
        endpoint="console.counter.show",
        title=marked("领用台"),
        key="l",
        permission="stock.keep",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.slips.show",
        title=marked("回单移交"),
        key="b",
        permission="slips.give",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.month.show",
        title=marked("月末"),
        key="j",
        permission="month.read",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.weekly.show",
        title=marked("周报"),
        key="w",
        permission="weekly.write",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.notices.show",
        title=marked("通知"),
        key="9",
        permission="notice.send",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.price_lists.show",
        title=marked("价目表"),
        key="p",
        permission="order.read",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.public_notices.show",
        title=marked("公告"),
        key="g",
        permission="request.read",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.messages.show",
        title=marked("消息"),
        key="x",
        permission="account.self",
        rare=True,
    ),
    Entry(
        endpoint="console.incident.overview",
        title=marked("事件记录"),
        key="i",
        permission="incident.report",
        rare=True,
    ),
    Entry(
        endpoint="console.damage.overview",
        title=marked("报损"),
        key="r",
        permission="damage.settle",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.damage.blank",
        title=marked("上报损坏"),
        key="d",
        permission="damage.report",
        rare=True,
    ),
    Entry(
        endpoint="console.registers.escalated",
        title=marked("上报登记"),
        key="e",
        permission="order.read",
        levels=frozenset("DAR"),
        rare=True,
    ),
    Entry(
        endpoint="console.paper.index",
        title=marked("表单"),
        key="f",
        permission="order.read",
        levels=frozenset("DAR"),
        rare=True,
    ),
    Entry(
        endpoint="console.neighbours.show",
        title=marked("外部系统"),
        key="n",
        permission="neighbour.manage",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.assets.index",
        title=marked("设备"),
        key="q",
        permission="asset.manage",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.preventive.show",
        title=marked("保养计划"),
        key="k",
        permission="preventive.plan",
        levels=READS,
        rare=True,
    ),
    Entry(
        endpoint="console.staff.show",
        title=marked("管理"),
        key="0",
        permission="device.report_lost",
        rare=True,
    ),
    Entry(
        endpoint="console.audit.show",
        title=marked("操作记录"),
        key="u",
        permission="audit.read",
        levels=READS,
        rare=True,
    ),
)


def menu() -> list[Entry]:
    """The entries of whoever is signed in."""
    roles = frozenset(g.user.roles)
    return [
        one
        for one in MENU
        if level(one.permission, roles) in one.levels
        and not (one.unless and level(one.unless, roles))
    ]
