"""What QA found (F-17) and what has to be put right."""

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
    """Something to be put right by a date, carried out by one and verified by another (QA3)."""

    __tablename__ = "corrective_action"
    __table_args__ = (sa.Index("ix_corrective_action_order", "order_id"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    review_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("qa_review.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    owner_id: Mapped[uuid.UUID | None]
    due_on: Mapped[dt.date]
    done_at: Mapped[dt.datetime | None]
    verified_by: Mapped[uuid.UUID | None]
    verified_at: Mapped[dt.datetime | None]
