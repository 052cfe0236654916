"""Which order a reviewer is given next."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.history import Actor
from server.quality.operations import REVIEWABLE
from server.work_orders.models import Assignment, WorkOrder


def next_waiting(
    session: Session, *, by: Actor, after: tuple[dt.datetime, uuid.UUID] | None = None
) -> WorkOrder | None:
    """The next order of the queue that `by` may judge: never one that was once his (R-005).

    `after` is the place of an order in the queue (when it last changed, and its id).
    """
    place = sa.tuple_(WorkOrder.updated_at, WorkOrder.id)
    his = sa.exists().where(
        Assignment.order_id == WorkOrder.id, Assignment.technician_id == by.user_id
    )
    query = sa.select(WorkOrder).where(
        WorkOrder.estate_id == by.estate_id,
        WorkOrder.qa_state == "pending",
        WorkOrder.state.in_([state.value for state in REVIEWABLE]),
        ~his,
    )
    if after is not None:
        query = query.where(place > sa.tuple_(*_literals(after)))
    return session.scalar(query.order_by(WorkOrder.updated_at, WorkOrder.id).limit(1))


def _literals(after: tuple[dt.datetime, uuid.UUID]) -> tuple[sa.ColumnElement[object], ...]:
    return (
        sa.literal(after[0], WorkOrder.updated_at.type),
        sa.literal(after[1], WorkOrder.id.type),
    )
