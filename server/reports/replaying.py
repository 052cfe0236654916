"""The deadlines of one request, order, complaint or return visit, each counted again from what is
stored."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import Complaint
from server.complaints.moving import SUBJECT as COMPLAINT
from server.deadlines import replay
from server.deadlines.replay import Replay
from server.errors import NotFound
from server.history import HistoryRow, history_of
from server.rectifications.queries import rectifications_of
from server.requests.models import ServiceRequest
from server.return_visits.cohort import made_first_at
from server.return_visits.models import ReturnVisit
from server.return_visits.queries import find_in, results_of
from server.return_visits.states import SUBJECT as VISIT
from server.settings import Settings
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.queries import escalations_of, get_order

#: With these the silence towards a complainant begins anew (R-119).
HEARD = frozenset(
    {
        "complaint.relayed",
        "complaint.recorded",
        "complaint.explained",
        "complaint.told",
        "complaint.dissatisfied",
    }
)


def replays(
    session: Session, settings: Settings, estate_id: uuid.UUID, number: str
) -> list[Replay]:
    """Every deadline of a request (DJ-…), a complaint (TS-…), a return visit (HF-…) or an order
    (FW-…). Raises NotFound."""
    if number.startswith("DJ"):
        request = session.scalar(
            sa.select(ServiceRequest).where(
                ServiceRequest.estate_id == estate_id, ServiceRequest.number == number
            )
        )
        if request is None:
            raise NotFound(
                "no-such-request", f"没有登记 {number}。", f"There is no request {number}."
            )
        return [_reply(settings, request)]
    if number.startswith("TS"):
        complaint = session.scalar(
            sa.select(Complaint).where(Complaint.estate_id == estate_id, Complaint.number == number)
        )
        if complaint is None:
            raise NotFound(
                "no-such-complaint", f"没有投诉 {number}。", f"There is no complaint {number}."
            )
        return list(_of_complaint(session, settings, complaint))
    if number.startswith("HF"):
        return list(_of_visit(session, settings, find_in(session, estate_id, number)))
    order = get_order(session, estate_id, number)
    return list(_of_order(session, settings, order))


def _reply(settings: Settings, request: ServiceRequest) -> Replay:
    return replay.by_minutes(
        "reply",
        "R-051",
        request.registered_at,
        settings.reply_minutes,
        done_at=request.replied_at,
        kept_due_at=request.reply_due_at,
    )


def _of_order(session: Session, settings: Settings, order: WorkOrder) -> Iterator[Replay]:
    first_at = session.scalar(
        sa.select(sa.func.min(Assignment.from_at)).where(Assignment.order_id == order.id)
    )
    if order.request_id is not None:
        request = session.get_one(ServiceRequest, order.request_id)
        yield _reply(settings, request)
        yield replay.by_minutes(
            "dispatch", "P-02", request.registered_at, settings.dispatch_minutes, done_at=first_at
        )
    if order.dispatched_at is not None:
        yield replay.by_minutes(
            "acknowledge",
            "P-03",
            order.dispatched_at,
            settings.ack_minutes,
            done_at=order.acknowledged_at,
        )
        if order.appointment_at is not None:
            yield replay.arrival(
                order.dispatched_at,
                order.appointment_at,
                settings.arrival_grace_minutes,
                done_at=order.arrived_at,
            )
    for one in escalations_of(session, order.id):
        if one.due_at is not None:
            yield replay.decision(
                one.opened_at, settings.zone, done_at=one.decided_at, kept_due_at=one.due_at
            )
    visit = session.scalar(sa.select(ReturnVisit).where(ReturnVisit.order_id == order.id))
    if visit is not None:
        yield from _visit_of(session, settings, visit, order)


def _visit_of(
    session: Session, settings: Settings, visit: ReturnVisit, order: WorkOrder
) -> Iterator[Replay]:
    if order.closed_at is not None:
        yield replay.return_visit(
            order.closed_at,
            settings.zone,
            done_at=made_first_at(session, visit),
            kept_due_at=visit.due_at,
        )


def _of_visit(session: Session, settings: Settings, visit: ReturnVisit) -> Iterator[Replay]:
    if visit.order_id is not None:
        order = session.get_one(WorkOrder, visit.order_id)
        yield from _visit_of(session, settings, visit, order)
    if visit.complaint_id is not None:
        complaint = session.get_one(Complaint, visit.complaint_id)
        rows = history_of(session, COMPLAINT, complaint.number)
        yield from _rounds(session, rows, visit)
    yield from _corrections(session, settings, VISIT, visit.number)


def _of_complaint(session: Session, settings: Settings, complaint: Complaint) -> Iterator[Replay]:
    rows = history_of(session, COMPLAINT, complaint.number)
    heard = [row.at for row in rows if row.kind in HEARD]
    for place, at in enumerate(heard):
        # What is said as it is closed begins no silence.
        if at != complaint.closed_at:
            following = heard[place + 1] if place + 1 < len(heard) else complaint.closed_at
            yield replay.silence(at, done_at=following)
    visit = session.scalar(sa.select(ReturnVisit).where(ReturnVisit.complaint_id == complaint.id))
    yield from _rounds(session, rows, visit)
    yield from _corrections(session, settings, COMPLAINT, complaint.number)


def _rounds(
    session: Session, rows: Sequence[HistoryRow], visit: ReturnVisit | None
) -> Iterator[Replay]:
    """Each verification of a complaint has a round of its visit, by three days later (RV6)."""
    made = {one.round: one.at for one in results_of(session, visit)} if visit else {}
    kept = {
        row.data["round"]: dt.datetime.fromisoformat(row.data["due_at"])
        for row in (history_of(session, VISIT, visit.number) if visit else ())
        if row.kind == "visit.opened"
    }
    verified = [row.at for row in rows if row.kind == "complaint.verified"]
    for number, at in enumerate(verified, start=1):
        yield replay.complaint_visit(at, done_at=made.get(number), kept_due_at=kept.get(number))


def _corrections(session: Session, settings: Settings, kind: str, number: str) -> Iterator[Replay]:
    rule = "R-128" if kind == COMPLAINT else "R-090"
    for one in rectifications_of(session, kind, number):
        yield replay.rectification(
            rule, one.opened_at, one.due_on, settings.zone, done_at=one.done_at
        )
