"""Reading what handhelds sent."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.fieldwork.models import DeviceEvent

#: More of one order would say nothing new.
MOST = 100


def without_effect(session: Session, order_number: str) -> list[DeviceEvent]:
    """What did not change the order: kept as evidence, or refused (P-18); oldest first."""
    return list(
        session.scalars(
            sa.select(DeviceEvent)
            .where(
                DeviceEvent.order_number == order_number,
                DeviceEvent.outcome.in_(["recorded", "rejected"]),
            )
            .order_by(DeviceEvent.server_at, DeviceEvent.seq)
            .limit(MOST)
        )
    )
