"""Slips from one hand to another: the 17:30 list (F-12), the month's list (F-11), word of mouth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role, level
from server.alerts import operations as alerts
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.estate.operations import next_number
from server.handovers import slip_queries
from server.handovers.models import SlipHandover
from server.handovers.slip_days import (
    daily_due,
    in_time,
    list_day,
    month_list,
    month_over,
    monthly_due,
    slips_of_day,
)
from server.history import Actor
from server.search import index
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving

SUBJECT = "slips"
ALERT = "slips.handed_over"
DAILY, MONTHLY = "daily", "monthly"
#: Who is told that a list waits for him.
RECEIVERS = {
    DAILY: timers.DISPATCH,
    MONTHLY: (Role.OFFICE_ADMIN.value, Role.FINANCE.value),
}
#: The clocks of both lists; they run for the day (2025-03-05) and for the month (2025-03).
DAILY_CLOCK, MONTHLY_CLOCK = "slips_daily", "slips_monthly"


def report_orally(session: Session, order: WorkOrder, *, by: Actor, at: dt.datetime) -> None:
    """R-082: dispatch was told that the slip is back at the front desk; a second time says nothing.

    `order` must be locked. Raises Conflict where its slip did not come back there.
    """
    if order.written_off_at is None or order.return_point != "front_desk":
        raise Conflict(
            "slip-not-at-front-desk",
            "该单没有回到前台,不必口头告知。",
            "The slip did not come back at the front desk.",
            rule="R-082",
        )
    if order.oral_report_at is not None:
        return
    moving.refuse_if_ended(order)
    order.oral_report_at = at
    moving.changed(session, order, "order.told_orally", by=by, at=at)


def start_clocks(session: Session, settings: Settings, order: WorkOrder, *, by: Actor) -> None:
    """R-076, R-081: from a slip's return on, its lists are waited for. Running ones are left alone.

    A slip that comes back after its list was given is waited for as well: the list goes out again.
    """
    returned_at = order.written_off_at
    if returned_at is None:
        return
    zone = settings.zone
    if order.return_point == "front_desk":
        day = list_day(returned_at, zone)
        known = slip_queries.find_list(session, order.estate_id, DAILY, day)
        if known is None or order.number not in known.orders:
            due_at = daily_due(day, zone)
            _start(session, DAILY_CLOCK, day.isoformat(), due_at, by=by, at=returned_at)
    if order.month is not None:
        known = slip_queries.find_list(session, order.estate_id, MONTHLY, order.month)
        if known is None:
            due_at = monthly_due(order.month, zone)
            _start(session, MONTHLY_CLOCK, f"{order.month:%Y-%m}", due_at, by=by, at=returned_at)


def _start(
    session: Session, kind: str, subject: str, due_at: dt.datetime, *, by: Actor, at: dt.datetime
) -> None:
    if any(clock.kind == kind for clock in timers.running(session, SUBJECT, subject)):
        return
    # It fires when the last second is over.
    late_at = due_at + dt.timedelta(seconds=1)
    timers.start(session, kind, subject_kind=SUBJECT, subject=subject, due_at=late_at, by=by, at=at)


def give_day(
    session: Session, settings: Settings, day: dt.date, *, by: Actor, at: dt.datetime
) -> SlipHandover:
    """F-12: the front desk hands the slips of a day to dispatch (R-081).

    Handed over again, it takes along what came back meanwhile and is received anew; where nothing
    came, nothing changes. Raises Invalid for a day to come, Conflict where no slip came back.
    """
    zone = settings.zone
    if day > list_day(at, zone):
        raise Invalid(
            "day-to-come",
            "这一天还没有到。",
            "This day is still to come.",
            rule="R-081",
            errors={"day": ["还没有到 still to come"]},
        )
    slips = slip_queries.returned_at_front_desk(session, by.estate_id, slips_of_day(day, zone))
    known = slip_queries.find_list(session, by.estate_id, DAILY, day, lock=True)
    earlier = set(known.orders) if known else set()
    fresh = [slip for slip in slips if slip.number not in earlier]
    if known is None and not fresh:
        raise Conflict(
            "no-slips",
            "这一天前台没有回单,不必移交。",
            "No slip came back at the front desk; there is nothing to hand over.",
            rule="R-081",
        )
    if known is not None and not fresh:
        return known
    told = [slip.number for slip in fresh if slip.oral_report_at is not None]
    numbers = [slip.number for slip in fresh]
    if known is None:
        known = _new(session, settings, DAILY, day, daily_due(day, zone), by=by, at=at)
    known.orders = [*known.orders, *numbers]
    known.oral_reports = [*known.oral_reports, *told]
    _given(session, known, numbers, by=by, at=at)
    timers.stop(session, [DAILY_CLOCK], subject_kind=SUBJECT, subject=day.isoformat(), at=at)
    return known


def give_month(
    session: Session, settings: Settings, month: dt.date, *, by: Actor, at: dt.datetime
) -> SlipHandover:
    """F-11: the slips of a month go to the records clerk, every other number with its reason.

    A second time changes nothing. Raises Conflict before the month is over (R-076), and where it
    has no number.
    """
    if not month_over(month, at, settings.zone):
        raise Conflict(
            "month-not-over",
            "这个月还没有过完,不能移交。",
            "The month is not over yet.",
            rule="R-076",
        )
    known = slip_queries.find_list(session, by.estate_id, MONTHLY, month, lock=True)
    if known is not None:
        return known
    found = month_list(
        slip_queries.numbers_of_month(session, by.estate_id, month, settings.zone), month
    )
    if not found.orders and not found.gaps:
        raise Conflict(
            "no-slips",
            "这个月没有工单,不必移交。",
            "The month has no order; there is nothing to hand over.",
            rule="R-076",
        )
    due_at = monthly_due(month, settings.zone)
    known = _new(session, settings, MONTHLY, month, due_at, by=by, at=at)
    known.orders, known.gaps = found.orders, found.gaps
    _given(session, known, found.orders, by=by, at=at)
    subject = f"{month:%Y-%m}"
    timers.stop(session, [MONTHLY_CLOCK], subject_kind=SUBJECT, subject=subject, at=at)
    return known


def receive(session: Session, handover: SlipHandover, *, by: Actor, at: dt.datetime) -> None:
    """Whoever is to have the slips confirms that they are all there; once.

    `handover` must be locked. A day's list goes to dispatch, a month's to the records clerk or
    finance (A-07). Raises Denied to whoever gave it and to everybody else's office.
    """
    if handover.received_by == by.user_id:
        return
    if by.user_id == handover.given_by:
        raise Denied(
            "own-handover",
            "移交人不能自己签收。",
            "Whoever handed over cannot receive it.",
            rule="R-076" if handover.kind == MONTHLY else "R-081",
        )
    if not may_receive(handover.kind, by.roles):
        raise Denied(
            "not-the-receiver",
            "月清单由文员或财务签收。" if handover.kind == MONTHLY else "每日回单由调度签收。",
            "The month's list is received by the records clerk or finance."
            if handover.kind == MONTHLY
            else "The day's slips are received by dispatch.",
            rule="A-07" if handover.kind == MONTHLY else "R-081",
        )
    if handover.received_by is not None:
        raise Conflict(
            "handover-received",
            "已由他人签收。",
            "Somebody else has received it already.",
        )
    handover.received_by, handover.received_at = by.user_id, at
    history.record(
        session,
        "slips.received",
        subject_kind=SUBJECT,
        subject=handover.number,
        by=by,
        at=at,
        data={"kind": handover.kind, "period": handover.period_on.isoformat()},
    )
    alerts.resolve(
        session,
        subject_kind=SUBJECT,
        subject=handover.number,
        kinds=[ALERT],
        at=at,
        how=f"received by {by.name}",
    )


def may_receive(kind: str, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may receive a list of this kind."""
    if kind == DAILY:
        return level("slips.take_in", roles) == "D"
    how = level("slips.receive", roles)
    # The column of "any other staff" stands for the records clerk alone here.
    return how == "D" or (how == "O" and Role.OFFICE_ADMIN in roles)


