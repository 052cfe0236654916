"""Finding incidents, damage reports and applications: one, a page of them, and what is counted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.errors import NotFound
from server.incidents.lifecycle import DamageState, IncidentState
from server.incidents.models import CapacityApplication, Damage, Incident
from server.keyset import Leaf, Place, aside, beyond, direction, leaf
from server.work_orders.models import WorkOrder

OPEN = "open"
_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True)
class IncidentFilter:
    """Which incidents are asked for; what is not named is not asked. `open`: not closed yet."""

    state: str | None = None
    category: str | None = None
    severity: str | None = None
    found_from: dt.datetime | None = None
    found_before: dt.datetime | None = None
    #: only what this person has found
    found_by: uuid.UUID | None = None


def incidents(
    session: Session,
    estate_id: uuid.UUID,
    wanted: IncidentFilter,
    *,
    limit: int = 50,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page of incidents, those found last first."""
    conditions = [Incident.estate_id == estate_id]
    if wanted.state == OPEN:
        conditions.append(aside(Incident.state) != IncidentState.CLOSED)
    elif wanted.state is not None:
        conditions.append(aside(Incident.state) == wanted.state)
    if wanted.category is not None:
        conditions.append(aside(Incident.category) == wanted.category)
    if wanted.severity is not None:
        conditions.append(aside(Incident.severity) == wanted.severity)
    if wanted.found_by is not None:
        conditions.append(aside(Incident.found_by) == wanted.found_by)
    if wanted.found_from is not None:
        conditions.append(Incident.found_at >= wanted.found_from)
    if wanted.found_before is not None:
        conditions.append(Incident.found_at < wanted.found_before)
    asked = sa.select(Incident).where(*conditions)
    turn = _Turn(limit=limit, after=after, before=before)
    return turn.page(session, asked, Incident.found_at, Incident.id, lambda row: row[0].found_at)


def damages(
    session: Session,
    estate_id: uuid.UUID,
    *,
    state: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page of damage reports with their orders' numbers; `open`: not settled yet."""
    conditions = [Damage.estate_id == estate_id]
    if state == OPEN:
        conditions.append(aside(Damage.state) != DamageState.SETTLED)
    elif state is not None:
        conditions.append(aside(Damage.state) == state)
    if kind is not None:
        conditions.append(aside(Damage.kind) == kind)
    asked = _with_order(Damage, Damage.order_id).where(*conditions)
    turn = _Turn(limit=limit, after=after, before=before)
    return turn.page(session, asked, Damage.reported_at, Damage.id, lambda row: row[0].reported_at)


def applications(
    session: Session,
    estate_id: uuid.UUID,
    *,
    undecided: bool = False,
    limit: int = 50,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page of applications for a stronger supply, with their orders' numbers."""
    asked = _with_order(CapacityApplication, CapacityApplication.order_id).where(
        CapacityApplication.estate_id == estate_id
    )
    if undecided:
        asked = asked.where(CapacityApplication.decided_at.is_(None))
    turn = _Turn(limit=limit, after=after, before=before)
    at, key = CapacityApplication.applied_at, CapacityApplication.id
    return turn.page(session, asked, at, key, lambda row: row[0].applied_at)


def get_damage(
    session: Session, estate_id: uuid.UUID, number: str, *, lock: bool = False
) -> tuple[Damage, WorkOrder]:
    """A damage report and its order; with `lock` the order is locked first. Raises NotFound."""
    mine = (Damage.estate_id == estate_id, Damage.number == number)
    order_id = session.scalar(sa.select(Damage.order_id).where(*mine))
    if order_id is None:
        raise NotFound("no-such-damage", "没有这张报损单。", "There is no such damage report.")
    order = session.get_one(
        WorkOrder, order_id, with_for_update={"of": WorkOrder} if lock else None
    )
    found = sa.select(Damage).where(*mine)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one(), order


def damages_of_order(session: Session, order_id: uuid.UUID) -> list[Damage]:
    """What was damaged or lost on an order."""
    found = sa.select(Damage).where(Damage.order_id == order_id).order_by(Damage.reported_at)
    return list(session.scalars(found))


def days_to_settle(damage: Damage) -> float | None:
    """Days from the report to the settlement, one decimal; None while it is open."""
    if damage.settled_at is None:
        return None
    return round((damage.settled_at - damage.reported_at).total_seconds() / _DAY_S, 1)


def _with_order(
    table: type[Damage | CapacityApplication], order_id: InstrumentedAttribute[uuid.UUID]
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(table, WorkOrder.number.label("order_number")).join(
        WorkOrder, WorkOrder.id == order_id
    )


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """How far a page reaches, and from where."""

    limit: int
    after: Place | None
    before: Place | None

    def page(
        self,
        session: Session,
        asked: sa.Select[*tuple[Any, ...]],
        at: InstrumentedAttribute[dt.datetime],
        key: InstrumentedAttribute[uuid.UUID],
        moment_of: Callable[[sa.Row[Any]], dt.datetime],
    ) -> Leaf:
        newer, place = self.before is not None, self.after or self.before
        if place is not None:
            asked = asked.where(beyond(at, key, place, newer=newer))
        rows = session.execute(
            asked.order_by(*direction(at, key, newer=newer)).limit(self.limit + 1)
        ).all()
        return leaf(
            list(rows),
            limit=self.limit,
            place_of=lambda row: Place(at=moment_of(row), id=row[0].id),
            after=self.after,
            before=self.before,
        )
