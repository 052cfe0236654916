"""The board's reading: a bounded number of cards in each lane, whatever is stored.

A lane holds the orders that wait for the same thing. Of each lane the cards that have stood still
longest are read, emergencies before all others; how many more there are is counted up to a bound.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.estate.models import Unit
from server.work_orders.models import WorkOrder
from server.work_orders.states import IN_THE_FIELD, State

LANES: Mapping[str, tuple[State, ...]] = {
    "to_dispatch": (State.CREATED,),
    "to_acknowledge": (State.DISPATCHED,),
    "on_the_way": (State.ACKNOWLEDGED,),
    "at_work": (State.ON_SITE, State.QUOTED, State.IN_PROGRESS, State.REWORK),
    "stuck": (State.SUSPENDED, State.ESCALATED),
    "to_accept": (State.AWAITING_ACCEPTANCE,),
    "to_write_off": (State.ACCEPTED, State.CANCEL_PENDING),
}
CARDS = 20
#: Beyond this a lane only says that there are more.
COUNTED = 200
#: Orders of one day on the plan.
PLANNED = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a board shows of an order."""

    id: uuid.UUID
    estate_id: uuid.UUID
    number: str
    version: int
    state: str
    category: str
    urgency: str
    content: str
    hazard: bool
    late: bool
    rework_round: int
    suspension: str | None
    appointment_at: dt.datetime | None
    next_contact_at: dt.datetime | None
    updated_at: dt.datetime
    dispatched_at: dt.datetime | None
    received_at: dt.datetime | None
    opened_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    set_out_at: dt.datetime | None
    technician_id: uuid.UUID | None
    unit_code: str
    building_id: uuid.UUID
    technician_name: str | None


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One lane: its first cards, and how many orders stand in it (at most COUNTED)."""

    name: str
    cards: Sequence[Card]
    count: int


_COLUMNS = (
    *(
        getattr(WorkOrder, name)
        for name in Card.__slots__
        if name not in {"content", "unit_code", "building_id", "technician_name"}
    ),
    sa.func.substr(WorkOrder.content, 1, 80).label("content"),
    Unit.code.label("unit_code"),
    Unit.building_id,
    User.name.label("technician_name"),
)


def lanes(
    session: Session, estate_id: uuid.UUID, *, technician_id: uuid.UUID | None = None
) -> list[Lane]:
    """Every lane in order; of one technician's orders only, where one is named."""
    mine = [WorkOrder.estate_id == estate_id]
    if technician_id is not None:
        mine.append(WorkOrder.technician_id == technician_id)
    states = [state for of_lane in LANES.values() for state in of_lane]
    longest = [_first(WorkOrder.state == state.value, *mine, limit=CARDS + 1) for state in states]
    urgent = [
        _first(WorkOrder.urgency == "emergency", WorkOrder.state == state.value, *mine, limit=CARDS)
        for state in states
    ]
    keys = sa.union_all(*longest, *urgent)
    by_state: dict[str, list[Card]] = defaultdict(list)
    for card in _cards(session, WorkOrder.id.in_(keys)):
        by_state[card.state].append(card)
    counts = _counts(session, states, mine)
    found = []
    for name, of_lane in LANES.items():
        cards = [card for state in of_lane for card in by_state[state]]
        cards.sort(key=lambda card: (card.urgency != "emergency", card.updated_at, card.number))
        count = sum(counts[state] for state in of_lane)
        found.append(Lane(name=name, cards=cards[:CARDS], count=min(count, COUNTED)))
    return found


def by_technician(
    session: Session, technician_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Card]]:
    """What each technician has in hand, by appointment; a bounded number each."""
    if not technician_ids:
        return {}
    in_the_field = WorkOrder.state.in_([state.value for state in IN_THE_FIELD])
    keys = sa.union_all(
        *(
            _first(WorkOrder.technician_id == one, in_the_field, limit=CARDS)
            for one in technician_ids
        )
    )
    found: dict[uuid.UUID, list[Card]] = {one: [] for one in technician_ids}
    for card in _cards(session, WorkOrder.id.in_(keys)):
        if card.technician_id is not None:
            found[card.technician_id].append(card)
    late = dt.datetime.max.replace(tzinfo=dt.UTC)
    for cards in found.values():
        cards.sort(key=lambda card: (card.appointment_at or late, card.number))
    return found


def planned(
    session: Session, estate_id: uuid.UUID, from_at: dt.datetime, until_at: dt.datetime
) -> list[Card]:
    """Orders with an appointment in a stretch of time, by appointment; those called off are out."""
    return _cards(
        session,
        WorkOrder.estate_id == estate_id,
        WorkOrder.appointment_at >= from_at,
        WorkOrder.appointment_at < until_at,
        WorkOrder.state.not_in([State.CANCELLED, State.VOID]),
        limit=PLANNED,
    )


def loads(session: Session, estate_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Technician -> how many orders are in his hands."""
    rows = session.execute(
        sa.select(WorkOrder.technician_id, sa.func.count())
        .where(
            WorkOrder.estate_id == estate_id,
            WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
            WorkOrder.technician_id.is_not(None),
        )
        .group_by(WorkOrder.technician_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _first(*where: sa.ColumnElement[bool], limit: int) -> sa.Select[Any]:
    """Keys of the orders that have stood still longest, walked along one index."""
    one = (
        sa.select(WorkOrder.id)
        .where(*where)
        .order_by(WorkOrder.updated_at, WorkOrder.id)
        .limit(limit)
        .subquery()
    )
    return sa.select(one.c.id)


def _cards(
    session: Session, *where: sa.ColumnElement[bool], limit: int | None = None
) -> list[Card]:
    rows = session.execute(
        sa.select(*_COLUMNS)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .outerjoin(User, User.id == WorkOrder.technician_id)
        .where(*where)
        .order_by(WorkOrder.appointment_at, WorkOrder.number)
        .limit(limit)
    )
    return [Card(**row) for row in rows.mappings()]


def _counts(
    session: Session, states: Sequence[State], mine: Sequence[sa.ColumnElement[bool]]
) -> dict[str, int]:
    counted = sa.union_all(
        *(
            sa.select(
                sa.literal(state.value).label("state"), sa.func.count().label("count")
            ).select_from(
                sa.select(WorkOrder.id)
                .where(WorkOrder.state == state.value, *mine)
                .limit(COUNTED)
                .subquery()
            )
            for state in states
        )
    )
    return {row[0]: row[1] for row in session.execute(counted)}
