"""The desk's list of orders: light rows by any filter, page by page in either direction.

Every filter has an index that is sorted as the list is, so that a page costs its rows and not what
is stored. A period of issue is walked by the time of issue, everything else by the last change.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.accounts.models import User
from server.estate.models import Person, Unit
from server.keyset import Leaf, Place, aside, beyond, direction, keys_of, leaf
from server.work_orders import customers
from server.work_orders.models import UNDER_WAY, WorkOrder
from server.work_orders.states import State

CHUNK = 500
#: States in which most orders of the past are.
_COMMON = frozenset({State.CLOSED, State.ARCHIVED})

_ROW = (
    WorkOrder.id,
    WorkOrder.number,
    WorkOrder.version,
    WorkOrder.state,
    WorkOrder.urgency,
    WorkOrder.hazard,
    WorkOrder.late,
    WorkOrder.nature,
    WorkOrder.category,
    WorkOrder.content,
    WorkOrder.appointment_at,
    WorkOrder.issued_at,
    WorkOrder.updated_at,
    WorkOrder.qa_state,
    Unit.code.label("unit"),
    Person.name.label("person"),
    Person.phone.label("phone"),
    User.name.label("technician"),
)
_OWN = {"person": customers.NAME, "phone": customers.PHONE}
#: What only an export tells.
_WHOLE = (
    *_ROW,
    WorkOrder.dispatched_at,
    WorkOrder.arrived_at,
    WorkOrder.accepted_at,
    WorkOrder.written_off_at,
    WorkOrder.charge_fen,
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which orders are asked for; what is not named is not asked."""

    #: without one, orders in every state
    states: tuple[str, ...] = ()
    #: only orders that are neither over nor only waiting for the archive
    under_way: bool = False
    technician_id: uuid.UUID | None = None
    #: for this technician himself: whose order it is, he is told only while it is with him (5.1)
    own: bool = False
    unit_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    category: str | None = None
    urgency: str | None = None
    qa_state: str | None = None
    late: bool = False
    hazard: bool = False
    #: issued at or after the first, before the second
    issued_from: dt.datetime | None = None
    issued_before: dt.datetime | None = None

    @property
    def by_issue(self) -> bool:
        """Whether the list is walked by the time of issue."""
        return self.issued_from is not None or self.issued_before is not None