def may_see(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles has to do with lists of slips: gives, receives or reads."""
    return level("slips.give", roles) is not None or may_receive(MONTHLY, roles)


def _new(
    session: Session,
    settings: Settings,
    kind: str,
    period_on: dt.date,
    due_at: dt.datetime,
    *,
    by: Actor,
    at: dt.datetime,
) -> SlipHandover:
    if by.user_id is None:
        raise Invalid("nobody-hands-over", "交单人不明。", "It is not known who hands over.")
    handover = SlipHandover(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "YJ", at, settings.zone),
        kind=kind,
        period_on=period_on,
        due_at=due_at,
        orders=[],
        gaps=[],
        oral_reports=[],
        given_by=by.user_id,
        given_at=at,
    )
    session.add(handover)
    index.put_number(session, by.estate_id, index.SLIPS, handover.number)
    return handover


def _given(
    session: Session, handover: SlipHandover, fresh: Sequence[str], *, by: Actor, at: dt.datetime
) -> None:
    assert by.user_id is not None  # noqa: S101  # `_new` has asked
    handover.given_by, handover.given_at = by.user_id, at
    handover.received_by = handover.received_at = None
    session.flush()
    data: dict[str, Any] = {
        "kind": handover.kind,
        "period": handover.period_on.isoformat(),
        "slips": len(fresh),
        "gaps": len(handover.gaps),
        "in_time": in_time(at, handover.due_at),
    }
    history.record(
        session,
        "slips.handed_over",
        subject_kind=SUBJECT,
        subject=handover.number,
        by=by,
        at=at,
        data=data,
    )
    alerts.raise_alert(
        session,
        ALERT,
        subject_kind=SUBJECT,
        subject=handover.number,
        audience=RECEIVERS[handover.kind],
        rule="R-076" if handover.kind == MONTHLY else "R-081",
        by=by,
        at=at,
        data={"place": data["period"][:7] if handover.kind == MONTHLY else data["period"]},
    )
