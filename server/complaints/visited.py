"""C13 and C14: what the complainant says at the visit closes the complaint, or has it put right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.complaints import moving
from server.complaints.models import Complaint
from server.complaints.who import Person
from server.deadlines.policy import end_of_day
from server.errors import Invalid
from server.history import Actor
from server.rectifications import operations as rectifications
from server.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Correction:
    """Who puts right what, and by when (R-128)."""

    text: str = ""
    owner: User | None = None
    due_on: dt.date | None = None


def demand_visit(complaint: Complaint, method: str, *, by: Actor, session: Session) -> None:
    """Refuse a visit by whom it is not, or of a major complaint not made on site (R-121, R-123).

    Raises Denied, Conflict, Invalid; changes nothing.
    """
    moving.demand("visit", moving.case_of(complaint), by)
    moving.check(session, complaint, "visited_satisfied", method=method)


def satisfied(
    session: Session,
    complaint: Complaint,
    *,
    method: str,
    comment: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """C13: the complainant is satisfied, and it is closed (R-122, R-123, R-125)."""
    moving.go(session, complaint, "visited_satisfied", method=method)
    moving.enter(session, complaint, "visit", comment, by=by, at=at)
    complaint.last_told_at = at
    moving.enter(
        session, complaint, "closure", "回访满意,结案 Satisfied at the visit; closed", by=by, at=at
    )
    moving.close(session, complaint, by=by, at=at)
    moving.record(
        session,
        "complaint.closed",
        complaint,
        by,
        at,
        {"method": method, "satisfied": True, "text": comment},
    )


def dissatisfied(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    correction: Correction,
    *,
    method: str,
    comment: str,
    round_: int,
    by: Actor,
    at: dt.datetime,
) -> None:
    """C14: somebody is set to put it right by a day that is stated, until satisfied (R-128)."""
    owner, due_on = correction.owner, correction.due_on
    _may_put_right(owner, complaint)
    moving.go(
        session,
        complaint,
        "visited_dissatisfied",
        method=method,
        has_owner=owner is not None,
        due_on=due_on,
    )
    if owner is None or due_on is None:  # the table has refused it above
        raise AssertionError
    moving.settle(session, complaint, ["complaint.to_visit"], at)
    moving.enter(session, complaint, "visit", comment, by=by, at=at)
    moving.told(session, complaint, by=by, at=at)
    rectifications.open_rectification(
        session,
        subject_kind=moving.SUBJECT,
        subject=complaint.number,
        round=round_,
        text=correction.text or comment,
        owner_id=owner.id,
        due_on=due_on,
        due_at=end_of_day(due_on, settings.zone),
        against_centre=complaint.target == "cs_centre",
        by=by,
        at=at,
    )
    moving.enter(
        session,
        complaint,
        "rectification",
        f"{owner.name}: {correction.text or comment}",
        by=by,
        at=at,
        due_on=due_on,
    )
    moving.record(
        session,
        "complaint.dissatisfied",
        complaint,
        by,
        at,
        {"method": method, "satisfied": False, "text": comment, "due_on": due_on.isoformat()},
    )


def _may_put_right(owner: User | None, complaint: Complaint) -> None:
    if owner is None:
        return
    inside = Person(id=owner.id, roles=frozenset(owner.roles)).in_centre
    if owner.id == complaint.about_user_id or (complaint.target == "cs_centre" and inside):
        raise Invalid(
            "not-an-owner",
            f"{owner.name} 不能负责这项整改。",
            f"{owner.name} cannot put this right.",
            rule="R-034" if complaint.target == "cs_centre" else None,
            errors={"owner": ["不能负责 cannot be the owner"]},
        )
