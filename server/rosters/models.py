"""Who is on duty when, and who is away."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Shift(Base, InEstate):
    """One stretch in which somebody is on duty."""

    __tablename__ = "shift"
    __table_args__ = (sa.Index("ix_shift_from_at", "estate_id", "from_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    from_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime]


class Absence(Base, InEstate):
    """One stretch in which somebody is not to be given work, and why."""

    __tablename__ = "absence"
    __table_args__ = (sa.Index("ix_absence_until_at", "estate_id", "until_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    from_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime]
    #: leave, sick, training or other
    reason: Mapped[str] = mapped_column(sa.String(12))
    note: Mapped[str | None] = mapped_column(sa.String(200))
    noted_by: Mapped[uuid.UUID | None]
    #: taken back: the stretch does not count any more, the row stays
    cancelled_at: Mapped[dt.datetime | None]
