"""Return visits (回访): one per closed order, due by the 10th of the next month."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class ReturnVisit(Base, InEstate):
    """One visit about one order, and what the customer said."""

    __tablename__ = "return_visit"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_return_visit_open", "estate_id", "state", "due_at"),
        sa.Index("ix_return_visit_order", "order_id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    state: Mapped[str] = mapped_column(sa.String(16))
    due_at: Mapped[dt.datetime]
    method: Mapped[str | None] = mapped_column(sa.String(8))
    satisfied: Mapped[bool | None]
    comment: Mapped[str | None] = mapped_column(sa.Text)
    customer_signature_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    recorded_by: Mapped[uuid.UUID | None]
    done_at: Mapped[dt.datetime | None]
