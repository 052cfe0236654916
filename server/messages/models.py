"""The message centre: what is said to people of the house, and who has read it (X-028)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Message(Base, InEstate):
    """One message, to some people by name."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_sent_at", "estate_id", "sent_at", "id"),
        sa.Index("ix_message_sender", "sent_by", "sent_at", "id"),
    )

    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    #: notice, review_result, order, complaint or system
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: what it is about, where it is about something
    subject_kind: Mapped[str | None] = mapped_column(sa.String(20))
    subject: Mapped[str | None] = mapped_column(sa.String(64))
    #: asks for an answer in words (X-023)
    wants_reply: Mapped[bool] = mapped_column(default=False)
    sent_by: Mapped[uuid.UUID | None]
    sent_at: Mapped[dt.datetime]
    #: the same cause gives one message, however often it is told
    cause: Mapped[str | None] = mapped_column(sa.String(80), unique=True)


class Receipt(Base, InEstate):
    """A message in one person's box; read when it was opened, on whichever screen."""

    __tablename__ = "message_receipt"
    __table_args__ = (
        sa.UniqueConstraint("message_id", "reader_id"),
        sa.Index("ix_message_receipt_box", "reader_id", "sent_at", "id"),
        sa.Index(
            "ix_message_receipt_unread",
            "reader_id",
            "sent_at",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    message_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("message.id"))
    reader_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    sent_at: Mapped[dt.datetime]
    #: where it was read: console, handheld or mail
    read_on: Mapped[str | None] = mapped_column(sa.String(8))
    read_at: Mapped[dt.datetime | None]
    reply: Mapped[str | None] = mapped_column(sa.Text)
    replied_at: Mapped[dt.datetime | None]
