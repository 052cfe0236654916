"""The charge report of a month (F-08): made by finance, submitted, returned or approved (B2, B3).

Orders are locked first, then the report, then the entries of its month.
"""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.billing import ledger, queries
from server.billing.lifecycle import BY_ACTION, EntryState, ReportState
from server.billing.models import BillingEntry, FeeNotice, FinanceReport
from server.billing.sums import MonthTotals, differences, month_totals, unfinished
from server.errors import Conflict, Denied, Invalid, NotFound, Stale
from server.estate.operations import next_number
from server.history import Actor
from server.search import index
from server.settings import Settings

SUBJECT = "finance_report"
SUBMITTED = "finance_report.submitted"
RETURNED = "finance_report.returned"
#: Who did one of these had a hand in the report and does not review it (X-021).
_AUTHORS_ACTS = ("report.made", "report.submitted")
_MAY_BE_MADE = frozenset({ReportState.DRAFT, ReportState.RETURNED})


def totals_now(
    session: Session, settings: Settings, estate_id: uuid.UUID, month: dt.date, *, at: dt.datetime
) -> MonthTotals:
    """The month as the ledger stands: sums, and what does not agree or is still open (K-18)."""
    lines = queries.month_lines(session, estate_id, month)
    totals = month_totals(lines)
    today = at.astimezone(settings.zone).date()
    totals.differences = differences(
        lines,
        waivers_asked=queries.waivers_asked(session, estate_id, month),
        month_is_over=today >= ledger.following(month) - dt.timedelta(days=1),
    )
    return totals


def make_report(
    session: Session, settings: Settings, month: dt.date, *, by: Actor, at: dt.datetime
) -> FinanceReport:
    """B2: the month's report as a draft, made anew from the ledger as often as wanted while it is
    with finance; once submitted it stays as it is.

    Raises Invalid for a month that has not begun, Conflict where another makes it at this moment.
    """
    month = month.replace(day=1)
    if month > at.astimezone(settings.zone).date():
        raise Invalid(
            "month-not-begun",
            "这个月还没有开始。",
            "That month has not begun.",
            rule="R-070",
            errors={"month": ["还没有开始 not begun"]},
        )
    author_id = _somebody(by)
    ledger.catch_up(session, settings, by.estate_id, month, at=at)
    known = ledger.lock_month(session, by.estate_id, month)
    if known is not None and ReportState(known.state) not in _MAY_BE_MADE:
        return known
    totals = totals_now(session, settings, by.estate_id, month, at=at).as_json()
    if known is not None:
        if known.totals != totals:
            known.totals, known.made_at = totals, at
            known.version += 1
            session.flush()
        return known
    # The number's counter is one row: whoever makes the same report waits here and finds ours.
    noon = dt.datetime.combine(month, dt.time(12), settings.zone)
    number = next_number(session, by.estate_id, "CW", noon, settings.zone)
    if ledger.lock_month(session, by.estate_id, month) is not None:
        raise Conflict(
            "report-is-being-made", "有人正在生成这份报表。", "Somebody is making this report."
        )
    report = FinanceReport(
        estate_id=by.estate_id,
        number=number,
        month=month,
        state=ReportState.DRAFT,
        totals=totals,
        author_id=author_id,
        made_at=at,
    )
    session.add(report)
    session.flush()
    index.put_number(session, by.estate_id, index.FINANCE_REPORT, report.number)
    _tell(session, report, "report.made", by=by, at=at)
    return report


def find_report(
    session: Session, month: dt.date, *, by: Actor, expected_version: int | None = None
) -> FinanceReport:
    """A month's report, locked for a change. Raises NotFound, Stale."""
    report = ledger.lock_month(session, by.estate_id, month.replace(day=1))
    if report is None:
        raise NotFound("no-such-report", "这个月还没有报表。", "There is no report of that month.")
    if expected_version is not None and report.version != expected_version:
        raise Stale(
            "stale-report",
            f"报表已更新到第 {report.version} 版,请先查看变化。",
            f"The report is at version {report.version} now; look at what changed.",
            extra={"version": report.version, "state": report.state},
        )
    return report


def submit(
    session: Session,
    settings: Settings,
    month: dt.date,
    *,
    note: str | None = None,
    expected_version: int | None = None,
    by: Actor,
    at: dt.datetime,
) -> FinanceReport:
    """B2: the month goes up, made anew from the ledger this once more; from here on it holds fast.

    Raises NotFound, Stale; Conflict where it has gone up already or something of the month is
    unfinished: copies not registered, waivers undecided, sums that do not agree. What is held
    (A-15) stays behind.
    """
    ledger.catch_up(session, settings, by.estate_id, month, at=at)
    report = find_report(session, month, by=by, expected_version=expected_version)
    if ReportState(report.state) not in _MAY_BE_MADE:
        raise _elsewhere(report)
    totals = totals_now(session, settings, report.estate_id, report.month, at=at)
    if left := unfinished(totals.differences):
        raise Conflict(
            "month-unfinished",
            "本月还有未登记、未决或对不上的工单,不能报审。",
            "Orders of the month are not registered, undecided or do not agree.",
            rule="R-075",
            extra={"differences": [{"code": one.code, "count": one.count} for one in left]},
        )
    report.totals = totals.as_json()
    report.author_id, report.note = _somebody(by), note
    report.submitted_at = at
    report.reviewed_by = report.reviewed_at = None
    _into_report(session, report)
    _change(session, report, ReportState.SUBMITTED, "report.submitted", by=by, at=at, note=note)
    _settle_alerts(session, report, [RETURNED], how="submitted", at=at)
    alerts.raise_alert(
        session,
        SUBMITTED,
        subject_kind=SUBJECT,
        subject=report.number,
        audience=[Role.GPM.value, Role.SITE_PM.value],
        rule="R-075",
        by=by,
        at=at,
        data={"author": by.name},
    )
    return report


