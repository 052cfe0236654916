"""Preventive plans: calls, maintenance and service that come round by themselves (X-007)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class PreventivePlan(Base, InEstate):
    """What is done to an asset every month, quarter or year."""

    __tablename__ = "preventive_plan"
    __table_args__ = (
        sa.Index("ix_preventive_plan_asset_id", "asset_id"),
        # an asset has one plan of a kind at work
        sa.Index(
            "uq_preventive_plan_at_work",
            "asset_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("active = 1"),
            postgresql_where=sa.text("active"),
        ),
        sa.Index("ix_preventive_plan_next_on", "estate_id", "active", "next_on", "id"),
    )

    asset_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("asset.id"))
    #: who is told and opens the door
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    #: call_back (monthly), maintenance (quarterly) or service (yearly)
    kind: Mapped[str] = mapped_column(sa.String(12))
    every_months: Mapped[int]
    content: Mapped[str] = mapped_column(sa.Text)
    starts_on: Mapped[dt.date]
    next_on: Mapped[dt.date]
    active: Mapped[bool] = mapped_column(default=True)


class PreventiveRun(Base, InEstate):
    """One time of a plan, and the order or the call that came of it."""

    __tablename__ = "preventive_run"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "due_on"),
        sa.Index("ix_preventive_run_request_id", "request_id"),
        sa.Index("ix_preventive_run_order_id", "order_id"),
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("preventive_plan.id"))
    due_on: Mapped[dt.date]
    made_at: Mapped[dt.datetime]
    request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_request.id"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("work_order.id"))
    #: of a call back: what the customer said
    note: Mapped[str | None] = mapped_column(sa.Text)
    done_by: Mapped[uuid.UUID | None]
    done_at: Mapped[dt.datetime | None]
