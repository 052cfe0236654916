"""What the desk leaves open at the end of a shift: put down by the server, not by memory (F-21)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.alerts import operations as alerts
from server.deadlines.timers import DESK
from server.requests.models import ServiceRequest
from server.work_orders.models import WorkOrder
from server.work_orders.states import State

#: How far ahead the promises of the next shift reach.
NEXT_SHIFT = dt.timedelta(hours=8)
#: A customer who has waited longer than this for a word stands among the alerts.
UNANSWERED_FOR = dt.timedelta(days=2)
#: Of one kind; a desk that leaves more has other troubles.
MOST = 100
BEFORE_VISIT = (State.CREATED, State.DISPATCHED, State.ACKNOWLEDGED)
KINDS = (
    "no_reply",
    "not_dispatched",
    "not_acknowledged",
    "hazard",
    "promise",
    "next_contact",
    "alert",
)


def left_open(session: Session, estate_id: uuid.UUID, *, at: dt.datetime) -> list[dict[str, Any]]:
    """Every open item as {what, number, state, unit, at}; `what` is one of KINDS, in this order.

    Requests that nobody has answered, orders that nobody has or has acknowledged, hazards, what was
    promised for the next shift, and the desk's other open alerts; not what waits in this same book.
    """
    found = [*_unanswered(session, estate_id, at), *_orders(session, estate_id, at)]
    named = {one["number"] for one in found}
    others = alerts.open_alerts(session, estate_id, roles=frozenset(DESK), limit=MOST)
    found += [
        _item("alert", alert.subject, alert.kind, "", alert.raised_at)
        for alert in others
        if alert.subject not in named and alert.subject_kind != "handover"
    ]
    return found


def _unanswered(
    session: Session, estate_id: uuid.UUID, at: dt.datetime
) -> Iterator[dict[str, Any]]:
    rows = session.scalars(
        sa.select(ServiceRequest)
        .where(
            ServiceRequest.estate_id == estate_id,
            ServiceRequest.registered_at >= at - UNANSWERED_FOR,
            ServiceRequest.replied_at.is_(None),
            ServiceRequest.state.not_in(["withdrawn"]),
        )
        .order_by(ServiceRequest.registered_at, ServiceRequest.id)
        .limit(MOST)
    )
    for row in rows:
        yield _item("no_reply", row.number, row.state, row.unit.code, row.reply_due_at)


def _orders(session: Session, estate_id: uuid.UUID, at: dt.datetime) -> Iterator[dict[str, Any]]:
    order, until = WorkOrder, at + NEXT_SHIFT
    for what, wanted, moment in (
        ("not_dispatched", [order.state == State.CREATED], "issued_at"),
        ("not_acknowledged", [order.state == State.DISPATCHED], "dispatched_at"),
        ("hazard", [order.state == State.SUSPENDED, order.hazard], "updated_at"),
        (
            "promise",
            [
                order.appointment_at >= at,
                order.appointment_at < until,
                order.state.in_([state.value for state in BEFORE_VISIT]),
            ],
            "appointment_at",
        ),
        (
            "next_contact",
            [order.state == State.SUSPENDED, order.next_contact_at < until],
            "next_contact_at",
        ),
    ):
        for row in _first(session, estate_id, wanted, moment):
            yield _item(what, row.number, row.state, row.unit.code, getattr(row, moment))


def _first(
    session: Session, estate_id: uuid.UUID, wanted: Sequence[Any], moment: str
) -> Iterable[WorkOrder]:
    # In one state by the index on state and change; asked for by another moment, SQLite would walk
    # through all orders along that moment's index.
    along = moment if moment in {"appointment_at", "next_contact_at"} else "updated_at"
    return session.scalars(
        sa.select(WorkOrder)
        .where(WorkOrder.estate_id == estate_id, *wanted)
        .order_by(getattr(WorkOrder, along), WorkOrder.id)
        .limit(MOST)
    )


def _item(what: str, number: str, state: str, unit: str, at: dt.datetime | None) -> dict[str, Any]:
    moment = at.isoformat() if at else None
    return {"what": what, "number": number, "state": str(state), "unit": unit, "at": moment}
