"""Who is on duty now, each with his handheld and what he is at."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.devices.models import Device
from server.reports.measures.span import Span
from server.rosters import queries as rosters
from server.work_orders.models import WorkOrder
from server.work_orders.states import AT_WORK, IN_THE_FIELD


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """One technician at this moment."""

    user: User
    #: the one heard of last, where he holds several; None without a working one
    handheld: Device | None
    #: the order at which he works now
    at_number: str | None
    #: orders that are with him, that one included
    orders: int


@dataclass(frozen=True, kw_only=True)
class Duty:
    """The technicians of this moment; without a roster for the day all count as on duty."""

    on_duty: list[OnDuty]
    #: name and reason of whoever is away
    away: list[tuple[str, str]]
    has_roster: bool


def duty_at(session: Session, estate_id: uuid.UUID, now: dt.datetime, today: Span) -> Duty:
    """Who works now; `today` is the estate's day. Queries do not grow with the technicians."""
    technicians = users_with_role(session, estate_id, Role.TECHNICIAN)
    away = rosters.absences_at(session, estate_id, now)
    roster = rosters.on_duty_at(session, estate_id, now, day=(today.from_at, today.until_at))
    here = [
        user
        for user in technicians
        if user.id not in away and (roster is None or user.id in roster)
    ]
    ids = [user.id for user in here]
    handhelds = _handhelds(session, ids)
    orders = _orders(session, ids)
    return Duty(
        on_duty=[
            OnDuty(
                user=user,
                handheld=handhelds.get(user.id),
                at_number=next((n for n, at_work in orders[user.id] if at_work), None),
                orders=len(orders[user.id]),
            )
            for user in here
        ],
        away=[(user.name, away[user.id]) for user in technicians if user.id in away],
        has_roster=roster is not None,
    )


def _handhelds(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, Device]:
    devices = session.scalars(
        sa.select(Device)
        .where(Device.technician_id.in_(ids), Device.state == "active")
        .order_by(Device.last_seen_at.is_not(None), Device.last_seen_at, Device.id)
    )
    return {device.technician_id: device for device in devices}


def _orders(
    session: Session, ids: list[uuid.UUID]
) -> defaultdict[uuid.UUID | None, list[tuple[str, bool]]]:
    """Technician -> (number, whether he is at it), the one arrived at last first."""
    rows = session.execute(
        sa.select(WorkOrder.technician_id, WorkOrder.number, WorkOrder.state)
        .where(
            WorkOrder.technician_id.in_(ids),
            WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
        )
        .order_by(WorkOrder.arrived_at.desc(), WorkOrder.number)
    )
    found: defaultdict[uuid.UUID | None, list[tuple[str, bool]]] = defaultdict(list)
    for technician_id, number, state in rows:
        found[technician_id].append((number, state in AT_WORK))
    return found
