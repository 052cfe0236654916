"""The desk's list of requests: light rows by any filter, the last registered first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Person, Unit
from server.keyset import Leaf, Place, aside, beyond, direction, keys_of, leaf
from server.requests.lifecycle import OPEN as UNDER_WAY
from server.requests.lifecycle import RequestState
from server.requests.models import ServiceRequest

CHUNK = 500
#: Somebody still has to act on these.
OPEN = tuple(state.value for state in RequestState if state in UNDER_WAY)

_ROW = (
    ServiceRequest.id,
    ServiceRequest.number,
    ServiceRequest.version,
    ServiceRequest.state,
    ServiceRequest.urgency,
    ServiceRequest.channel,
    ServiceRequest.kind,
    ServiceRequest.category,
    ServiceRequest.content,
    ServiceRequest.appointment_at,
    ServiceRequest.registered_at,
    ServiceRequest.reply_due_at,
    ServiceRequest.replied_at,
    Unit.code.label("unit"),
    Person.name.label("person"),
    Person.phone.label("phone"),
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which requests are asked for; what is not named is not asked."""

    #: without one, requests in every state
    states: tuple[str, ...] = ()
    unit_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    kind: str | None = None
    urgency: str | None = None
    #: registered at or after the first, before the second
    registered_from: dt.datetime | None = None
    registered_before: dt.datetime | None = None


def requests(
    session: Session,
    estate_id: uuid.UUID,
    wanted: Filter,
    *,
    limit: int = 50,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page: the newest, or what stands behind `after` or in front of `before`."""
    newer = before is not None
    rows = _rows(session, estate_id, wanted, limit + 1, after or before, newer=newer)
    return leaf(rows, limit=limit, place_of=_place, after=after, before=before)


def every_request(
    session: Session, estate_id: uuid.UUID, wanted: Filter
) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
    """All of them, CHUNK by CHUNK."""
    place: Place | None = None
    while rows := _rows(session, estate_id, wanted, CHUNK, place, newer=False):
        yield rows
        place = _place(rows[-1])


def requests_numbered(
    session: Session, estate_id: uuid.UUID, numbers: Collection[str]
) -> list[sa.Row[*tuple[Any, ...]]]:
    """The requests with these numbers, in the order in which they are named."""
    mine = (ServiceRequest.estate_id == estate_id, ServiceRequest.number.in_(list(numbers)))
    found = {row.number: row for row in session.execute(_joined().where(*mine))}
    return [found[number] for number in numbers if number in found]


def _rows(
    session: Session,
    estate_id: uuid.UUID,
    wanted: Filter,
    limit: int,
    place: Place | None,
    *,
    newer: bool,
) -> list[sa.Row[*tuple[Any, ...]]]:
    at, key = ServiceRequest.registered_at, ServiceRequest.id
    lead = _lead(wanted)
    estate: Any = ServiceRequest.estate_id
    conditions = [(aside(estate) if lead == "unit_id" else estate) == estate_id]
    for name, value in (
        ("unit_id", wanted.unit_id),
        ("person_id", wanted.person_id),
        ("kind", wanted.kind),
        ("urgency", wanted.urgency),
    ):
        column: Any = getattr(ServiceRequest, name)
        if value is not None:
            conditions.append((column if name == lead else aside(column)) == value)
    if wanted.registered_from is not None:
        conditions.append(at >= wanted.registered_from)
    if wanted.registered_before is not None:
        conditions.append(at < wanted.registered_before)
    if place is not None:
        conditions.append(beyond(at, key, place, newer=newer))
    keys = keys_of(
        key,
        at,
        conditions,
        state=ServiceRequest.state if lead == "state" else aside(ServiceRequest.state),
        states=wanted.states,
        limit=limit,
        newer=newer,
    )
    query = _joined().where(key.in_(keys))
    return list(session.execute(query.order_by(*direction(at, key, newer=newer))))


def _lead(wanted: Filter) -> str:
    """By which condition the rows are looked up: the one that leaves the fewest."""
    for name, asked in (
        ("unit_id", wanted.unit_id),
        ("state", set(wanted.states) - {RequestState.CONVERTED}),
        ("urgency", wanted.urgency not in (None, "normal")),
        ("kind", wanted.kind not in (None, "service_need")),
        ("registered_at", wanted.registered_from or wanted.registered_before),
        ("state", wanted.states),
    ):
        if asked:
            return name
    return "registered_at"


def _joined() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_ROW)
        .select_from(ServiceRequest)
        .join(Unit, Unit.id == ServiceRequest.unit_id)
        .join(Person, Person.id == ServiceRequest.person_id)
    )


def _place(row: sa.Row[*tuple[Any, ...]]) -> Place:
    return Place(at=row.registered_at, id=row.id)
