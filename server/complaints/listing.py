"""The list of complaints: light rows by any filter, the last recorded first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import OPEN, Complaint
from server.estate.models import Building, Person, Unit
from server.keyset import Leaf, Place, beyond, direction, leaf

_ROW = (
    Complaint.id,
    Complaint.number,
    Complaint.version,
    Complaint.state,
    Complaint.validity,
    Complaint.major,
    Complaint.channel,
    Complaint.target,
    Complaint.category,
    Complaint.content,
    Complaint.recorded_at,
    Complaint.last_told_at,
    Complaint.target_on,
    Complaint.closed_at,
    Complaint.handler_id,
    Complaint.cluster_id,
    Unit.code.label("unit"),
    Person.name.label("person"),
    Person.phone.label("phone"),
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which complaints are asked for; what is not named is not asked."""

    #: neither closed nor archived
    under_way: bool = False
    state: str | None = None
    validity: str | None = None
    major: bool = False
    category: str | None = None
    channel: str | None = None
    target: str | None = None
    #: number of the building
    building: int | None = None
    unit_id: uuid.UUID | None = None
    #: whoever sees only what is theirs to deal with
    handler_id: uuid.UUID | None = None
    #: recorded at or after the first, before the second
    recorded_from: dt.datetime | None = None
    recorded_before: dt.datetime | None = None


def complaints(
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
    query = _joined().where(Complaint.estate_id == estate_id, *_conditions(estate_id, wanted))
    if (place := after or before) is not None:
        query = query.where(beyond(Complaint.recorded_at, Complaint.id, place, newer=newer))
    query = query.order_by(*direction(Complaint.recorded_at, Complaint.id, newer=newer))
    rows = list(session.execute(query.limit(limit + 1)))
    return leaf(
        rows,
        limit=limit,
        place_of=lambda row: Place(at=row.recorded_at, id=row.id),
        after=after,
        before=before,
    )


def complaints_numbered(
    session: Session, estate_id: uuid.UUID, numbers: Collection[str]
) -> list[sa.Row[*tuple[Any, ...]]]:
    """The complaints with these numbers, in the order in which they are named."""
    mine = (Complaint.estate_id == estate_id, Complaint.number.in_(list(numbers)))
    found = {row.number: row for row in session.execute(_joined().where(*mine))}
    return [found[number] for number in numbers if number in found]


def _conditions(estate_id: uuid.UUID, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.under_way:
        # Spelled as the partial index is, which is what lets SQLite use it.
        conditions.append(sa.literal_column(f"complaint.{OPEN}", sa.Boolean))
    for column, value in (
        (Complaint.state, wanted.state),
        (Complaint.validity, wanted.validity),
        (Complaint.category, wanted.category),
        (Complaint.channel, wanted.channel),
        (Complaint.target, wanted.target),
        (Complaint.unit_id, wanted.unit_id),
        (Complaint.handler_id, wanted.handler_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.major:
        conditions.append(Complaint.major.is_(True))
    if wanted.building is not None:
        there = (
            sa.select(Building.id)
            .where(Building.estate_id == estate_id, Building.number == wanted.building)
            .scalar_subquery()
        )
        conditions.append(
            Complaint.unit_id.in_(sa.select(Unit.id).where(Unit.building_id == there))
        )
    if wanted.recorded_from is not None:
        conditions.append(Complaint.recorded_at >= wanted.recorded_from)
    if wanted.recorded_before is not None:
        conditions.append(Complaint.recorded_at < wanted.recorded_before)
    return conditions


def _joined() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_ROW)
        .select_from(Complaint)
        .join(Unit, Unit.id == Complaint.unit_id)
        .join(Person, Person.id == Complaint.person_id)
    )
