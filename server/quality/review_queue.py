"""The reviewer's queue: one walk along an index, however many orders wait."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.quality.models import Assessment
from server.quality.operations import REVIEWABLE
from server.work_orders.models import WorkOrder

#: Counts end here: the desk does not need to know how many more than that there are.
MOST_COUNTED = 99

# Words instead of parameters, so that the database sees which partial index is meant.
_PENDING: sa.ColumnElement[str] = sa.literal_column("'pending'")
_RETURNED: sa.ColumnElement[str] = sa.literal_column("'returned'")


class Tab(StrEnum):
    """Which orders of the queue are looked at."""

    #: weak, drawn, sent back before, or not assessed yet
    CHOSEN = "chosen"
    #: all that nobody has judged
    WAITING = "waiting"
    #: sent back, not done anew yet
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page ends: place in the queue and id of its last order."""

    place: int
    order_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An order in the queue and what was found in its evidence, None where not assessed yet."""

    order: WorkOrder
    assessment: Assessment | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the queue, most suspicious first, and where the next one begins."""

    entries: Sequence[Entry]
    after: Place | None


def page(
    session: Session, estate_id: uuid.UUID, tab: Tab, *, after: Place | None = None, limit: int = 50
) -> Page:
    """Orders of a tab: the most suspicious first, among equals the one that was issued first."""
    query = sa.select(WorkOrder).where(*_in(estate_id, tab))
    if after is not None:
        key = sa.tuple_(WorkOrder.qa_place, WorkOrder.id)
        query = query.where(key > sa.tuple_(sa.literal(after.place), sa.literal(after.order_id)))
    rows = list(session.scalars(query.order_by(WorkOrder.qa_place, WorkOrder.id).limit(limit + 1)))
    shown = rows[:limit]
    known = {
        row.order_id: row
        for row in session.scalars(
            sa.select(Assessment).where(Assessment.order_id.in_([row.id for row in shown]))
        )
    }
    return Page(
        entries=[Entry(order=row, assessment=known.get(row.id)) for row in shown],
        after=Place(place=shown[-1].qa_place, order_id=shown[-1].id) if len(rows) > limit else None,
    )


def counts(session: Session, estate_id: uuid.UUID) -> dict[Tab, int]:
    """How many orders each tab has; one more than `MOST_COUNTED` stands for any number beyond."""
    found = {}
    for tab in Tab:
        some = sa.select(WorkOrder.id).where(*_in(estate_id, tab)).limit(MOST_COUNTED + 1)
        found[tab] = session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return found


def _in(estate_id: uuid.UUID, tab: Tab) -> list[sa.ColumnElement[bool]]:
    state = _RETURNED if tab is Tab.RETURNED else _PENDING
    wanted: list[sa.ColumnElement[bool]] = [
        WorkOrder.estate_id == estate_id,
        WorkOrder.qa_state == state,
    ]
    if tab is Tab.CHOSEN:
        wanted.append(WorkOrder.qa_chosen == sa.true())
    # Work that the customer had redone after it was said to be done waits for its second end.
    wanted.append(WorkOrder.state.in_([state.value for state in REVIEWABLE]))
    return wanted
