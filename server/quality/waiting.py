"""Which order a reviewer is given next."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.history import Actor
from server.quality.operations import REVIEWABLE
from server.work_orders.models import Assignment, WorkOrder


def next_waiting(
    session: Session, *, by: Actor, after: tuple[int, uuid.UUID] | None = None
) -> WorkOrder | None:
    """The next order of the queue that `by` may judge: never one that was once his (R-005).

    `after` is the place of an order in the queue (how suspicious it is, and its id).
    """
    place = sa.tuple_(WorkOrder.qa_place, WorkOrder.id)
    his = sa.exists().where(
        Assignment.order_id == WorkOrder.id, Assignment.technician_id == by.user_id
    )
    query = sa.select(WorkOrder).where(
        WorkOrder.estate_id == by.estate_id,
        WorkOrder.qa_state == sa.literal_column("'pending'"),
        WorkOrder.qa_chosen == sa.true(),
        WorkOrder.state.in_([state.value for state in REVIEWABLE]),
        ~his,
    )
    if after is not None:
        query = query.where(place > sa.tuple_(*_literals(after)))
    return session.scalar(query.order_by(WorkOrder.qa_place, WorkOrder.id).limit(1))


def _literals(after: tuple[int, uuid.UUID]) -> tuple[sa.ColumnElement[object], ...]:
    return (
        sa.literal(after[0], WorkOrder.qa_place.type),
        sa.literal(after[1], WorkOrder.id.type),
    )
