"""Reading notes, and who can be called in one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import may
from server.notes.models import Note
from server.search.filling import Entry, in_batches

ORDER, REQUEST = "order", "request"


def notes_of(session: Session, estate_id: uuid.UUID, subject_kind: str, subject: str) -> list[Note]:
    """The notes about one subject, oldest first."""
    return list(
        session.scalars(
            sa.select(Note)
            .where(
                Note.estate_id == estate_id,
                Note.subject_kind == subject_kind,
                Note.subject == subject,
            )
            .order_by(Note.at, Note.id)
        )
    )


def notes_with(session: Session, estate_id: uuid.UUID, ids: Collection[str]) -> list[Note]:
    """Notes by their ids, in the order named."""
    wanted = [uuid.UUID(one) for one in ids]
    rows = session.scalars(sa.select(Note).where(Note.id.in_(wanted)))
    found = {note.id: note for note in rows if note.estate_id == estate_id}
    return [found[one] for one in wanted if one in found]


def may_be_called(session: Session, estate_id: uuid.UUID) -> list[User]:
    """Active users who look at alerts at a desk, by name: a call that nobody sees helps nobody."""
    users = session.scalars(
        sa.select(User).where(User.estate_id == estate_id, User.active).order_by(User.username)
    )
    return [user for user in users if may("request.read", frozenset(user.roles))]


def entries(session: Session) -> Iterator[list[Entry]]:
    """All notes for the index, in the order in which they were written."""
    query = sa.select(Note.id, Note.estate_id, Note.id, Note.subject, Note.text)
    return in_batches(session, query, Note.id)
