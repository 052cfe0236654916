"""Return visits (回访) of closed orders and verified complaints, their rounds and spot checks."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate

#: Still to be made, spelled as the index and its readers ask for it.
TO_MAKE = "state IN ('assigned', 'pending', 'rectifying')"


class ReturnVisit(Base, InEstate):
    """One visit about one order or one complaint; what was said last stands here as well."""

    __tablename__ = "return_visit"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.CheckConstraint("(order_id IS NULL) <> (complaint_id IS NULL)", name="about_one"),
        sa.Index("ix_return_visit_open", "estate_id", "state", "due_at"),
        sa.Index("ix_return_visit_order", "order_id"),
        sa.Index("ix_return_visit_complaint_id", "complaint_id", unique=True),
        sa.Index("ix_return_visit_cohort", "estate_id", "cohort_on", "state", "method"),
        sa.Index("ix_return_visit_done_at", "estate_id", "done_at"),
        # The queue: what is to be made, the riskiest first.
        sa.Index(
            "ix_return_visit_queue",
            "estate_id",
            "risk_place",
            "id",
            sqlite_where=sa.text(TO_MAKE),
            postgresql_where=sa.text(TO_MAKE),
        ),
        sa.Index(
            "ix_return_visit_mine",
            "assignee_id",
            "risk_place",
            "id",
            sqlite_where=sa.text(TO_MAKE),
            postgresql_where=sa.text(TO_MAKE),
        ),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    #: service, complaint, lost_contact or survey (X-027)
    purpose: Mapped[str] = mapped_column(sa.String(12), default="service", server_default="service")
    order_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("work_order.id"))
    complaint_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("complaint.id"))
    #: the month of closing, by which service visits are due and counted (R-084, P-21)
    cohort_on: Mapped[dt.date | None]
    opened_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(sa.String(16))
    due_at: Mapped[dt.datetime]
    #: 100 less the risk, so what should be visited first stands first
    risk_place: Mapped[int] = mapped_column(default=100, server_default="100")
    #: [{code, weight, values}], heaviest first; empty before it was looked at
    risks: Mapped[list[Any] | None]
    #: drawn to be made at the customer's door (R-086)
    on_site_wanted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    assigned_by: Mapped[uuid.UUID | None]
    assigned_at: Mapped[dt.datetime | None]
    #: why it is not who would be asked by default (R-083)
    assign_reason: Mapped[str | None] = mapped_column(sa.String(200))
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    method: Mapped[str | None] = mapped_column(sa.String(8))
    satisfied: Mapped[bool | None]
    #: the customer says the fault is still there: it is reported anew, the old order stays closed
    fixed: Mapped[bool | None]
    comment: Mapped[str | None] = mapped_column(sa.Text)
    #: speed, attitude, quality, price, time or other: why somebody was dissatisfied (R-095)
    cause: Mapped[str | None] = mapped_column(sa.String(12))
    customer_signature_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    recorded_by: Mapped[uuid.UUID | None]
    done_at: Mapped[dt.datetime | None]
    #: the request under which a fault that is still there was registered anew
    reopened_request_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("service_request.id")
    )
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[dt.datetime | None]


class VisitResult(Base, InEstate):
    """What the customer said in one round; never changed (F-16)."""

    __tablename__ = "visit_result"
    __table_args__ = (sa.UniqueConstraint("visit_id", "round"),)

    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("return_visit.id"))
    round: Mapped[int]
    method: Mapped[str] = mapped_column(sa.String(8))
    satisfied: Mapped[bool]
    fixed: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(sa.Text)
    cause: Mapped[str | None] = mapped_column(sa.String(12))
    signer_name: Mapped[str | None] = mapped_column(sa.String(60))
    customer_signature_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    recorded_by: Mapped[uuid.UUID]
    recorded_by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime]


class VisitAttempt(Base, InEstate):
    """One try to reach the customer that did not (RV4, P-11)."""

    __tablename__ = "visit_attempt"

    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("return_visit.id"), index=True)
    method: Mapped[str] = mapped_column(sa.String(8))
    note: Mapped[str] = mapped_column(sa.String(200))
    by_id: Mapped[uuid.UUID]
    at: Mapped[dt.datetime]


class SpotCheck(Base, InEstate):
    """A manager asked again or read again, and agrees or not (R-089)."""

    __tablename__ = "spot_check"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "checker_id"),
        sa.Index("ix_spot_check_at", "estate_id", "checker_id", "at"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("return_visit.id"))
    checker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    #: customer or record
    asked: Mapped[str] = mapped_column(sa.String(10))
    agrees: Mapped[bool]
    note: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime]
