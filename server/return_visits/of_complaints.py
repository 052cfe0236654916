"""The return visit of a verified complaint: opened, made, made again until satisfied."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.complaints import visited
from server.complaints.lifecycle import ComplaintState
from server.complaints.models import Complaint
from server.complaints.visited import Correction
from server.deadlines.policy import complaint_visit_due
from server.errors import Conflict, Invalid
from server.estate.operations import next_number
from server.history import Actor
from server.return_visits import attempting
from server.return_visits.models import ReturnVisit, VisitAttempt, VisitResult
from server.return_visits.states import ASSIGNED, PENDING
from server.search import index
from server.settings import Settings

#: The visit of this round has not been made.
TO_MAKE = frozenset({"pending", "assigned", "unreachable"})
#: Where it stands among the visits of orders: a major one before all, any other before most.
PLACE_MAJOR, PLACE_ORDINARY = 0, 40


def open_visit_of_complaint(
    session: Session, settings: Settings, complaint: Complaint, *, by: Actor, at: dt.datetime
) -> ReturnVisit | None:
    """RV1: what was verified is visited within three days (P-11); after a correction, once more
    (RV6). One visit a complaint and one round a verification, however often this is called; None
    where the complaint does not wait for a visit."""
    visit = visit_of_complaint(session, complaint, locked=True)
    if ComplaintState(complaint.state) is not ComplaintState.VISIT_PENDING:
        return visit
    due_at = complaint_visit_due(complaint.verified_at or at)
    if visit is not None and visit.state in TO_MAKE:
        return visit
    if visit is None:
        visit = ReturnVisit(
            estate_id=complaint.estate_id,
            number=next_number(session, complaint.estate_id, "HF", at, settings.zone),
            purpose="complaint",
            complaint_id=complaint.id,
            opened_at=at,
            state=PENDING,
            due_at=due_at,
            risk_place=PLACE_MAJOR if complaint.major else PLACE_ORDINARY,
            # A major complaint is visited at the door.
            on_site_wanted=complaint.major,
        )
        session.add(visit)
        index.put_number(session, complaint.estate_id, index.VISIT, visit.number)
    else:
        visit.state = ASSIGNED if visit.assignee_id else PENDING
        visit.due_at, visit.round = due_at, visit.round + 1
        visit.version += 1
        visit.attempts = 0
    session.flush()
    history.record(
        session,
        "visit.opened",
        subject_kind="visit",
        subject=visit.number,
        by=by,
        at=at,
        data={
            "complaint": complaint.number,
            "round": visit.round,
            "due_at": visit.due_at.isoformat(),
        },
    )
    return visit


def record_complaint_visit(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    *,
    method: str,
    satisfied: bool,
    comment: str,
    customer_signature: str | None = None,
    signer_name: str | None = None,
    cause: str | None = None,
    correction: Correction | None = None,
    by: Actor,
    at: dt.datetime,
) -> ReturnVisit:
    """RV3, C13, C14: what the complainant said, and what follows. The complaint is locked.

    A major complaint on site, by the CS manager, or by the general manager where it is against the
    centre (R-121, R-123, A-26); on site the customer signs and writes (R-087); by telephone no
    signature is made up (R-088). Dissatisfied, `correction` says who puts it right by when (R-128).
    Raises Denied, Conflict, Invalid.
    """
    visited.demand_visit(complaint, method, by=by, session=session)
    _complete(method, comment, customer_signature, signer_name)
    # Whoever is quick visits before the reaction has opened the visit.
    visit = open_visit_of_complaint(session, settings, complaint, by=by, at=at)
    if visit is None or visit.state not in TO_MAKE or by.user_id is None:
        raise Conflict("visit-done", "已回访。", "The visit has been made.")
    words = {"method": method, "comment": comment.strip()}
    if satisfied:
        visited.satisfied(session, complaint, **words, by=by, at=at)
    else:
        visited.dissatisfied(
            session,
            settings,
            complaint,
            correction or Correction(),
            **words,
            round_=visit.round,
            by=by,
            at=at,
        )
    session.add(
        VisitResult(
            estate_id=visit.estate_id,
            visit_id=visit.id,
            round=visit.round,
            method=method,
            satisfied=satisfied,
            comment=words["comment"],
            cause=None if satisfied else cause,
            signer_name=signer_name,
            customer_signature_sha256=customer_signature,
            recorded_by=by.user_id,
            recorded_by_name=by.name,
            at=at,
        )
    )
    visit.method, visit.satisfied, visit.comment = method, satisfied, words["comment"]
    visit.cause = None if satisfied else cause
    visit.customer_signature_sha256 = customer_signature
    visit.recorded_by, visit.done_at = by.user_id, at
    visit.state = "done" if satisfied else "rectifying"
    visit.version += 1
    if satisfied:
        visit.closed_by, visit.closed_at = by.user_id, at
    session.flush()
    history.record(
        session,
        "visit.made",
        subject_kind="visit",
        subject=visit.number,
        by=by,
        at=at,
        data={
            "complaint": complaint.number,
            "round": visit.round,
            "method": method,
            "satisfied": satisfied,
            "comment": words["comment"],
            "signature": customer_signature,
        },
    )
    return visit


def note_attempt(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    *,
    method: str,
    note: str,
    by: Actor,
    at: dt.datetime,
) -> VisitAttempt:
    """RV4: whoever visits the complainant tried, and reached nobody. The complaint is locked.

    Raises Denied for whom the visit is not, Conflict where none is to be made.
    """
    # Whoever is quick tries before the reaction has opened the visit.
    visit = open_visit_of_complaint(session, settings, complaint, by=by, at=at)
    if visit is None:
        raise Conflict(
            "visit-not-open", "这条回访现在不用做。", "This visit is not to be made now."
        )
    return attempting.note_attempt(session, visit, method=method, note=note, by=by, at=at)


def visit_of_complaint(
    session: Session, complaint: Complaint, *, locked: bool = False
) -> ReturnVisit | None:
    """The return visit of a complaint, where one was opened."""
    query = sa.select(ReturnVisit).where(ReturnVisit.complaint_id == complaint.id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def results_of_complaint(session: Session, complaint: Complaint) -> list[VisitResult]:
    """What was said in every round, the first round first."""
    return list(
        session.scalars(
            sa.select(VisitResult)
            .join(ReturnVisit, ReturnVisit.id == VisitResult.visit_id)
            .where(ReturnVisit.complaint_id == complaint.id)
            .order_by(VisitResult.round)
        )
    )


def _complete(
    method: str, comment: str, customer_signature: str | None, signer_name: str | None
) -> None:
    errors: dict[str, list[str]] = {}
    if not comment.strip():
        errors["comment"] = ["须有意见 the customer's words are needed"]
    if method == "on_site" and not customer_signature:
        errors["customer_signature"] = ["上门回访须客户签名 signed by the customer"]
    if method == "on_site" and not signer_name:
        errors["signer_name"] = ["须有签名人 who signed is needed"]
    if method != "on_site" and customer_signature:
        errors["customer_signature"] = ["电话回访没有客户签名 no signature by phone"]
    if errors:
        raise Invalid(
            "visit-incomplete",
            "回访记录不完整。",
            "The record of the visit is not complete.",
            rule="R-087" if method == "on_site" else "R-088",
            errors=errors,
        )
