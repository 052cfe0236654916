"""Reading what is to be put right, and what was."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.rectifications.models import Rectification


def rectifications_of(
    session: Session, subject_kind: str, subject: str, *, estate_id: uuid.UUID | None = None
) -> list[Rectification]:
    """All rounds of one visit or complaint, first round first; of one estate where it is named."""
    query = sa.select(Rectification).where(
        Rectification.subject_kind == subject_kind, Rectification.subject == subject
    )
    if estate_id is not None:
        query = query.where(Rectification.estate_id == estate_id)
    return list(session.scalars(query.order_by(Rectification.round)))


def open_one(
    session: Session, estate_id: uuid.UUID, subject_kind: str, subject: str
) -> Rectification | None:
    """The round that is not done yet, if there is one."""
    rows = rectifications_of(session, subject_kind, subject, estate_id=estate_id)
    return next((row for row in rows if row.done_at is None), None)


def owed_by(
    session: Session,
    estate_id: uuid.UUID,
    subject_kind: str,
    subjects: Collection[str],
    *,
    owner_id: uuid.UUID,
) -> set[str]:
    """For which of these subjects somebody still has something to put right."""
    row = Rectification
    return set(
        session.scalars(
            sa.select(row.subject).where(
                row.estate_id == estate_id,
                row.subject_kind == subject_kind,
                row.subject.in_(list(subjects)),
                row.owner_id == owner_id,
                row.done_at.is_(None),
            )
        )
    )


def open_rectifications(
    session: Session,
    estate_id: uuid.UUID,
    *,
    owner_id: uuid.UUID | None = None,
    after: tuple[dt.date, uuid.UUID] | None = None,
    limit: int = 50,
) -> list[Rectification]:
    """What is still to be put right, the first due first; of one person where named.

    `after`: day and id of the last one of the page before.
    """
    row = Rectification
    query = sa.select(row).where(row.estate_id == estate_id, row.done_at.is_(None))
    if owner_id is not None:
        query = query.where(row.owner_id == owner_id)
    if after is not None:
        day, last = after
        query = query.where(
            row.due_on >= day, sa.or_(row.due_on > day, sa.and_(row.due_on == day, row.id > last))
        )
    return list(session.scalars(query.order_by(row.due_on, row.id).limit(limit)))
