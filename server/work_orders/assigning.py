"""How orders of a category find their technician: by hand, in turn (轮训), or from an open pool (抢单).

Without a setting an order is given out by hand. An order that nobody acknowledges climbs a ladder:
its handheld rings again, then the desk is alerted (P-03), then, where the category is not given out
by hand, the order goes to the next technician or back into the pool. What a dispatcher gave by hand
only a dispatcher takes away: the handheld may be in a cellar, with the receipt in its queue (S-04).
"""

from __future__ import annotations

import uuid
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.work_orders.models import AssignmentMode


class Mode(StrEnum):
    """How orders of a category find their technician."""

    BY_HAND = "by_hand"
    IN_TURN = "in_turn"
    OPEN_POOL = "open_pool"


def modes_of(session: Session, estate_id: uuid.UUID) -> dict[str, Mode]:
    """Category -> mode, of those that are not given out by hand."""
    rows = session.execute(
        sa.select(AssignmentMode.category, AssignmentMode.mode).where(
            AssignmentMode.estate_id == estate_id
        )
    )
    return {row.category: Mode(row.mode) for row in rows if row.mode != Mode.BY_HAND}


def mode_of(session: Session, estate_id: uuid.UUID, category: str) -> Mode:
    """The mode of one category."""
    row = session.get(AssignmentMode, (estate_id, category))
    return Mode(row.mode) if row is not None else Mode.BY_HAND
