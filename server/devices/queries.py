"""Reading handhelds."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.devices.models import Device


def handhelds_of(session: Session, estate_id: uuid.UUID) -> list[Device]:
    """Every handheld that an estate ever had, by label."""
    return list(
        session.scalars(
            sa.select(Device).where(Device.estate_id == estate_id).order_by(Device.label, Device.id)
        )
    )


def working(
    session: Session, estate_id: uuid.UUID, technician_ids: Collection[uuid.UUID] | None
) -> list[Device]:
    """Handhelds whose credentials hold, of these technicians or, with None, of all."""
    query = sa.select(Device).where(Device.estate_id == estate_id, Device.state == "active")
    if technician_ids is not None:
        query = query.where(Device.technician_id.in_(technician_ids))
    return list(session.scalars(query.order_by(Device.id)))


def online_technicians(session: Session, estate_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Technicians of whom a handheld is connected now."""
    return frozenset(
        session.scalars(
            sa.select(Device.technician_id).where(
                Device.estate_id == estate_id, Device.state == "active", Device.online
            )
        )
    )
