"""What a handheld is owed: device, kind, subject, version; no payload.

The relay renders the content as of the moment it sends, so several notes for one order collapse
into one row and a late or repeated message is harmless.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.db import Base, Claimable

ORDER = "order"
WITHDRAWN = "withdrawn"
REPLY = "reply"
SYNC = "sync"
COMMAND = "command"
ACCOUNT = "account"


class Owed(Base, Claimable):
    """One thing owed to one handheld, until `sent_at` says that the broker has it."""

    __tablename__ = "owed"
    __table_args__ = (
        sa.UniqueConstraint("device_id", "kind", "subject"),
        sa.Index(
            "ix_owed_due",
            "due_at",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True
    )
    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    subject: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[int]
    noted_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]


def note(
    session: Session, *, device_id: str, kind: str, subject: str, version: int, at: dt.datetime
) -> None:
    """Owe `device_id` the present state of `subject`; an unsent note for it is replaced."""
    values = {
        "device_id": device_id,
        "kind": kind,
        "subject": subject,
        "version": version,
        "noted_at": at,
        "due_at": at,
        "tries": 0,
        "lease": None,
        "sent_at": None,
        "last_error": None,
    }
    session.execute(_upsert(session.get_bind().dialect.name), values)


@cache
def _upsert(dialect: str) -> sa.Insert:
    """The statement of `note`, which nearly every change runs: built once."""
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Owed.__table__)
    names = ("version", "noted_at", "due_at", "tries", "lease", "sent_at", "last_error")
    upsert: sa.Insert = statement.on_conflict_do_update(
        index_elements=["device_id", "kind", "subject"],
        set_={name: statement.excluded[name] for name in names},
    )
    return upsert


def forget(session: Session, *, device_id: str, kind: str, subject: str) -> None:
    """Owe it no longer (a withdrawn order's snapshot, a revoked device's messages)."""
    session.execute(
        sa.delete(Owed).where(
            Owed.device_id == device_id, Owed.kind == kind, Owed.subject == subject
        )
    )


def sent_at(session: Session, *, device_id: str, subject: str) -> dt.datetime | None:
    """When the broker took the newest snapshot of an order, for the desk's view of the push."""
    return session.scalar(
        sa.select(Owed.sent_at).where(
            Owed.device_id == device_id, Owed.kind == ORDER, Owed.subject == subject
        )
    )
