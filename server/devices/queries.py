"""Reading handhelds."""

from __future__ import annotations

import uuid

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


def online_technicians(session: Session, estate_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Technicians of whom a handheld is connected now."""
    return frozenset(
        session.scalars(
            sa.select(Device.technician_id).where(
                Device.estate_id == estate_id, Device.state == "active", Device.online
            )
        )
    )
