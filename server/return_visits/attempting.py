"""Tries that reached nobody, and when they are enough (RV4, P-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.complaints import moving
from server.complaints.models import Complaint
from server.errors import Conflict
from server.history import Actor
from server.return_visits import month_watch
from server.return_visits.models import ReturnVisit, VisitAttempt
from server.return_visits.states import ASSIGNED, PENDING, SUBJECT, UNREACHABLE
from server.settings import Settings

ENOUGH_TRIES, ENOUGH_DAYS = 3, 2


def enough(tried_at: Collection[dt.datetime], zone: ZoneInfo) -> bool:
    """Whether somebody was looked for often enough: three tries on two days (P-11)."""
    days = {moment.astimezone(zone).date() for moment in tried_at}
    return len(tried_at) >= ENOUGH_TRIES and len(days) >= ENOUGH_DAYS


def note_attempt(
    session: Session, visit: ReturnVisit, *, method: str, note: str, by: Actor, at: dt.datetime
) -> VisitAttempt:
    """One try that reached nobody. `visit` must be locked.

    Raises Conflict, and Denied for whom the visit of a complaint is not (R-120, R-121, A-26).
    """
    _still_to_be_made(visit)
    _demand(session, visit, by)
    attempt = VisitAttempt(
        estate_id=visit.estate_id,
        visit_id=visit.id,
        method=method,
        note=note,
        by_id=by.user_id,
        at=at,
    )
    session.add(attempt)
    visit.attempts += 1
    visit.version += 1
    history.record(
        session,
        "visit.attempted",
        subject_kind=SUBJECT,
        subject=visit.number,
        by=by,
        at=at,
        data={"method": method, "note": note, "number": visit.attempts},
    )
    session.flush()
    return attempt


def close_unreachable(
    session: Session,
    settings: Settings,
    visit: ReturnVisit,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """RV4: nobody was reached; it is over, and stays among what was due (R-084). A complaint whose
    visit it was waits on: it closes when somebody is satisfied (C13).

    Raises Conflict before three tries on two days of the present round, Denied as `note_attempt`.
    """
    _still_to_be_made(visit)
    complaint = _demand(session, visit, by)
    tries = attempts_of(session, visit)
    present = tries[len(tries) - visit.attempts :]
    if not enough([one.at for one in present], settings.zone):
        raise Conflict(
            "not-tried-enough",
            "至少两天内试过三次才能按联系不上结束。",
            "Three tries on at least two days come before that.",
            rule="P-11",
            extra={"attempts": len(present)},
        )
    visit.state = UNREACHABLE
    visit.closed_by, visit.closed_at = by.user_id, at
    visit.version += 1
    history.record(
        session,
        "visit.unreachable",
        subject_kind=SUBJECT,
        subject=visit.number,
        by=by,
        at=at,
        data={"reason": reason, "attempts": len(present)},
    )
    if complaint is not None:
        moving.settle(session, complaint, ["complaint.to_visit"], at)
    session.flush()
    month_watch.settle(session, settings, visit, at=at)


def attempts_of(session: Session, visit: ReturnVisit) -> list[VisitAttempt]:
    """Every try that reached nobody, oldest first."""
    return list(
        session.scalars(
            sa.select(VisitAttempt)
            .where(VisitAttempt.visit_id == visit.id)
            .order_by(VisitAttempt.at, VisitAttempt.id)
        )
    )


def _still_to_be_made(visit: ReturnVisit) -> None:
    if visit.state not in {PENDING, ASSIGNED}:
        raise Conflict(
            "visit-not-open", "这条回访现在不用做。", "This visit is not to be made now."
        )


def _demand(session: Session, visit: ReturnVisit, by: Actor) -> Complaint | None:
    """The complaint that the visit is about, if it is about one."""
    if visit.complaint_id is None:
        return None
    complaint = session.get_one(Complaint, visit.complaint_id)
    moving.demand("visit", moving.case_of(complaint), by)
    return complaint
