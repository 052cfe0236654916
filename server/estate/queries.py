"""Reading the estate."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Unit


def unit_count(session: Session, estate_id: uuid.UUID) -> int:
    """How many units there are."""
    wanted = sa.select(sa.func.count()).select_from(Unit).where(Unit.estate_id == estate_id)
    return session.scalar(wanted) or 0


def unit_codes(session: Session, estate_id: uuid.UUID) -> set[str]:
    """The code of every unit."""
    return set(session.scalars(sa.select(Unit.code).where(Unit.estate_id == estate_id)))
