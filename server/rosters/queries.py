"""Who is on duty, who is away."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.rosters.models import Absence, Shift


def absences_at(session: Session, estate_id: uuid.UUID, at: dt.datetime) -> dict[uuid.UUID, str]:
    """User -> why he is away at that moment."""
    rows = session.execute(
        sa.select(Absence.user_id, Absence.reason).where(
            Absence.estate_id == estate_id,
            Absence.until_at > at,
            Absence.from_at <= at,
            Absence.cancelled_at.is_(None),
        )
    )
    return {row.user_id: row.reason for row in rows}


def on_duty_at(
    session: Session, estate_id: uuid.UUID, at: dt.datetime, *, day: tuple[dt.datetime, dt.datetime]
) -> frozenset[uuid.UUID] | None:
    """Who has a shift at that moment; None where no roster was written for the day.

    `day`: first moment of the estate's day and of the next one. Without a roster everybody counts
    as on duty: a centre need not keep one.
    """
    rows = session.execute(
        sa.select(Shift.user_id, Shift.from_at, Shift.until_at).where(
            Shift.estate_id == estate_id,
            Shift.from_at >= day[0] - dt.timedelta(days=1),
            Shift.from_at < day[1],
            Shift.until_at > day[0],
        )
    ).all()
    if not rows:
        return None
    return frozenset(row.user_id for row in rows if row.from_at <= at < row.until_at)
