"""Reading complaints."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import Complaint

OVER = ("closed", "archived")


def open_of_unit(session: Session, unit_id: uuid.UUID, *, limit: int = 10) -> list[Complaint]:
    """A unit's complaints that are not closed, newest first."""
    return list(
        session.scalars(
            sa.select(Complaint)
            .where(Complaint.unit_id == unit_id, Complaint.state.not_in(OVER))
            .order_by(Complaint.recorded_at.desc())
            .limit(limit)
        )
    )
