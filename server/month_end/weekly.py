"""The weekly report of each assistant: this week's summary and next week's plan (F-18, R-008)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.errors import Conflict, Denied, Invalid, NotFound
from server.history import Actor, HistoryRow
from server.month_end.models import WeeklyReport
from server.month_end.weekly_counts import KINDS, counts, monday_of, week
from server.settings import Settings

SUBJECT = "weekly"
#: ORG3 3.8: customer service assistants report every week, those of a precinct among them.
REPORTING = (Role.CS_ASSISTANT, Role.PRECINCT_ASSISTANT)


def figures_of(
    session: Session, settings: Settings, user_id: uuid.UUID, week_on: dt.date
) -> dict[str, int]:
    """What somebody did in a week: so many of each, from the history of what he did."""
    from_at, until_at = week(week_on, settings.zone)
    rows = session.execute(
        sa.select(HistoryRow.kind, sa.func.count())
        .where(
            HistoryRow.actor == f"user:{user_id}",
            HistoryRow.at >= from_at,
            HistoryRow.at < until_at,
            HistoryRow.kind.in_(sorted(KINDS)),
        )
        .group_by(HistoryRow.kind)
    )
    return counts(dict(rows.all()))


def write(
    session: Session,
    settings: Settings,
    week_on: dt.date,
    *,
    summary: str,
    plan: str,
    submits: bool,
    by: Actor,
    at: dt.datetime,
) -> WeeklyReport:
    """Put down what was done and what is planned; `submits` hands it to the manager.

    Raises Invalid for a day that is no Monday or a week to come, and where a report that is handed
    in says nothing; Conflict where it was handed in before and says something else.
    """
    if by.user_id is None:
        raise Invalid("nobody-writes", "报告人不明。", "It is not known who writes it.")
    today = at.astimezone(settings.zone).date()
    if week_on != monday_of(week_on) or week_on > today:
        raise Invalid(
            "bad-week",
            "请填本周或以前某周的星期一。",
            "Name the Monday of this week or of an earlier one.",
            rule="R-008",
            errors={"week_on": ["须为星期一,不晚于本周 a Monday, not of a week to come"]},
        )
    summary, plan = summary.strip(), plan.strip()
    empty = [name for name, text in (("summary", summary), ("plan", plan)) if not text]
    if submits and empty:
        raise Invalid(
            "weekly-incomplete",
            "总结和计划都要写。",
            "Both the summary and the plan are to be written.",
            rule="R-008",
            errors={name: ["必填 required"] for name in empty},
        )
    figures = figures_of(session, settings, by.user_id, week_on)
    report = find(session, by.user_id, week_on, lock=True)
    if report is not None and report.submitted_at is not None:
        if (report.summary, report.plan) == (summary, plan):
            return report
        raise Conflict(
            "weekly-submitted",
            "周报已提交,不能再改。",
            "The report was handed in and cannot be changed.",
            rule="R-008",
        )
    if report is None:
        report = WeeklyReport(
            estate_id=by.estate_id, week_on=week_on, author_id=by.user_id, version=0
        )
        session.add(report)
    report.summary, report.plan = summary, plan
    report.figures = figures
    report.version += 1
    report.written_at = at
    if submits:
        report.submitted_at = at
    session.flush()
    kind = "weekly.submitted" if submits else "weekly.written"
    _record(session, report, kind, by=by, at=at)
    return report


def mark_read(session: Session, report: WeeklyReport, *, by: Actor, at: dt.datetime) -> None:
    """The superior has read it; once. `report` must be locked.

    Raises Conflict before it was handed in, Denied to its author.
    """
    if report.submitted_at is None:
        raise Conflict(
            "weekly-not-submitted", "周报还没有提交。", "It was not handed in yet.", rule="R-008"
        )
    if report.author_id == by.user_id:
        raise Denied(
            "own-report", "不能批阅自己的周报。", "Nobody reads his own report.", rule="R-008"
        )
    if report.read_at is not None:
        return
    report.read_by, report.read_at = by.user_id, at
    session.flush()
    _record(session, report, "weekly.read", by=by, at=at)


def find(
    session: Session, author_id: uuid.UUID, week_on: dt.date, *, lock: bool = False
) -> WeeklyReport | None:
    """Somebody's report of a week, where he has written one."""
    query = sa.select(WeeklyReport).where(
        WeeklyReport.author_id == author_id, WeeklyReport.week_on == week_on
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def get(session: Session, report_id: uuid.UUID, *, by: Actor, lock: bool = False) -> WeeklyReport:
    """A report by its id. Raises NotFound, also for another estate's."""
    query = sa.select(WeeklyReport).where(
        WeeklyReport.estate_id == by.estate_id, WeeklyReport.id == report_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    report = session.scalar(query)
    if report is None:
        raise NotFound("no-such-report", "没有这份周报。", "There is no such report.")
    return report


def of_week(session: Session, estate_id: uuid.UUID, week_on: dt.date) -> list[WeeklyReport]:
    """What was handed in for a week, in the order in which it came."""
    return list(
        session.scalars(
            sa.select(WeeklyReport)
            .where(
                WeeklyReport.estate_id == estate_id,
                WeeklyReport.week_on == week_on,
                WeeklyReport.submitted_at.is_not(None),
            )
            .order_by(WeeklyReport.submitted_at, WeeklyReport.id)
        )
    )


def missing(session: Session, estate_id: uuid.UUID, week_on: dt.date) -> list[User]:
    """Who has to report and has not handed in for a week."""
    done = {report.author_id for report in of_week(session, estate_id, week_on)}
    return [user for user in users_with_role(session, estate_id, *REPORTING) if user.id not in done]


def _record(
    session: Session, report: WeeklyReport, kind: str, *, by: Actor, at: dt.datetime
) -> None:
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=str(report.id),
        by=by,
        at=at,
        data={"week_on": report.week_on.isoformat(), "version": report.version},
    )
