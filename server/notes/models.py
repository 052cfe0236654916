"""What people write to each other about an order or a request."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Note(Base, InEstate):
    """One note. Never updated, never deleted: triggers refuse both."""

    __tablename__ = "note"
    __table_args__ = (sa.Index("ix_note_subject", "subject_kind", "subject", "at"),)

    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[dt.datetime]
    #: user names of the people it calls
    mentions: Mapped[list[str]]
