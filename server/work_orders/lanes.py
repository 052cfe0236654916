"""The board's reading: a bounded number of cards in each lane, whatever is stored.

A lane holds the orders that wait for the same thing. Of each lane the cards that have stood still
longest are read, emergencies before all others; how many more there are is counted up to a bound.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.estate.models import Unit
from server.work_orders.models import WorkOrder, is_in_hand
from server.work_orders.states import State

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
#: Of one technician's orders: more than anybody does in a day.
HANDS = 15
#: Beyond this a lane only says that there are more.
COUNTED = 200
#: Orders of one day on the plan.
PLANNED = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a board shows of an order."""

    id: uuid.UUID
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
        if name not in {"content", "unit_code", "technician_name"}
    ),
    sa.func.substr(WorkOrder.content, 1, 80).label("content"),
    Unit.code.label("unit_code"),
    User.name.label("technician_name"),
)


def lanes(
    session: Session,
    estate_id: uuid.UUID,
    *,
    technician_id: uuid.UUID | None = None,
    names: Iterable[str] = LANES,
) -> list[Lane]:
    """Lanes in order, all or those named; of one technician's orders only, where one is named."""
    mine = {"estate": estate_id, "technician": technician_id, "most": CARDS + 1}
    own = technician_id is not None
    wanted = tuple(names)
    by_state: dict[str, list[Card]] = defaultdict(list)
    for card in _read(session, _lane_cards(wanted, own=own), mine):
        by_state[card.state].append(card)
    counts = {row[0]: row[1] for row in session.execute(_lane_counts(wanted, own=own), mine)}
    found = []
    for name in wanted:
        of_lane = LANES[name]
        cards = [card for state in of_lane for card in by_state[state]]
        cards.sort(
            key=lambda card: (
                not card.hazard,
                card.urgency != "emergency",
                card.updated_at,
                card.number,
            )
        )
        count = sum(counts[state] for state in of_lane)
        found.append(Lane(name=name, cards=cards[:CARDS], count=min(count, COUNTED)))
    return found


def by_technician(
    session: Session, technician_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Card]]:
    """What each technician has in hand, by appointment; a bounded number each."""
    if not technician_ids:
        return {}
    found: dict[uuid.UUID, list[Card]] = {one: [] for one in technician_ids}
    values = {**_named(technician_ids), "most": HANDS}
    for card in _read(session, _cards_in_hand(len(technician_ids)), values):
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
    plan = _cards().where(
        WorkOrder.estate_id == estate_id,
        WorkOrder.appointment_at >= from_at,
        WorkOrder.appointment_at < until_at,
        WorkOrder.state.not_in([State.CANCELLED, State.VOID]),
    )
    cards = _read(session, plan.limit(PLANNED), {})
    return sorted(cards, key=lambda card: (card.appointment_at or until_at, card.number))


def loads(session: Session, technician_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Technician -> how many orders are in his hands, at most COUNTED."""
    if not technician_ids:
        return {}
    counted = session.execute(_counts_in_hand(len(technician_ids)), _named(technician_ids))
    return {technician_ids[row[0]]: row[1] for row in counted}


# Statements of many parts are put together once: that costs more than running them.


@cache
def _lane_cards(names: tuple[str, ...], *, own: bool) -> sa.Select[Any]:
    states = _states_of(names)
    longest = [_first(*_mine(own), WorkOrder.state == state) for state in states]
    # They are few, and have an index of their own, which SQLite uses for the literal word only.
    emergency = WorkOrder.urgency == sa.literal_column("'emergency'")
    urgent = sa.select(WorkOrder.id).where(*_mine(own), emergency, WorkOrder.state.in_(states))
    keys = sa.union_all(*longest, sa.select(urgent.limit(COUNTED).subquery().c.id))
    return _cards().where(WorkOrder.id.in_(keys))


@cache
def _lane_counts(names: tuple[str, ...], *, own: bool) -> sa.CompoundSelect[Any]:
    return sa.union_all(
        *(
            sa.select(sa.literal(state), sa.func.count()).select_from(
                sa.select(WorkOrder.id)
                .where(*_mine(own), WorkOrder.state == state)
                .limit(COUNTED)
                .subquery()
            )
            for state in _states_of(names)
        )
    )


@cache
def _cards_in_hand(technicians: int) -> sa.Select[Any]:
    keys = sa.union_all(*(_first(_hands(place), is_in_hand()) for place in range(technicians)))
    return _cards().where(WorkOrder.id.in_(keys))


@cache
def _counts_in_hand(technicians: int) -> sa.CompoundSelect[Any]:
    return sa.union_all(
        *(
            sa.select(sa.literal(place), sa.func.count()).select_from(
                sa.select(WorkOrder.id).where(_hands(place), is_in_hand()).limit(COUNTED).subquery()
            )
            for place in range(technicians)
        )
    )


def _states_of(names: tuple[str, ...]) -> list[str]:
    return [state.value for name in names for state in LANES[name]]


def _mine(own: bool) -> list[sa.ColumnElement[bool]]:
    """Orders of the estate, or of one technician of it."""
    mine = [WorkOrder.estate_id == sa.bindparam("estate")]
    return [*mine, WorkOrder.technician_id == sa.bindparam("technician")] if own else mine


def _hands(place: int) -> sa.ColumnElement[bool]:
    return WorkOrder.technician_id == sa.bindparam(f"technician{place}")


def _named(technician_ids: Sequence[uuid.UUID]) -> dict[str, uuid.UUID]:
    return {f"technician{place}": one for place, one in enumerate(technician_ids)}


def _first(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Keys of the `most` orders that have stood still longest, walked along one index."""
    one = (
        sa.select(WorkOrder.id)
        .where(*where)
        .order_by(WorkOrder.updated_at, WorkOrder.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .subquery()
    )
    return sa.select(one.c.id)


def _cards() -> sa.Select[Any]:
    return (
        sa.select(*_COLUMNS)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .outerjoin(User, User.id == WorkOrder.technician_id)
    )


def _read(session: Session, query: sa.Select[Any], values: Mapping[str, Any]) -> list[Card]:
    return [Card(**row) for row in session.execute(query, values).mappings()]
