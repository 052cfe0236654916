"""Boxes: what somebody has to read, what somebody sent, and who has read it when and where."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.errors import NotFound
from server.history import Actor
from server.keyset import Leaf, Place, beyond, direction, leaf
from server.messages.models import Message, Receipt

_LINE = (
    Message.id,
    Message.title,
    Message.text,
    Message.kind,
    Message.subject_kind,
    Message.subject,
    Message.wants_reply,
    Message.sent_by,
)


def box(
    session: Session,
    reader_id: uuid.UUID,
    *,
    unread_only: bool = False,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """What was sent to somebody, the newest first."""
    newer = before is not None
    query = (
        sa.select(
            Receipt.id.label("receipt"),
            Receipt.sent_at,
            Receipt.read_at,
            Receipt.read_on,
            Receipt.reply,
            *_LINE,
        )
        .join(Message, Message.id == Receipt.message_id)
        .where(Receipt.reader_id == reader_id)
    )
    if unread_only:
        query = query.where(Receipt.read_at.is_(None))
    if (place := after or before) is not None:
        query = query.where(beyond(Receipt.sent_at, Receipt.id, place, newer=newer))
    rows = session.execute(
        query.order_by(*direction(Receipt.sent_at, Receipt.id, newer=newer)).limit(limit + 1)
    )
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row.sent_at, id=row.receipt),
        after=after,
        before=before,
    )


def unread(session: Session, reader_id: uuid.UUID) -> int:
    """How many wait to be opened, by their own index."""
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Receipt)
            .where(Receipt.reader_id == reader_id, Receipt.read_at.is_(None))
        )
        or 0
    )


def sent(
    session: Session,
    sender_id: uuid.UUID,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """What one person sent, with how many are to read it and how many have, the newest first."""
    newer = before is not None
    query = sa.select(Message.id).where(Message.sent_by == sender_id)
    if (place := after or before) is not None:
        query = query.where(beyond(Message.sent_at, Message.id, place, newer=newer))
    order = direction(Message.sent_at, Message.id, newer=newer)
    keys = query.order_by(*order).limit(limit + 1)
    copies = sa.select(sa.func.count()).select_from(Receipt).where(Receipt.message_id == Message.id)
    rows = session.execute(
        sa.select(
            *_LINE,
            Message.sent_at,
            copies.scalar_subquery().label("wanted"),
            copies.where(Receipt.read_at.is_not(None)).scalar_subquery().label("read"),
        )
        .where(Message.id.in_(keys))
        .order_by(*order)
    )
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row.sent_at, id=row.id),
        after=after,
        before=before,
    )


def find(session: Session, message_id: uuid.UUID, *, by: Actor) -> Message:
    """A message that `by` sent or was sent. Raises NotFound for anybody else's."""
    message = session.get(Message, message_id)
    if message is not None and message.estate_id == by.estate_id and by.user_id is not None:
        mine = message.sent_by == by.user_id or session.scalar(
            sa.select(Receipt.id).where(
                Receipt.message_id == message_id, Receipt.reader_id == by.user_id
            )
        )
        if mine:
            return message
    raise NotFound("no-such-message", "没有这条消息。", "There is no such message.")


def receipts(session: Session, message: Message) -> list[sa.Row[*tuple[Any, ...]]]:
    """Who has it, by name: read when and on which screen, answered what."""
    return list(
        session.execute(
            sa.select(
                User.name.label("reader"),
                Receipt.reader_id,
                Receipt.read_at,
                Receipt.read_on,
                Receipt.reply,
                Receipt.replied_at,
            )
            .join(User, User.id == Receipt.reader_id)
            .where(Receipt.message_id == message.id)
            .order_by(User.name, User.username)
        )
    )
