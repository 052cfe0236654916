"""Who is on duty, who is away."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.rosters.models import Absence, Shift
from server.rosters.patterns import LONGEST, Span


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


def shifts_in(session: Session, estate_id: uuid.UUID, span: Span) -> list[Shift]:
    """Every shift that holds at some moment of the span, by its beginning."""
    return list(
        session.scalars(
            sa.select(Shift)
            .where(
                Shift.estate_id == estate_id,
                # None is longer, so the index on the beginning bounds what is read.
                Shift.from_at > span.from_at - LONGEST,
                Shift.from_at < span.until_at,
                Shift.until_at > span.from_at,
            )
            .order_by(Shift.from_at, Shift.id)
        )
    )


def shifts_beginning(session: Session, estate_id: uuid.UUID, span: Span) -> list[Shift]:
    """Every shift that begins within the span, by its beginning."""
    rows = shifts_in(session, estate_id, span)
    return [row for row in rows if row.from_at >= span.from_at]


def shifts_of(session: Session, user_id: uuid.UUID, span: Span) -> list[Shift]:
    """The shifts of one person that hold at some moment of the span."""
    estate_id = session.scalar(sa.select(User.estate_id).where(User.id == user_id))
    if estate_id is None:
        return []
    rows = shifts_in(session, estate_id, span)
    return [row for row in rows if row.user_id == user_id]


def absences_in(
    session: Session,
    estate_id: uuid.UUID,
    span: Span,
    *,
    user_id: uuid.UUID | None = None,
    cancelled: bool = False,
) -> list[Absence]:
    """Absences that hold at some moment of the span; with `cancelled` also those taken back."""
    query = sa.select(Absence).where(
        Absence.estate_id == estate_id,
        Absence.until_at > span.from_at,
        Absence.from_at < span.until_at,
    )
    if user_id is not None:
        query = query.where(Absence.user_id == user_id)
    if not cancelled:
        query = query.where(Absence.cancelled_at.is_(None))
    return list(session.scalars(query.order_by(Absence.from_at, Absence.id)))
