"""The deadlines of one order or request, each counted again from what is stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.deadlines import replay
from server.deadlines.replay import Replay
from server.errors import NotFound
from server.requests.models import ServiceRequest
from server.return_visits.cohort import made_first_at
from server.return_visits.models import ReturnVisit
from server.settings import Settings
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.queries import escalations_of, get_order


def replays(
    session: Session, settings: Settings, estate_id: uuid.UUID, number: str
) -> list[Replay]:
    """Every deadline of a request (DJ-…) or an order (FW-…). Raises NotFound."""
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
    if visit is not None and order.closed_at is not None:
        yield replay.return_visit(
            order.closed_at,
            settings.zone,
            done_at=made_first_at(session, visit),
            kept_due_at=visit.due_at,
        )
