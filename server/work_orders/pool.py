"""The open pool: orders that wait for whoever is quickest (抢单)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.rosters import queries as rosters
from server.work_orders import qualifications
from server.work_orders.assigning import Mode, modes_of
from server.work_orders.models import WorkOrder
from server.work_orders.states import State

SHOWN = 50


def pool_for(
    session: Session, technician: User, zone: ZoneInfo, *, at: dt.datetime
) -> list[WorkOrder]:
    """What a technician may take, the oldest first: categories for which he holds the licences.

    Empty for one who is away.
    """
    held = frozenset(
        row.kind for row in technician.qualifications if row.valid_on(at.astimezone(zone).date())
    )
    categories = [
        category
        for category, mode in modes_of(session, technician.estate_id).items()
        if mode is Mode.OPEN_POOL and not qualifications.lacking(category, held)
    ]
    away = rosters.absences_at(session, technician.estate_id, at)
    if not categories or technician.id in away:
        return []
    return list(
        session.scalars(
            sa.select(WorkOrder)
            .where(
                WorkOrder.estate_id == technician.estate_id,
                WorkOrder.state == State.CREATED,
                WorkOrder.category.in_(categories),
            )
            .order_by(WorkOrder.updated_at, WorkOrder.id)
            .limit(SHOWN)
        )
    )
