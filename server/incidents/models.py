"""Public-area incidents (F-14) and damage reports (F-13)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Incident(Base, InEstate):
    """Something found in a public area or on an order, and who stayed until help came."""

    __tablename__ = "incident"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.UniqueConstraint("device_id", "event_id"),
        sa.Index("ix_incident_list", "estate_id", "found_at", "id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    #: the handheld's own report, by which its photos find the incident
    device_id: Mapped[str | None] = mapped_column(sa.ForeignKey("device.id"))
    event_id: Mapped[str | None] = mapped_column(sa.String(64))
    order_number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    #: the order that was issued to put it right (A-32); `order_number` is where it began
    follow_up_number: Mapped[str | None] = mapped_column(sa.String(20))
    place: Mapped[str] = mapped_column(sa.String(200))
    category: Mapped[str] = mapped_column(sa.String(16))
    severity: Mapped[str] = mapped_column(sa.String(8))
    description: Mapped[str] = mapped_column(sa.Text)
    emergency_action: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(12))
    found_by: Mapped[uuid.UUID | None]
    found_at: Mapped[dt.datetime]
    notified: Mapped[list[str]]
    notified_at: Mapped[dt.datetime]
    dept_arrived_at: Mapped[dt.datetime | None]
    left_at: Mapped[dt.datetime | None]
    #: how it was put right, and when (PA3)
    handled_text: Mapped[str | None] = mapped_column(sa.Text)
    handled_at: Mapped[dt.datetime | None]
    superior_report: Mapped[str | None] = mapped_column(sa.Text)
    reported_at: Mapped[dt.datetime | None]
    reported_by: Mapped[uuid.UUID | None]
    #: what the superior decided: it went up, or it is closed (PA4)
    decision: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[uuid.UUID | None]
    raised_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    photos: Mapped[list[Any]]


class Damage(Base, InEstate):
    """Damage to or loss of a customer's property; amounts are the office's business (R-063)."""

    __tablename__ = "damage"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_damage_list", "estate_id", "reported_at", "id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    item: Mapped[str] = mapped_column(sa.String(120))
    description: Mapped[str] = mapped_column(sa.Text)
    photos: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(sa.String(12))
    reported_by: Mapped[str] = mapped_column(sa.String(80))
    reported_at: Mapped[dt.datetime]
    #: {technology, cost, risk, opinion} (X-024)
    analysis: Mapped[dict[str, Any] | None]
    #: what the customer asks for, and what was agreed; the office's business alone
    claim_fen: Mapped[int | None]
    amount_fen: Mapped[int | None]
    agreement: Mapped[str | None] = mapped_column(sa.Text)
    #: who signed the agreement for the customer
    signer_name: Mapped[str | None] = mapped_column(sa.String(60))
    negotiated_by: Mapped[uuid.UUID | None]
    settled_by: Mapped[uuid.UUID | None]
    settled_at: Mapped[dt.datetime | None]


class CapacityApplication(Base, InEstate):
    """An application for a stronger supply, where a circuit is overloaded (F-20, R-163)."""

    __tablename__ = "capacity_application"
    __table_args__ = (
        sa.UniqueConstraint("order_id"),
        sa.Index("ix_capacity_application_list", "estate_id", "applied_at", "id"),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    circuit: Mapped[str] = mapped_column(sa.String(60))
    load_a: Mapped[Decimal]
    rating_a: Mapped[Decimal]
    wish: Mapped[str] = mapped_column(sa.Text)
    applied_by: Mapped[uuid.UUID | None]
    applied_at: Mapped[dt.datetime]
    #: granted or refused
    decision: Mapped[str | None] = mapped_column(sa.String(8))
    decision_text: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[dt.datetime | None]
