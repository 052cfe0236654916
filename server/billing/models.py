"""Money after the slip (B1–B6): the ledger, the month's report, fee notices, waivers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class BillingEntry(Base, InEstate):
    """Copy 3 of one order in finance's book (R-074)."""

    __tablename__ = "billing_entry"
    __table_args__ = (
        sa.UniqueConstraint("order_id"),
        sa.Index("ix_billing_entry_month", "estate_id", "month", "id"),
        sa.Index("ix_billing_entry_state", "estate_id", "state", "month", "id"),
        sa.Index("ix_billing_entry_unit", "unit_id", "month"),
        sa.Index("ix_billing_entry_notice_id", "notice_id"),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    #: first day of the month of closing (P-21)
    month: Mapped[dt.date]
    #: unbilled, registered, reported, approved, noticed, paid, overdue or waived
    state: Mapped[str] = mapped_column(sa.String(10))
    payment_method: Mapped[str] = mapped_column(sa.String(16))
    category: Mapped[str] = mapped_column(sa.String(24))
    labour_fen: Mapped[int]
    material_fen: Mapped[int]
    #: what was let go of; charge = labour + material - waived
    waived_fen: Mapped[int] = mapped_column(default=0, server_default="0")
    charge_fen: Mapped[int]
    registered_by: Mapped[uuid.UUID | None]
    registered_at: Mapped[dt.datetime | None]
    report_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("finance_report.id"))
    notice_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("fee_notice.id"))
    paid_at: Mapped[dt.datetime | None]
    paid_note: Mapped[str | None] = mapped_column(sa.String(200))


class FinanceReport(Base, InEstate):
    """The charge report of a month (F-08): its author is not who reviews it."""

    __tablename__ = "finance_report"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.UniqueConstraint("estate_id", "month"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    month: Mapped[dt.date]
    #: draft, submitted, returned or approved
    state: Mapped[str] = mapped_column(sa.String(10))
    #: {by_method: {…}, by_category: {…}, orders, labour_fen, material_fen, waived_fen, charge_fen,
    #: differences: […]}
    totals: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(sa.Text)
    author_id: Mapped[uuid.UUID]
    made_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None]
    reviewed_by: Mapped[uuid.UUID | None]
    reviewed_at: Mapped[dt.datetime | None]
    review_note: Mapped[str | None] = mapped_column(sa.Text)


class FeeNotice(Base, InEstate):
    """What a unit owes for a month, with the orders it is for (F-09, R-077)."""

    __tablename__ = "fee_notice"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.UniqueConstraint("unit_id", "month"),
        sa.Index("ix_fee_notice_month", "estate_id", "month", "state", "id"),
        sa.Index("ix_fee_notice_list", "estate_id", "due_on", "id"),
        sa.Index(
            "ix_fee_notice_unpaid",
            "estate_id",
            "due_on",
            "id",
            sqlite_where=sa.text("paid_at IS NULL"),
            postgresql_where=sa.text("paid_at IS NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    month: Mapped[dt.date]
    report_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("finance_report.id"))
    #: noticed, paid or overdue
    state: Mapped[str] = mapped_column(sa.String(8))
    #: [{order, amount_fen}], as printed
    lines: Mapped[list[Any]]
    total_fen: Mapped[int]
    due_on: Mapped[dt.date]
    issued_by: Mapped[uuid.UUID | None]
    issued_at: Mapped[dt.datetime]
    delivered_by: Mapped[uuid.UUID | None]
    delivered_at: Mapped[dt.datetime | None]
    paid_at: Mapped[dt.datetime | None]
    paid_method: Mapped[str | None] = mapped_column(sa.String(16))


class FeeReminder(Base, InEstate):
    """One time somebody asked a unit to pay (R-009)."""

    __tablename__ = "fee_reminder"

    notice_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("fee_notice.id"), index=True)
    channel: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.String(200))
    by_id: Mapped[uuid.UUID]
    at: Mapped[dt.datetime]


class Waiver(Base, InEstate):
    """A fee that is to be let go of: asked for by one, decided by another (B6, X-021)."""

    __tablename__ = "waiver"
    __table_args__ = (
        sa.Index("ix_waiver_order_id", "order_id"),
        sa.Index(
            "ix_waiver_open",
            "estate_id",
            "asked_at",
            "id",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    amount_fen: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(400))
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[dt.datetime]
    approved: Mapped[bool | None]
    decision_note: Mapped[str | None] = mapped_column(sa.String(400))
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[dt.datetime | None]
