"""Fee notices (F-09): issued once a month is approved, handed out, chased, paid (B4, B5, R-077)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.billing import ledger, queries
from server.billing.lifecycle import (
    AT_ONCE,
    MONTHLY,
    EntryState,
    NoticeState,
    ReportState,
    after,
)
from server.billing.models import BillingEntry, FeeNotice, FeeReminder, FinanceReport
from server.billing.reports import SUBJECT as REPORT
from server.billing.reports import find_report
from server.billing.sums import notices_less_orders_fen, notices_of
from server.deadlines import timers
from server.errors import Conflict, Invalid, NotFound
from server.estate.models import Unit
from server.estate.operations import next_number
from server.history import Actor
from server.search import index
from server.settings import Settings

SUBJECT = "fee_notice"
CLOCK = "fee_due"
OVERDUE = "fee_notices.overdue"
CHASERS = (Role.FINANCE.value, Role.CS_ASSISTANT.value, Role.PRECINCT_ASSISTANT.value)
#: How a household is asked to pay.
CHANNELS = ("phone", "visit", "letter", "other")


def due_on(month: dt.date, issued_on: dt.date, day: int) -> dt.date:
    """When the notices of a month are to be paid: `day` of the month after it or, where they go
    out later than that, of the month after they went out."""
    due = ledger.following(month).replace(day=day)
    return due if issued_on < due else ledger.following(issued_on.replace(day=1)).replace(day=day)


def issue_notices(
    session: Session, settings: Settings, month: dt.date, *, by: Actor, at: dt.datetime
) -> list[FeeNotice]:
    """B4: one notice for each unit that owes for the month, with its orders and their amounts.

    Issued a second time nothing is added. Raises NotFound without a report, Conflict before the
    report is approved (R-075) or where a notice would not be what the orders come to (R-077).
    """
    report = find_report(session, month, by=by)
    if ReportState(report.state) is not ReportState.APPROVED:
        raise Conflict(
            "report-not-approved",
            "总物业经理审核月报之后,才能发缴费通知。",
            "Notices go out once the general property manager has approved the report.",
            rule="R-075",
            extra={"state": report.state},
        )
    if known := queries.notices_of_month(session, report.estate_id, report.month):
        return known
    lines = [
        line
        for line in queries.month_lines(session, report.estate_id, report.month)
        if line.reported
    ]
    wanted = notices_of(lines)
    totals = {unit: sum(line.amount_fen for line in those) for unit, those in wanted.items()}
    if wrong := notices_less_orders_fen(totals, lines):
        raise Conflict(
            "notices-differ",
            "通知与工单的金额对不上,先把报表退回更正。",
            "The notices do not come to what the orders say; have the report returned first.",
            rule="R-077",
            extra={"differences": wrong},
        )
    units = dict(
        session.execute(
            sa.select(Unit.code, Unit.id).where(
                Unit.estate_id == report.estate_id, Unit.code.in_(wanted)
            )
        ).all()
    )
    due = due_on(report.month, at.astimezone(settings.zone).date(), settings.fee_due_day)
    noon = dt.datetime.combine(report.month, dt.time(12), settings.zone)
    issued = []
    for unit in sorted(wanted):
        notice = FeeNotice(
            estate_id=report.estate_id,
            number=next_number(session, report.estate_id, "JF", noon, settings.zone),
            unit_id=units[unit],
            month=report.month,
            report_id=report.id,
            state=NoticeState.NOTICED,
            lines=[{"order": one.order, "amount_fen": one.amount_fen} for one in wanted[unit]],
            total_fen=totals[unit],
            due_on=due,
            issued_by=by.user_id,
            issued_at=at,
        )
        session.add(notice)
        session.flush()
        _take_in(session, report, notice)
        told = {"unit": unit, "total_fen": notice.total_fen, "due_on": due.isoformat()}
        _tell(session, notice, "fee_notice.issued", by=by, at=at, data=told)
        issued.append(notice)
    numbers = {notice.number: notice.number for notice in issued}
    index.put_all(session, report.estate_id, index.FEE_NOTICE, numbers)
    history.record(
        session,
        "report.notices_issued",
        subject_kind=REPORT,
        subject=report.number,
        by=by,
        at=at,
        data={"notices": len(issued), "total_fen": sum(totals.values())},
    )
    if issued:
        end = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), settings.zone)
        timers.start(
            session,
            CLOCK,
            subject_kind=REPORT,
            subject=report.number,
            due_at=end.astimezone(dt.UTC),
            by=by,
            at=at,
        )
    return issued


def find_notice(session: Session, number: str, *, by: Actor) -> FeeNotice:
    """A notice, locked for a change after its report. Raises NotFound."""
    known = queries.get_notice(session, by.estate_id, number)
    ledger.lock_month(session, by.estate_id, known.month)
    notice = session.get(FeeNotice, known.id, with_for_update=True, populate_existing=True)
    if notice is None:
        raise NotFound("no-such-notice", "没有这份缴费通知。", "There is no such fee notice.")
    return notice


def deliver(session: Session, notice: FeeNotice, *, by: Actor, at: dt.datetime) -> None:
    """R-009: handed out to the unit; a second time changes nothing."""
    if notice.delivered_at is not None:
        return
    notice.delivered_by, notice.delivered_at = by.user_id, at
    _tell(session, notice, "fee_notice.delivered", by=by, at=at)


def remind(
    session: Session, notice: FeeNotice, *, channel: str, note: str, by: Actor, at: dt.datetime
) -> FeeReminder:
    """R-009: the household was asked to pay; each time counts.

    Raises Conflict for a notice that is paid or was never handed out, Invalid for another channel.
    """
    if channel not in CHANNELS:
        raise Invalid(
            "unknown-channel",
            "没有这种催缴方式。",
            "There is no such way of asking.",
            errors={"channel": [f"one of {', '.join(CHANNELS)}"]},
        )
    if notice.paid_at is not None:
        raise Conflict("already-paid", "这份通知已收款。", "It is paid already.", rule="R-009")
    if notice.delivered_at is None:
        raise Conflict(
            "not-delivered",
            "通知还没有送达,先送达再催缴。",
            "Hand the notice out before asking for the money.",
            rule="R-009",
        )
    if by.user_id is None:
        raise Invalid("nobody-reminds", "催缴人不明。", "It is not known who asks.")
    reminder = FeeReminder(
        estate_id=notice.estate_id,
        notice_id=notice.id,
        channel=channel,
        note=note,
        by_id=by.user_id,
        at=at,
    )
    session.add(reminder)
    data = {"channel": channel, "note": note}
    _tell(session, notice, "fee_notice.reminded", by=by, at=at, data=data)
    return reminder


def pay(session: Session, notice: FeeNotice, *, method: str, by: Actor, at: dt.datetime) -> None:
    """B5: finance has the money of the whole notice; its orders are paid with it.

    The same payment told again changes nothing. Raises Invalid for a method that is no payment,
    Conflict where it was paid in another way.
    """
    if method not in AT_ONCE:
        raise Invalid(
            "payment-method-missing",
            "请选收款方式:现金、转账或移动支付。",
            "Say how it was paid: cash, transfer or mobile_pay.",
            rule="R-074",
            errors={"method": [f"one of {', '.join(AT_ONCE)}"]},
        )
    if notice.paid_at is not None:
        if notice.paid_method == method:
            return
        raise Conflict(
            "already-paid",
            "这份通知已用别的方式收款。",
            "It has been paid already, in another way.",
            rule="R-077",
            extra={"paid_method": notice.paid_method},
        )
    notice.state, notice.paid_at, notice.paid_method = NoticeState.PAID, at, method
    for source in (EntryState.NOTICED, EntryState.OVERDUE):
        session.execute(
            sa.update(BillingEntry)
            .where(BillingEntry.notice_id == notice.id, BillingEntry.state == source)
            .values(state=after("pay", source), paid_at=at)
        )
    data = {"method": method, "total_fen": notice.total_fen}
    _tell(session, notice, "fee_notice.paid", by=by, at=at, data=data)
    _stop_when_all_is_in(session, notice.report_id, at=at)


def fall_due(session: Session, number: str, *, by: Actor, at: dt.datetime) -> int:
    """B5: the due day of a report's notices is over; what is not paid is overdue (R-009).

    How many there are; one alert tells of all of them.
    """
    report = session.scalar(
        sa.select(FinanceReport)
        .where(FinanceReport.estate_id == by.estate_id, FinanceReport.number == number)
        .with_for_update()
    )
    if report is None:
        return 0
    late = session.scalars(
        sa.select(FeeNotice)
        .where(FeeNotice.report_id == report.id, FeeNotice.state == NoticeState.NOTICED)
        .order_by(FeeNotice.id)
        .with_for_update()
    ).all()
    if not late:
        return 0
    for notice in late:
        notice.state = NoticeState.OVERDUE
        _tell(session, notice, "fee_notice.overdue", by=by, at=at)
    session.execute(
        sa.update(BillingEntry)
        .where(
            BillingEntry.report_id == report.id,
            BillingEntry.state == EntryState.NOTICED,
            BillingEntry.notice_id.in_([notice.id for notice in late]),
        )
        .values(state=after("fall_due", EntryState.NOTICED))
    )
    alerts.raise_alert(
        session,
        OVERDUE,
        subject_kind=REPORT,
        subject=report.number,
        audience=CHASERS,
        rule="R-009",
        by=by,
        at=at,
        data={"notices": len(late), "total_fen": sum(notice.total_fen for notice in late)},
    )
    return len(late)


def _take_in(session: Session, report: FinanceReport, notice: FeeNotice) -> None:
    """The orders on a notice are noticed with it."""
    session.execute(
        sa.update(BillingEntry)
        .where(
            BillingEntry.report_id == report.id,
            BillingEntry.unit_id == notice.unit_id,
            BillingEntry.payment_method == MONTHLY,
            BillingEntry.state == EntryState.APPROVED,
        )
        .values(state=after("notify", EntryState.APPROVED), notice_id=notice.id)
    )


def _stop_when_all_is_in(session: Session, report_id: uuid.UUID, *, at: dt.datetime) -> None:
    unpaid = sa.select(FeeNotice.id).where(
        FeeNotice.report_id == report_id, FeeNotice.paid_at.is_(None)
    )
    if session.scalar(unpaid.limit(1)) is not None:
        return
    report = session.get(FinanceReport, report_id)
    if report is not None:
        timers.stop(session, [CLOCK], subject_kind=REPORT, subject=report.number, at=at)
        alerts.resolve(
            session,
            subject_kind=REPORT,
            subject=report.number,
            kinds=[OVERDUE],
            at=at,
            how="all paid",
        )


def _tell(
    session: Session,
    notice: FeeNotice,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    data: dict[str, Any] | None = None,
) -> None:
    session.flush()
    history.record(
        session, kind, subject_kind=SUBJECT, subject=notice.number, by=by, at=at, data=data
    )