def approve(
    session: Session,
    report: FinanceReport,
    *,
    note: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """B3: the general property manager agrees; notices may go out (R-075).

    Raises Denied for whoever made or submitted it (X-021), Conflict where it was not submitted.
    """
    _may_review(session, report, by)
    if ReportState(report.state) is not ReportState.SUBMITTED:
        raise _elsewhere(report)
    report.reviewed_by, report.reviewed_at, report.review_note = by.user_id, at, note
    _move_entries(session, report, "approve")
    _change(session, report, ReportState.APPROVED, "report.approved", by=by, at=at, note=note)
    _settle_alerts(session, report, [SUBMITTED], how="approved", at=at)


def give_back(
    session: Session, report: FinanceReport, *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """B3: back to finance with a reason; also what was approved, until notices went out.

    Raises Denied, Conflict, Invalid without a reason.
    """
    _may_review(session, report, by)
    if not reason.strip():
        raise Invalid(
            "reason-missing",
            "退回须写明原因。",
            "Say why it goes back.",
            rule="R-075",
            errors={"note": ["必填 required"]},
        )
    if ReportState(report.state) not in {ReportState.SUBMITTED, ReportState.APPROVED}:
        raise _elsewhere(report)
    if session.scalar(sa.select(FeeNotice.id).where(FeeNotice.report_id == report.id).limit(1)):
        raise Conflict(
            "notices-are-out",
            "缴费通知已发出,报表不能再退回。",
            "The notices are out; the report cannot go back any more.",
            rule="R-077",
        )
    report.reviewed_by, report.reviewed_at, report.review_note = by.user_id, at, reason
    _move_entries(session, report, "give_back")
    session.execute(
        sa.update(BillingEntry).where(BillingEntry.report_id == report.id).values(report_id=None)
    )
    _change(session, report, ReportState.RETURNED, "report.returned", by=by, at=at, note=reason)
    _settle_alerts(session, report, [SUBMITTED], how="returned", at=at)
    alerts.raise_alert(
        session,
        RETURNED,
        subject_kind=SUBJECT,
        subject=report.number,
        addressee_id=report.author_id,
        audience=[Role.FINANCE.value],
        rule="R-075",
        by=by,
        at=at,
        data={"reason": reason},
    )


def _into_report(session: Session, report: FinanceReport) -> None:
    """Whatever counts in the month belongs to the report; what waits to be paid is reported."""
    held = queries.held_entry_ids(session, report.estate_id, report.month)
    session.execute(
        sa.update(BillingEntry)
        .where(
            BillingEntry.estate_id == report.estate_id,
            BillingEntry.month == report.month,
            BillingEntry.state != EntryState.UNBILLED,
            BillingEntry.id.not_in(held),
        )
        .values(report_id=report.id)
    )
    _move_entries(session, report, "report")


def _move_entries(session: Session, report: FinanceReport, action: str) -> None:
    step = BY_ACTION[action]
    session.execute(
        sa.update(BillingEntry)
        .where(
            BillingEntry.report_id == report.id,
            BillingEntry.state.in_([state.value for state in step.sources]),
        )
        .values(state=step.target)
    )


def _may_review(session: Session, report: FinanceReport, by: Actor) -> None:
    had_a_hand = report.author_id == by.user_id or any(
        row.actor == by.ref and row.kind in _AUTHORS_ACTS
        for row in history.history_of(session, SUBJECT, report.number)
    )
    if had_a_hand:
        raise Denied(
            "own-report",
            "报表由他人审核,编制人不能自己审核。",
            "Somebody else reviews the report, never its author.",
            rule="X-021",
        )


def _elsewhere(report: FinanceReport) -> Conflict:
    return Conflict(
        "report-is-elsewhere",
        "报表现在的状态不允许这一步。",
        "The report is in a state in which this cannot be done.",
        rule="R-075",
        extra={"state": report.state, "version": report.version},
    )


def _somebody(by: Actor) -> uuid.UUID:
    if by.user_id is None:
        raise Invalid("no-author", "报表须有编制人。", "A report has an author.", rule="R-075")
    return by.user_id


def _change(
    session: Session,
    report: FinanceReport,
    state: ReportState,
    kind: str,
    *,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    report.state = state
    report.version += 1
    session.flush()
    _tell(session, report, kind, by=by, at=at, note=note)


def _tell(
    session: Session,
    report: FinanceReport,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    note: str | None = None,
) -> None:
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=report.number,
        by=by,
        at=at,
        data={
            "version": report.version,
            "month": report.month.isoformat(),
            "charge_fen": report.totals.get("charge_fen", 0),
            **({"note": note} if note else {}),
        },
    )


def _settle_alerts(
    session: Session, report: FinanceReport, kinds: list[str], *, how: str, at: dt.datetime
) -> None:
    alerts.resolve(
        session, subject_kind=SUBJECT, subject=report.number, kinds=kinds, at=at, how=how
    )
