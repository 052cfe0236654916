"""Running clocks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Claimable, InEstate


class Timer(Base, InEstate, Claimable):
    """A clock that runs until it is stopped or fires; `due_at` is when it fires."""

    __tablename__ = "timer"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_kind", "subject"),
        sa.Index("ix_timer_due_at", "due_at"),
        sa.Index("ix_timer_subject", "subject_kind", "subject"),
    )

    kind: Mapped[str] = mapped_column(sa.String(20))
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject: Mapped[str] = mapped_column(sa.String(64))
    started_at: Mapped[dt.datetime]
    #: when the deadline truly is; `due_at` moves with leases and retries
    deadline_at: Mapped[dt.datetime]
    data: Mapped[dict[str, Any]]
