"""A repeated POST with the same Idempotency-Key gives the first answer and changes nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.db import Base
from server.errors import Conflict

#: Keys are forgotten after this long; a client does not retry for days.
KEPT = dt.timedelta(days=7)


class IdempotentAnswer(Base):
    """The answer that a key got. `status` 0: the first call is still at work."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (sa.Index("ix_idempotent_answer_made_at", "made_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(sa.Text)
    headers: Mapped[dict[str, Any]]
    made_at: Mapped[dt.datetime]


def begin(
    session: Session, *, user_id: uuid.UUID, key: str, request_hash: str, at: dt.datetime
) -> IdempotentAnswer | None:
    """Claim a key for this transaction; the stored answer where it was used before.

    Raises Conflict where the key was used for another request. A second call with the same key
    waits on the database until the first one has committed or given up.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.made_at < at - KEPT))
    claimed = session.execute(
        insert(IdempotentAnswer)
        .values(
            user_id=user_id,
            key=key,
            request_hash=request_hash,
            status=0,
            body="",
            headers={},
            made_at=at,
        )
        .on_conflict_do_nothing()
        .returning(IdempotentAnswer.key)
    ).first()
    if claimed is not None:
        return None
    known = session.get(IdempotentAnswer, (user_id, key), populate_existing=True)
    if known is None or known.request_hash != request_hash:
        raise Conflict(
            "idempotency-key-reused",
            "同一个 Idempotency-Key 已用于另一内容。",
            "This Idempotency-Key was used for another request.",
        )
    return known


def answered(session: Session, *, user_id: uuid.UUID, key: str) -> str | None:
    """The body of the answer that a key got, for a door that only wants to show it again."""
    known = session.get(IdempotentAnswer, (user_id, key), populate_existing=True)
    return known.body if known is not None and known.status else None


def finish(
    session: Session,
    *,
    user_id: uuid.UUID,
    key: str,
    status: int,
    body: str,
    headers: dict[str, str],
) -> None:
    """Keep the answer with the change it belongs to."""
    session.execute(
        sa.update(IdempotentAnswer)
        .where(IdempotentAnswer.user_id == user_id, IdempotentAnswer.key == key)
        .values(status=status, body=body, headers=headers)
    )