def orders(
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
    rows = _rows(session, estate_id, wanted, _ROW, limit + 1, after or before, newer=newer)
    return leaf(
        rows, limit=limit, place_of=lambda row: _place(row, wanted), after=after, before=before
    )


def every_order(
    session: Session, estate_id: uuid.UUID, wanted: Filter
) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
    """All of them, CHUNK by CHUNK, with what an export tells."""
    place: Place | None = None
    while rows := _rows(session, estate_id, wanted, _WHOLE, CHUNK, place, newer=False):
        yield rows
        place = _place(rows[-1], wanted)


def orders_numbered(
    session: Session,
    estate_id: uuid.UUID,
    numbers: Collection[str],
    *,
    technician_id: uuid.UUID | None = None,
) -> list[sa.Row[*tuple[Any, ...]]]:
    """The orders with these numbers, in the order in which they are named.

    Of those of one technician where one is named, as he may see them.
    """
    query = _joined(_told(_WHOLE, own=technician_id is not None)).where(
        WorkOrder.estate_id == estate_id, WorkOrder.number.in_(list(numbers))
    )
    if technician_id is not None:
        query = query.where(WorkOrder.technician_id == technician_id)
    found = {row.number: row for row in session.execute(query)}
    return [found[number] for number in numbers if number in found]


def numbers_of(
    session: Session, ids: Collection[uuid.UUID], *, technician_id: uuid.UUID | None = None
) -> dict[uuid.UUID, str]:
    """The numbers of orders by their ids; of those of one technician where one is named."""
    query = sa.select(WorkOrder.id, WorkOrder.number).where(WorkOrder.id.in_(list(ids)))
    if technician_id is not None:
        query = query.where(WorkOrder.technician_id == technician_id)
    return {row.id: row.number for row in session.execute(query)}


def _rows(
    session: Session,
    estate_id: uuid.UUID,
    wanted: Filter,
    columns: Sequence[Any],
    limit: int,
    place: Place | None,
    *,
    newer: bool,
) -> list[sa.Row[*tuple[Any, ...]]]:
    at: InstrumentedAttribute[Any] = (
        WorkOrder.issued_at if wanted.by_issue else WorkOrder.updated_at
    )
    conditions = _conditions(estate_id, wanted)
    if place is not None:
        conditions.append(beyond(at, WorkOrder.id, place, newer=newer))
    # The keys of one page first; names are joined to these alone.
    keys = keys_of(
        WorkOrder.id,
        at,
        conditions,
        state=WorkOrder.state if _lead(wanted) == "state" else aside(WorkOrder.state),
        states=wanted.states,
        limit=limit,
        newer=newer,
    )
    query = _joined(_told(columns, own=wanted.own)).where(WorkOrder.id.in_(keys))
    return list(session.execute(query.order_by(*direction(at, WorkOrder.id, newer=newer))))


def _lead(wanted: Filter) -> str:
    """By which condition the rows are looked up: the one that leaves the fewest."""
    rare = [state for state in wanted.states if state not in _COMMON]
    for name, asked in (
        ("unit_id", wanted.unit_id),
        ("issued_at", wanted.by_issue),
        ("under_way", wanted.under_way),
        ("state", rare),
        ("hazard", wanted.hazard),
        ("late", wanted.late),
        ("urgency", wanted.urgency not in (None, "normal")),
        ("qa_state", wanted.qa_state not in (None, "none", "passed")),
        ("technician_id", wanted.technician_id),
        ("category", wanted.category),
        ("state", wanted.states),
        ("urgency", wanted.urgency),
        ("qa_state", wanted.qa_state),
    ):
        if asked:
            return name
    return "estate_id"


def _conditions(estate_id: uuid.UUID, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    lead = _lead(wanted)
    elsewhere = lead in {"unit_id", "technician_id"}
    estate: Any = aside(WorkOrder.estate_id) if elsewhere else WorkOrder.estate_id
    found: list[sa.ColumnElement[bool]] = [estate == estate_id]
    for name, value in (
        ("technician_id", wanted.technician_id),
        ("unit_id", wanted.unit_id),
        ("person_id", wanted.person_id),
        ("category", wanted.category),
        ("urgency", wanted.urgency),
        ("qa_state", wanted.qa_state),
    ):
        column: Any = getattr(WorkOrder, name)
        if value is not None:
            found.append((column if name == lead else aside(column)) == value)
    if wanted.under_way:
        found.append(sa.literal_column(f"work_order.{UNDER_WAY}"))
    for name, asked in (("late", wanted.late), ("hazard", wanted.hazard)):
        flag: Any = getattr(WorkOrder, name)
        if asked:
            found.append(flag if name == lead else aside(flag) == sa.true())
    if wanted.issued_from is not None:
        found.append(WorkOrder.issued_at >= wanted.issued_from)
    if wanted.issued_before is not None:
        found.append(WorkOrder.issued_at < wanted.issued_before)
    return found


def _told(columns: Sequence[Any], *, own: bool) -> Sequence[Any]:
    return [_OWN.get(column.name, column) for column in columns] if own else columns


def _joined(columns: Sequence[Any]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .select_from(WorkOrder)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .join(Person, Person.id == WorkOrder.person_id)
        .outerjoin(User, User.id == WorkOrder.technician_id)
    )


def _place(row: sa.Row[*tuple[Any, ...]], wanted: Filter) -> Place:
    return Place(at=row.issued_at if wanted.by_issue else row.updated_at, id=row.id)
