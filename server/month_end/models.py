"""The month's end: which steps were taken, and the papers that people write about a week or month."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class MonthStep(Base, InEstate):
    """One step of closing a month; taking it again changes nothing."""

    __tablename__ = "month_step"
    __table_args__ = (sa.UniqueConstraint("estate_id", "month", "step"),)

    month: Mapped[dt.date]
    step: Mapped[str] = mapped_column(sa.String(24))
    taken_by: Mapped[uuid.UUID | None]
    taken_at: Mapped[dt.datetime]
    #: how many it concerned, and the like
    result: Mapped[dict[str, Any]]


class WeeklyReport(Base, InEstate):
    """This week's summary and next week's plan of one assistant (F-18, R-008)."""

    __tablename__ = "weekly_report"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "week_on"),
        sa.Index("ix_weekly_report_week", "estate_id", "week_on"),
    )

    #: the Monday
    week_on: Mapped[dt.date]
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    #: counts as they were when it was handed in
    figures: Mapped[dict[str, Any]]
    summary: Mapped[str] = mapped_column(sa.Text)
    plan: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None]
    read_by: Mapped[uuid.UUID | None]
    read_at: Mapped[dt.datetime | None]


class MonthlySummary(Base, InEstate):
    """The Statistics Summary of a month (F-06): generated, then commented (R-095, R-129)."""

    __tablename__ = "monthly_summary"
    __table_args__ = (sa.UniqueConstraint("estate_id", "month"),)

    month: Mapped[dt.date]
    #: the service part, the complaint part and K-09 to K-16 as they were when it was made
    figures: Mapped[dict[str, Any]]
    satisfied_items: Mapped[str] = mapped_column(sa.Text)
    dissatisfied_items: Mapped[str] = mapped_column(sa.Text)
    causes: Mapped[str] = mapped_column(sa.Text)
    concerns: Mapped[str] = mapped_column(sa.Text)
    measures: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[uuid.UUID]
    made_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None]
    read_by: Mapped[uuid.UUID | None]
    read_at: Mapped[dt.datetime | None]
