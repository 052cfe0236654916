"""Door codes, what customers say of an order afterwards, and how often anybody reported."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, InEstate
from server.estate.models import Unit

AXES = ("timeliness", "attitude", "quality")
MOST_STARS = 5
LONGEST_PLACE = 40


class DoorCode(Base, InEstate):
    """One code to be scanned: on a unit's door, or at a place that everybody passes."""

    __tablename__ = "door_code"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "unit_id"),
        sa.UniqueConstraint("estate_id", "place"),
        sa.CheckConstraint("(unit_id IS NULL) <> (place IS NULL)", name="hangs_at_one"),
    )

    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("unit.id"))
    #: such as 3栋2单元电梯
    place: Mapped[str | None] = mapped_column(sa.String(LONGEST_PLACE))
    #: rises when what hangs there is to work no longer
    generation: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit | None] = relationship(lazy="joined")

    @property
    def where(self) -> str:
        """What is written under the code."""
        return self.unit.code if self.unit is not None else self.place or ""


class CustomerRating(Base, InEstate):
    """What the customer thinks of an order that is over: up to three scores of 1 to 5, a word."""

    __tablename__ = "customer_rating"
    __table_args__ = tuple(
        sa.CheckConstraint(f"{axis} BETWEEN 1 AND {MOST_STARS}", name=axis) for axis in AXES
    )

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"), unique=True)
    timeliness: Mapped[int | None]
    attitude: Mapped[int | None]
    quality: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(sa.String(500))
    at: Mapped[dt.datetime]

    @property
    def scores(self) -> dict[str, int]:
        """What was given, by axis."""
        told = {axis: getattr(self, axis) for axis in AXES}
        return {axis: stars for axis, stars in told.items() if stars is not None}


class ReportCount(Base):
    """Reports from one address, by one code or in all, since a moment: what the throttle counts."""

    __tablename__ = "report_count"
    __table_args__ = (sa.Index("ix_report_count_since_at", "since_at"),)

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    since_at: Mapped[dt.datetime]
    count: Mapped[int]
