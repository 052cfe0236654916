"""Reading orders: keyset lists, one order, what a handheld should hold. No rules in here."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import outbox
from server.checklist_runs.models import ReturnedStep
from server.db import first_of_each
from server.devices.operations import devices_of
from server.errors import Invalid, NotFound
from server.estate.models import Unit
from server.requests.models import ServiceRequest
from server.work_orders.models import Assignment, Escalation, Quote, Signature, WorkOrder
from server.work_orders.states import IN_THE_FIELD, STILL_TO_VISIT, State

MAX_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list and where the next one begins."""

    items: Sequence[WorkOrder]
    next_cursor: str | None


def list_orders(
    session: Session,
    estate_id: uuid.UUID,
    *,
    states: Collection[str] = (),
    technician_id: uuid.UUID | None = None,
    unit_code: str | None = None,
    qa_state: str | None = None,
    updated_since: dt.datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """Orders, last changed first. Work grows with the page, not with what is stored."""
    wanted = [WorkOrder.estate_id == estate_id]
    if technician_id is not None:
        wanted.append(WorkOrder.technician_id == technician_id)
    if unit_code is not None:
        unit = sa.select(Unit.id).where(Unit.estate_id == estate_id, Unit.code == unit_code)
        wanted.append(WorkOrder.unit_id == unit.scalar_subquery())
    if qa_state is not None:
        wanted.append(WorkOrder.qa_state == qa_state)
    if updated_since is not None:
        wanted.append(WorkOrder.updated_at >= updated_since)
    if cursor is not None:
        updated_at, last_id = _read_cursor(cursor)
        wanted += [
            sa.or_(
                WorkOrder.updated_at < updated_at,
                sa.and_(WorkOrder.updated_at == updated_at, WorkOrder.id < last_id),
            ),
            WorkOrder.updated_at <= updated_at,
        ]
    limit = min(limit, MAX_PAGE)
    newest_first = (WorkOrder.updated_at.desc(), WorkOrder.id.desc())
    rows = _in_states(session, states, wanted, order=newest_first, limit=limit + 1)
    more = len(rows) > limit
    items = rows[:limit]
    return Page(items=items, next_cursor=_cursor(items[-1]) if more else None)


def standing_longest(
    session: Session, estate_id: uuid.UUID, states: Collection[str], *, limit: int
) -> list[WorkOrder]:
    """Orders in any of these states, the one that has not changed for longest first."""
    oldest_first = (WorkOrder.updated_at, WorkOrder.id)
    mine = [WorkOrder.estate_id == estate_id]
    return _in_states(session, states, mine, order=oldest_first, limit=limit) if states else []


def get_order(session: Session, estate_id: uuid.UUID, number: str) -> WorkOrder:
    """One order for reading. Raises NotFound."""
    order = session.scalar(
        sa.select(WorkOrder).where(WorkOrder.estate_id == estate_id, WorkOrder.number == number)
    )
    if order is None:
        raise NotFound("no-such-order", f"没有工单 {number}。", f"There is no order {number}.")
    return order


def request_number(session: Session, order: WorkOrder) -> str | None:
    """The number of the request from which an order came."""
    if order.request_id is None:
        return None
    return session.scalar(
        sa.select(ServiceRequest.number).where(ServiceRequest.id == order.request_id)
    )


def field_orders(session: Session, technician_id: uuid.UUID) -> list[WorkOrder]:
    """Every order that stands on a technician's handheld now, by appointment."""
    sent_back = (
        sa.select(ReturnedStep.order_id)
        .where(ReturnedStep.order_id == WorkOrder.id, ReturnedStep.redone_at.is_(None))
        .exists()
    )
    return list(
        session.scalars(
            sa.select(WorkOrder)
            .where(
                WorkOrder.technician_id == technician_id,
                sa.or_(
                    WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
                    sa.and_(WorkOrder.state == State.CLOSED, sent_back),
                ),
            )
            .order_by(WorkOrder.appointment_at, WorkOrder.number)
        )
    )


def visits_booked(
    session: Session,
    technician_ids: Collection[uuid.UUID],
    from_at: dt.datetime,
    until_at: dt.datetime,
) -> list[WorkOrder]:
    """Orders of these technicians whose customers expect them in this time, by appointment."""
    return list(
        session.scalars(
            sa.select(WorkOrder)
            .where(
                WorkOrder.technician_id.in_(technician_ids),
                WorkOrder.state.in_([state.value for state in STILL_TO_VISIT]),
                WorkOrder.appointment_at >= from_at,
                WorkOrder.appointment_at < until_at,
            )
            .order_by(WorkOrder.appointment_at, WorkOrder.number)
        )
    )


def sent_at(session: Session, order: WorkOrder) -> dt.datetime | None:
    """When the broker took the newest snapshot for a handheld of the technician.

    None while it waits, and where the technician has no handheld on MQTT.
    """
    sent = (
        outbox.sent_at(session, device_id=device.id, subject=order.number)
        for device in devices_of(session, order.technician_id)
    )
    return max((at for at in sent if at is not None), default=None)


def was_assigned(session: Session, order_id: uuid.UUID, technician_id: uuid.UUID) -> bool:
    """Whether a technician has, or ever had, an order."""
    return (
        session.scalar(
            sa.select(Assignment.id)
            .where(Assignment.order_id == order_id, Assignment.technician_id == technician_id)
            .limit(1)
        )
        is not None
    )


def assignments_of(session: Session, order_id: uuid.UUID) -> list[Assignment]:
    """Who had the order, in order of time."""
    return list(
        session.scalars(
            sa.select(Assignment)
            .where(Assignment.order_id == order_id)
            .order_by(Assignment.from_at, Assignment.id)
        )
    )


def quotes_of(session: Session, order_id: uuid.UUID) -> list[Quote]:
    """All revisions of the price, oldest first."""
    return list(
        session.scalars(sa.select(Quote).where(Quote.order_id == order_id).order_by(Quote.revision))
    )


def signatures_of(session: Session, order_id: uuid.UUID) -> list[Signature]:
    """Who signed what."""
    return list(
        session.scalars(
            sa.select(Signature)
            .where(Signature.order_id == order_id)
            .order_by(Signature.signed_at, Signature.id)
        )
    )


def acceptance_of(session: Session, order_id: uuid.UUID) -> Signature | None:
    """The acceptance that was signed last: the one that counts."""
    return session.scalar(
        sa.select(Signature)
        .where(Signature.order_id == order_id, Signature.kind == "acceptance")
        .order_by(Signature.covers_results.desc(), Signature.signed_at.desc(), Signature.id.desc())
        .limit(1)
    )


def escalations_of(session: Session, order_id: uuid.UUID) -> list[Escalation]:
    """How often and to whom the order went up."""
    return list(
        session.scalars(
            sa.select(Escalation)
            .where(Escalation.order_id == order_id)
            .order_by(Escalation.opened_at, Escalation.id)
        )
    )


def _in_states(
    session: Session,
    states: Collection[str],
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    order: Sequence[sa.ColumnExpressionArgument[Any]],
    limit: int,
) -> list[WorkOrder]:
    """The first orders that fit `wanted`, in any of these states or, without one, in all."""
    query = sa.select(WorkOrder)
    if states:
        state = WorkOrder.state
        keys = first_of_each(WorkOrder.id, state, states, *wanted, order=order, limit=limit)
        query = query.where(WorkOrder.id.in_(keys))
    else:
        query = query.where(*wanted)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def _cursor(order: WorkOrder) -> str:
    key = [order.updated_at.isoformat(), str(order.id)]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        moment, last_id = json.loads(raw)
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), uuid.UUID(last_id)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise Invalid(
            "bad-cursor",
            "分页位置无效。",
            "The cursor is not one of ours.",
            errors={"cursor": ["无效 not one of ours"]},
        ) from error
