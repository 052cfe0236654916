"""What QA found (F-17), what is checked by plan, and what has to be put right."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Review(Base, InEstate):
    """One judgement of an order's evidence; a later one is a new row."""

    __tablename__ = "qa_review"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_qa_review_order", "order_id"),
        # a technician's record
        sa.Index("ix_qa_review_technician", "technician_id", "reviewed_at"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    #: passed, returned or failed
    outcome: Mapped[str] = mapped_column(sa.String(10))
    #: [{step, reason}]
    findings: Mapped[list[Any]]
    note: Mapped[str | None] = mapped_column(sa.Text)
    order_version: Mapped[int]
    #: who had the order when it was judged
    technician_id: Mapped[uuid.UUID | None]
    reviewer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    reviewed_at: Mapped[dt.datetime]


class InspectionPlan(Base, InEstate):
    """One single item that somebody checks every week or every month (R-005)."""

    __tablename__ = "inspection_plan"
    __table_args__ = (sa.Index("ix_inspection_plan_estate_id", "estate_id", "active"),)

    title: Mapped[str] = mapped_column(sa.String(120))
    #: the single item that is looked at, and what makes it right
    item: Mapped[str] = mapped_column(sa.Text)
    #: weekly or monthly
    every: Mapped[str] = mapped_column(sa.String(8))
    inspector_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    active: Mapped[bool] = mapped_column(default=True)
    #: the first period is the one that holds this day; a plan that was resumed starts anew
    starts_on: Mapped[dt.date]


class Inspection(Base, InEstate):
    """What one check of a plan found; a period has one result, and it is never changed."""

    __tablename__ = "inspection"
    __table_args__ = (sa.UniqueConstraint("plan_id", "period_on"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("inspection_plan.id"))
    #: the first day of its week or month
    period_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    ok: Mapped[bool]
    text: Mapped[str | None] = mapped_column(sa.Text)
    checked_at: Mapped[dt.datetime]
    checked_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))


class Assessment(Base):
    """What the house itself found in an order's evidence, and whether somebody has to look."""

    __tablename__ = "qa_assessment"

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"), primary_key=True)
    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    #: how suspicious the evidence is, 0 to 100
    score: Mapped[int]
    #: [{code, weight, values}], heaviest first
    findings: Mapped[list[Any]]
    #: weak, or sent back before: somebody has to look
    must_review: Mapped[bool]
    #: drawn from the rest, by the share that the technician's record asks for
    sampled: Mapped[bool]
    share_percent: Mapped[int]
    #: hundredths of a percent, 0 to 9999; drawn once for an order: sampled where below the share
    draw: Mapped[int]
    assessed_at: Mapped[dt.datetime]


class CorrectiveAction(Base, InEstate):
    """Something to be put right by a date, carried out by one and verified by another (QA3).

    It follows from an order or from a check of a plan, one of both.
    """

    __tablename__ = "corrective_action"
    __table_args__ = (
        sa.CheckConstraint("(order_id IS NULL) <> (inspection_id IS NULL)", name="follows_one"),
        sa.Index("ix_corrective_action_order", "order_id"),
        sa.Index(
            "ix_corrective_action_open",
            "estate_id",
            "due_on",
            "id",
            sqlite_where=sa.text("verified_at IS NULL"),
            postgresql_where=sa.text("verified_at IS NULL"),
        ),
    )

    order_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("work_order.id"))
    inspection_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("inspection.id"))
    review_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("qa_review.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    owner_id: Mapped[uuid.UUID | None]
    due_on: Mapped[dt.date]
    #: who said that it is done: its owner, or QA for him
    done_by: Mapped[uuid.UUID | None]
    done_at: Mapped[dt.datetime | None]
    verified_by: Mapped[uuid.UUID | None]
    verified_at: Mapped[dt.datetime | None]
