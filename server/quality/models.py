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
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    #: passed, returned or failed
    outcome: Mapped[str] = mapped_column(sa.String(10))
    #: [{step, reason}]
    findings: Mapped[list[Any]]
    note: Mapped[str | None] = mapped_column(sa.Text)
    order_version: Mapped[int]
    reviewer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    reviewed_at: Mapped[dt.datetime]


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
