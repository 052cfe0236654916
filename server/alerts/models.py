"""What needs somebody's attention now: breached clocks, conflicts, alarms, tasks."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Alert(Base, InEstate):
    """One open matter for roles or one person, about one subject; resolved by an act, never deleted."""

    __tablename__ = "alert"
    __table_args__ = (
        sa.Index(
            "ix_alert_open",
            "estate_id",
            "raised_at",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        ),
        sa.Index("ix_alert_subject", "subject_kind", "subject"),
        sa.Index(
            "ix_alert_addressee",
            "addressee_id",
            "raised_at",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        ),
    )

    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject: Mapped[str] = mapped_column(sa.String(64))
    #: roles that are to act
    audience: Mapped[list[str]]
    #: the one person whom it is for, where it is for one; `audience` is empty then
    addressee_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]]
    rule: Mapped[str | None] = mapped_column(sa.String(12))
    raised_at: Mapped[dt.datetime]
    resolved_at: Mapped[dt.datetime | None]
    resolution: Mapped[str | None] = mapped_column(sa.String(200))
