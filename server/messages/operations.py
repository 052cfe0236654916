"""Sending messages to people of the house, reading them and answering (X-028, X-023, R-002)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.devices import operations as devices
from server.devices import queries as handhelds
from server.errors import Conflict, Invalid, NotFound
from server.history import Actor
from server.messages.models import Message, Receipt

SUBJECT = "message"
KINDS = ("notice", "review_result", "order", "complaint", "system")
#: Longer texts are read in the box; a handheld rings with the beginning.
ON_A_HANDHELD = 900


def send(
    session: Session,
    *,
    title: str,
    text: str,
    kind: str,
    readers: Collection[uuid.UUID],
    subject_kind: str | None = None,
    subject: str | None = None,
    wants_reply: bool = False,
    cause: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> Message:
    """Put a message into these people's boxes, and on the handhelds of those who carry one.

    `cause` names what it follows from: the same one sends once, and the first message is returned.
    Raises Invalid where nobody is to read it or the kind is none of KINDS.
    """
    if cause is not None and (known := _of_cause(session, cause)) is not None:
        return known
    if not readers or kind not in KINDS:
        raise Invalid(
            "no-readers",
            "请选择收件人。",
            "Choose who is to read it.",
            errors={"readers": ["必填 required"]},
        )
    message = Message(
        estate_id=by.estate_id,
        title=title[:120],
        text=text,
        kind=kind,
        subject_kind=subject_kind,
        subject=subject,
        wants_reply=wants_reply,
        sent_by=by.user_id,
        sent_at=at,
        cause=cause,
    )
    session.add(message)
    session.flush()
    unique = sorted(set(readers))
    session.add_all(
        Receipt(estate_id=by.estate_id, message_id=message.id, reader_id=reader, sent_at=at)
        for reader in unique
    )
    session.flush()
    _ring(session, message, unique, by=by, at=at)
    history.record(
        session,
        "message.sent",
        subject_kind=SUBJECT,
        subject=str(message.id),
        by=by,
        at=at,
        data={"title": message.title, "readers": len(unique), "about": subject},
    )
    return message


def mark_read(
    session: Session, message_id: uuid.UUID, *, on: str, by: Actor, at: dt.datetime
) -> Receipt:
    """The reader has opened it, on `console`, `handheld` or in `mail`; the first time counts (X-028).

    Raises NotFound for a message that is not in this reader's box.
    """
    receipt = receipt_of(session, message_id, by=by, lock=True)
    if receipt.read_at is None:
        receipt.read_on, receipt.read_at = on, at
        session.flush()
    return receipt


def reply(
    session: Session, message_id: uuid.UUID, *, text: str, on: str, by: Actor, at: dt.datetime
) -> Receipt:
    """Answer in words (X-023); whoever sent it finds the answer in the box. Said once.

    The same words again are the same answer: a handheld may not have heard that they arrived.
    Raises NotFound, or Conflict where no answer was asked for or another one was given.
    """
    message = session.get(Message, message_id)
    receipt = mark_read(session, message_id, on=on, by=by, at=at)
    if receipt.reply == text:
        return receipt
    if message is None or not message.wants_reply or receipt.reply is not None:
        raise Conflict(
            "no-reply-wanted",
            "这条消息不需要回复,或已回复过。",
            "This message asks for no answer, or has been answered.",
            rule="X-023",
        )
    receipt.reply, receipt.replied_at = text, at
    session.flush()
    history.record(
        session,
        "message.answered",
        subject_kind=SUBJECT,
        subject=str(message.id),
        by=by,
        at=at,
        data={"text": text},
    )
    if message.sent_by is not None:
        send(
            session,
            title=f"{by.name}: {message.title}",
            text=text,
            kind="notice",
            readers=[message.sent_by],
            subject_kind=SUBJECT,
            subject=str(message.id),
            by=by,
            at=at,
        )
    return receipt


def receipt_of(
    session: Session, message_id: uuid.UUID, *, by: Actor, lock: bool = False
) -> Receipt:
    """The reader's own copy. Raises NotFound for what is not in this box."""
    query = sa.select(Receipt).where(
        Receipt.message_id == message_id, Receipt.reader_id == by.user_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    receipt = session.scalar(query) if by.user_id else None
    if receipt is None:
        raise NotFound("no-such-message", "没有这条消息。", "There is no such message.")
    return receipt


def _of_cause(session: Session, cause: str) -> Message | None:
    return session.scalar(sa.select(Message).where(Message.cause == cause))


def _ring(
    session: Session, message: Message, readers: list[uuid.UUID], *, by: Actor, at: dt.datetime
) -> None:
    """A technician hears of it on the handhelds that work, as of any notice (docs/wire.md)."""
    words = f"{message.title}\n{message.text}"[:ON_A_HANDHELD]
    for device in handhelds.working(session, message.estate_id, readers):
        devices.command(session, device, devices.NOTICE, text=words, by=by, at=at)
