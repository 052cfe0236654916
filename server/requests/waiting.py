"""Requests that wait for the desk: still open, or gone on without a word to the customer."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import first_of_each
from server.estate.models import Person, Unit
from server.requests.lifecycle import OPEN
from server.requests.models import ServiceRequest

#: How long an unanswered request that has already gone on stays on the board; then its alert does.
UNANSWERED_FOR = dt.timedelta(days=2)
_GONE_ON = ("converted", "declined", "to_complaint")


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingRequest:
    """What a board shows of a request."""

    number: str
    state: str
    kind: str
    urgency: str
    content: str
    appointment_at: dt.datetime | None
    registered_at: dt.datetime
    reply_due_at: dt.datetime
    replied_at: dt.datetime | None
    unit_code: str
    person_name: str
    person_phone: str


def waiting(
    session: Session, estate_id: uuid.UUID, *, at: dt.datetime, limit: int
) -> list[WaitingRequest]:
    """The oldest that wait, those without a reply first."""
    # Two questions, each answered by the index on state and time: one with OR reads all requests.
    mine = ServiceRequest.estate_id == estate_id
    unanswered = (
        mine,
        ServiceRequest.replied_at.is_(None),
        ServiceRequest.registered_at >= at - UNANSWERED_FOR,
    )
    oldest_first = (ServiceRequest.registered_at, ServiceRequest.id)
    found: list[WaitingRequest] = []
    for states, wanted in (
        ([state.value for state in OPEN], (mine,)),
        (_GONE_ON, unanswered),
    ):
        key, state = ServiceRequest.id, ServiceRequest.state
        keys = first_of_each(key, state, states, *wanted, order=oldest_first, limit=limit)
        rows = session.execute(
            sa.select(
                ServiceRequest.number,
                ServiceRequest.state,
                ServiceRequest.kind,
                ServiceRequest.urgency,
                sa.func.substr(ServiceRequest.content, 1, 80).label("content"),
                ServiceRequest.appointment_at,
                ServiceRequest.registered_at,
                ServiceRequest.reply_due_at,
                ServiceRequest.replied_at,
                Unit.code.label("unit_code"),
                Person.name.label("person_name"),
                Person.phone.label("person_phone"),
            )
            .join(Unit, Unit.id == ServiceRequest.unit_id)
            .join(Person, Person.id == ServiceRequest.person_id)
            .where(key.in_(keys))
            .order_by(*oldest_first)
            .limit(limit)
        )
        found += [WaitingRequest(**row) for row in rows.mappings()]
    return sorted(found, key=lambda row: (row.replied_at is not None, row.registered_at))
