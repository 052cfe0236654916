"""What the house knows of its technicians when an order is to be given out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.devices.queries import online_technicians
from server.estate.models import Unit
from server.rosters import queries as rosters
from server.work_orders import qualifications, suggesting
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.states import AT_WORK, IN_THE_FIELD
from server.work_orders.suggesting import Candidate, Engagement, Standing


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
    number, holder_id = (order.number, order.technician_id) if order else (None, None)
    day = slot_at.astimezone(zone).date()
    midnight = dt.datetime.combine(day, dt.time.min, zone)
    technicians = users_with_role(session, estate_id, Role.TECHNICIAN)
    ids = [user.id for user in technicians]
    away = rosters.absences_at(session, estate_id, slot_at)
    duty = rosters.on_duty_at(
        session, estate_id, slot_at, day=(midnight, midnight + dt.timedelta(days=1))
    )
    engagements = _engagements(session, ids)
    online = online_technicians(session, estate_id)
    given = _last_given(session, ids)
    standings = [
        Standing(
            technician_id=user.id,
            username=user.username,
            name=user.name,
            lacking=qualifications.lacking(
                category,
                frozenset(row.kind for row in user.qualifications if row.valid_on(day)),
            ),
            absent=away.get(user.id),
            on_duty=duty is None or user.id in duty,
            engagements=[one for one in engagements.get(user.id, []) if one.number != number],
            online=user.id in online,
            last_given_at=given.get(user.id),
        )
        for user in technicians
        if user.id != holder_id
    ]
    return suggesting.candidates(standings, building_id=building_id, slot_at=slot_at)


def _engagements(
    session: Session, technician_ids: list[uuid.UUID]
) -> dict[uuid.UUID | None, list[Engagement]]:
    rows = session.execute(
        sa.select(
            WorkOrder.technician_id,
            WorkOrder.number,
            WorkOrder.appointment_at,
            WorkOrder.state,
            Unit.building_id,
        )
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .where(
            WorkOrder.technician_id.in_(technician_ids),
            WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
        )
        .order_by(WorkOrder.appointment_at, WorkOrder.number)
    )
    found: dict[uuid.UUID | None, list[Engagement]] = defaultdict(list)
    for technician_id, number, appointment_at, state, building_id in rows:
        found[technician_id].append(
            Engagement(
                number=number,
                building_id=building_id,
                appointment_at=appointment_at,
                at_it_now=state in AT_WORK,
            )
        )
    return found


def _last_given(session: Session, technician_ids: list[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When each was last given an order, each by the index on technician and time."""
    latest = (
        sa.select(Assignment.from_at)
        .where(Assignment.technician_id == sa.bindparam("technician"))
        .order_by(Assignment.from_at.desc())
        .limit(1)
    )
    found = {}
    for technician_id in technician_ids:
        at = session.scalar(latest, {"technician": technician_id})
        if at is not None:
            found[technician_id] = at
    return found
