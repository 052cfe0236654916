"""The end of a month as steps: who may take each, what is left of it, and taking it (R-070).

A step that is done says so by the state of what it is about; taking it again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import may
from server.billing import notices, reports
from server.errors import Conflict, Denied, NotFound
from server.handovers import slips
from server.history import Actor
from server.month_end import archive, summary
from server.month_end.models import MonthStep
from server.month_end.standing import Month, Standing
from server.settings import Settings

SUBJECT = "month"
ARCHIVE = "archive"


@dataclass(frozen=True, kw_only=True)
class Call:
    """Somebody takes a step now."""

    session: Session
    settings: Settings
    month: dt.date
    by: Actor
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the month's end."""

    code: str
    rule: str
    #: an action of the permission matrix: who may take it
    permission: str
    look: Callable[[Month], Standing]
    #: what it does, and what came of it; None where it is taken on pages of its own
    operate: Callable[[Call], dict[str, Any]] | None = None


def _hand_over(call: Call) -> dict[str, Any]:
    given = slips.give_month(call.session, call.settings, call.month, by=call.by, at=call.at)
    return {"list": given.number, "slips": len(given.orders), "gaps": len(given.gaps)}


def _make_summary(call: Call) -> dict[str, Any]:
    made = summary.make_summary(call.session, call.settings, call.month, by=call.by, at=call.at)
    return {"orders": int(made.figures["orders"])}


def _make_report(call: Call) -> dict[str, Any]:
    """F-08 as a draft; what is checked and handed up stands on finance's page (B2)."""
    _when_over(call, "R-070")
    made = reports.make_report(call.session, call.settings, call.month, by=call.by, at=call.at)
    return {"report": made.number}


def _issue_notices(call: Call) -> dict[str, Any]:
    """B4: what the orders of the month come to, told to every unit that owes (R-077)."""
    if _when_over(call, "R-077").report is None:
        raise Conflict(
            "report-not-made",
            "这个月还没有收费报表,先做报表。",
            "The month has no charge report yet; it comes first.",
            rule="R-075",
        )
    issued = notices.issue_notices(call.session, call.settings, call.month, by=call.by, at=call.at)
    return {"notices": len(issued), "total_fen": sum(one.total_fen for one in issued)}


def _archive(call: Call) -> dict[str, Any]:
    """One chunk; whoever calls goes on until nothing comes any more."""
    month = _when_over(call, "WO21")
    orders = archive.archive_some_orders(call.session, month.month, by=call.by, at=call.at)
    known = month.summary
    complaints: list[str] = []
    if known is not None and known.submitted_at is not None:
        complaints = archive.archive_some_complaints(
            call.session, month.span, by=call.by, at=call.at
        )
    return {"orders": len(orders), "complaints": len(complaints)}


def _when_over(call: Call, rule: str) -> Month:
    """The month. Raises Conflict before it is over: until then this page only shows."""
    month = Month(call.session, call.settings, call.by.estate_id, call.month, now=call.at)
    if not month.over:
        raise Conflict(
            "month-not-over",
            "这个月还没有过完,不能结。",
            "The month is not over yet.",
            rule=rule,
        )
    return month


STEPS: dict[str, Step] = {
    one.code: one
    for one in (
        Step(
            code="slips",
            rule="R-076",
            permission="slips.give",
            look=Month.of_slips,
            operate=_hand_over,
        ),
        Step(code="visits", rule="R-084", permission="visit.make", look=Month.of_visits),
        Step(
            code="finance_report",
            rule="R-075",
            permission="billing.register",
            look=Month.of_report,
            operate=_make_report,
        ),
        Step(code="review", rule="R-075", permission="billing.review", look=Month.of_review),
        Step(
            code="notices",
            rule="R-077",
            permission="fee_notice.issue",
            look=Month.of_notices,
            operate=_issue_notices,
        ),
        Step(
            code="summary",
            rule="R-095",
            permission="summary.write",
            look=Month.of_summary,
            operate=_make_summary,
        ),
        Step(
            code=ARCHIVE,
            rule="R-130",
            permission="order.archive",
            look=Month.of_archive,
            operate=_archive,
        ),
    )
}


def standings(month: Month) -> dict[str, Standing]:
    """Every step with how it stands, in the order in which they are taken."""
    return {code: step.look(month) for code, step in STEPS.items()}


def take(
    session: Session,
    settings: Settings,
    code: str,
    month: dt.date,
    *,
    by: Actor,
    at: dt.datetime,
) -> dict[str, Any]:
    """Carry out a step, or as much of it as fits into one transaction; what came of it.

    Raises NotFound for a step that is not there, Conflict for one that is taken on pages of its
    own, Denied to whoever may not.
    """
    step = STEPS.get(code)
    if step is None:
        raise NotFound("no-such-step", f"没有步骤 {code}。", f"There is no step {code}.")
    if not may(step.permission, by.roles):
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    if step.operate is None:
        raise Conflict(
            "step-elsewhere",
            "这一步在它自己的页面上办理。",
            "This step is taken on its own page.",
            rule=step.rule,
        )
    month = month.replace(day=1)
    result = step.operate(Call(session=session, settings=settings, month=month, by=by, at=at))
    known = session.scalar(
        sa.select(MonthStep)
        .where(
            MonthStep.estate_id == by.estate_id, MonthStep.month == month, MonthStep.step == code
        )
        .with_for_update()
    )
    if known is not None and (code != ARCHIVE or not any(result.values())):
        return result
    if known is None:
        known = MonthStep(estate_id=by.estate_id, month=month, step=code, result={})
        session.add(known)
    known.taken_by, known.taken_at = by.user_id, at
    # The archive fills up in several goes.
    earlier = known.result if code == ARCHIVE else {}
    known.result = {
        name: value + earlier.get(name, 0) if isinstance(value, int) else value
        for name, value in result.items()
    }
    session.flush()
    history.record(
        session,
        "month.step_taken",
        subject_kind=SUBJECT,
        subject=f"{month:%Y-%m}",
        by=by,
        at=at,
        data={"step": code, **result},
    )
    return result


def taken(session: Session, by: Actor, month: dt.date) -> dict[str, MonthStep]:
    """Code -> when a step of a month was taken, and by whom."""
    rows = session.scalars(
        sa.select(MonthStep).where(
            MonthStep.estate_id == by.estate_id, MonthStep.month == month.replace(day=1)
        )
    )
    return {row.step: row for row in rows}
