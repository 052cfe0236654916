"""Reading requests: of one unit, and what belongs to one request. No rules in here."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.requests.lifecycle import OPEN, RequestState
from server.requests.models import Decline, Reply, ServiceRequest

#: Ended without an order.
ENDED = (
    RequestState.DECLINED,
    RequestState.ANSWERED,
    RequestState.WITHDRAWN,
    RequestState.TO_COMPLAINT,
)


def replies_of(session: Session, request: ServiceRequest) -> list[Reply]:
    """What the customer was told, oldest first."""
    return list(
        session.scalars(
            sa.select(Reply).where(Reply.request_id == request.id).order_by(Reply.replied_at)
        )
    )


def decline_of(session: Session, request: ServiceRequest) -> Decline | None:
    """Why it could not be offered; None for what was not declined."""
    return session.scalar(sa.select(Decline).where(Decline.request_id == request.id))


def open_of_unit(session: Session, unit_id: uuid.UUID, *, limit: int = 20) -> list[ServiceRequest]:
    """A unit's requests that have no outcome yet, newest first."""
    return _of_unit(session, unit_id, OPEN, limit=limit)


def ended_of_unit(
    session: Session, unit_id: uuid.UUID, *, since: dt.datetime, limit: int = 10
) -> list[ServiceRequest]:
    """A unit's requests that ended without an order, newest first."""
    return _of_unit(session, unit_id, ENDED, ServiceRequest.registered_at >= since, limit=limit)


def _of_unit(
    session: Session,
    unit_id: uuid.UUID,
    states: frozenset[RequestState] | tuple[RequestState, ...],
    *where: sa.ColumnElement[bool],
    limit: int,
) -> list[ServiceRequest]:
    return list(
        session.scalars(
            sa.select(ServiceRequest)
            .where(
                ServiceRequest.unit_id == unit_id,
                ServiceRequest.state.in_([state.value for state in states]),
                *where,
            )
            .order_by(ServiceRequest.registered_at.desc())
            .limit(limit)
        )
    )
