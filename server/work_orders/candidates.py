"""What the house knows of its technicians when an order is to be given out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import skilled
from server.devices.queries import online_technicians
from server.estate.models import Unit
from server.rosters import queries as rosters
from server.work_orders import qualifications, suggesting
from server.work_orders.lanes import loads
from server.work_orders.models import Assignment, WorkOrder, is_in_hand
from server.work_orders.states import AT_WORK
from server.work_orders.suggesting import SLOT, Candidate, Engagement, Standing

_TECHNICIANS: sa.BindParameter[Any] = sa.bindparam("technicians", expanding=True)
_NO_ORDER = uuid.UUID(int=0)


def candidates(
    session: Session, order: WorkOrder, zone: ZoneInfo, *, at: dt.datetime
) -> list[Candidate]:
    """Every technician as he stands for this order, best first."""
    return candidates_for(
        session,
        order.estate_id,
        category=order.category,
        building_id=order.unit.building_id,
        appointment_at=order.appointment_at,
        zone=zone,
        at=at,
        order=order,
    )


def candidates_for(
    session: Session,
    estate_id: uuid.UUID,
    *,
    category: str,
    building_id: uuid.UUID,
    appointment_at: dt.datetime | None,
    zone: ZoneInfo,
    at: dt.datetime,
    order: WorkOrder | None = None,
) -> list[Candidate]:
    """Every technician as he stands for such work, best first; also before there is an order."""
    slot_at = max(appointment_at or at, at)
    day = slot_at.astimezone(zone).date()
    midnight = dt.datetime.combine(day, dt.time.min, zone)
    needed = qualifications.NEEDED.get(category, ())
    technicians = skilled(session, estate_id, Role.TECHNICIAN, needed, day)
    ids = [user.id for user in technicians]
    away = rosters.absences_at(session, estate_id, slot_at)
    duty = rosters.on_duty_at(
        session, estate_id, slot_at, day=(midnight, midnight + dt.timedelta(days=1))
    )
    load = loads(session, ids)
    but = _NO_ORDER if order is None else order.id
    engagements = _engagements(session, ids, slot_at, but=but)
    here = set(session.scalars(_at_work_in(), {"building": building_id, "but": but}))
    online = online_technicians(session, estate_id)
    given = _last_given(session, ids)
    standings = [
        Standing(
            technician_id=user.id,
            username=user.username,
            name=user.name,
            lacking=qualifications.lacking(category, user.licences),
            absent=away.get(user.id),
            on_duty=duty is None or user.id in duty,
            engagements=engagements.get(user.id, []),
            is_here=user.id in here,
            load=load.get(user.id, 0),
            online=user.id in online,
            last_given_at=given.get(user.id),
        )
        for user in technicians
        if order is None or user.id != order.technician_id
    ]
    return suggesting.candidates(standings, slot_at=slot_at)


def _engagements(
    session: Session, technician_ids: Sequence[uuid.UUID], slot_at: dt.datetime, *, but: uuid.UUID
) -> dict[uuid.UUID, list[Engagement]]:
    """Appointments that may overlap with the slot."""
    values = {
        "technicians": technician_ids,
        "from_at": slot_at - SLOT,
        "until_at": slot_at + SLOT,
        "but": but,
    }
    found: dict[uuid.UUID, list[Engagement]] = defaultdict(list)
    for technician_id, number, appointment_at in session.execute(_about_the_slot(), values):
        found[technician_id].append(Engagement(number=number, appointment_at=appointment_at))
    return found


# Put together once: that costs more than running them.


@cache
def _about_the_slot() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(WorkOrder.technician_id, WorkOrder.number, WorkOrder.appointment_at)
        .where(
            WorkOrder.technician_id.in_(_TECHNICIANS),
            is_in_hand(),
            WorkOrder.appointment_at.between(sa.bindparam("from_at"), sa.bindparam("until_at")),
            WorkOrder.id != sa.bindparam("but"),
        )
        .order_by(WorkOrder.appointment_at, WorkOrder.number)
    )


@cache
def _at_work_in() -> sa.Select[*tuple[Any, ...]]:
    """Who is at work in a building now, found by what is in hand in its units."""
    return (
        sa.select(WorkOrder.technician_id)
        .distinct()
        .select_from(Unit)
        .join(WorkOrder, WorkOrder.unit_id == Unit.id)
        .where(
            Unit.building_id == sa.bindparam("building"),
            is_in_hand(),
            WorkOrder.state.in_([state.value for state in AT_WORK]),
            WorkOrder.id != sa.bindparam("but"),
        )
    )


def _last_given(session: Session, technician_ids: list[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When each was last given an order: one statement, each by the index on technician and time."""
    latest = (
        sa.select(Assignment.from_at)
        .where(Assignment.technician_id == User.id)
        .order_by(Assignment.from_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(sa.select(User.id, latest).where(User.id.in_(technician_ids)))
    return {technician_id: at for technician_id, at in rows if at is not None}
