"""What is to be put right after somebody was dissatisfied, by whom and by when (R-090, R-128)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Rectification(Base, InEstate):
    """One correction of one round; the subject is a return visit or a complaint, by its number."""

    __tablename__ = "rectification"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "subject_kind", "subject", "round"),
        sa.Index(
            "ix_rectification_open",
            "estate_id",
            "due_on",
            "id",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    #: visit or complaint
    subject_kind: Mapped[str] = mapped_column(sa.String(12))
    subject: Mapped[str] = mapped_column(sa.String(20))
    round: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    owner_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    due_on: Mapped[dt.date]
    opened_by: Mapped[uuid.UUID | None]
    opened_at: Mapped[dt.datetime]
    done_text: Mapped[str | None] = mapped_column(sa.Text)
    done_by: Mapped[uuid.UUID | None]
    done_at: Mapped[dt.datetime | None]
