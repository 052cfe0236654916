"""Materials and tools: what the warehouse has and what is out on an order (F-07)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, InEstate


class StockItem(Base, InEstate):
    """A material (领) or a tool (借) in the warehouse."""

    __tablename__ = "stock_item"
    __table_args__ = (sa.UniqueConstraint("estate_id", "code"),)

    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(8))
    unit: Mapped[str] = mapped_column(sa.String(10))
    stock_qty: Mapped[Decimal]
    minimum_qty: Mapped[Decimal]


class StockLine(Base, InEstate):
    """One item on one order: issued = used + returned + lost before the order may close."""

    __tablename__ = "stock_line"
    __table_args__ = (sa.UniqueConstraint("estate_id", "number"),)

    number: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"), index=True)
    item_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("stock_item.id"))
    technician_id: Mapped[uuid.UUID]
    requested_qty: Mapped[Decimal]
    issued_qty: Mapped[Decimal]
    used_qty: Mapped[Decimal]
    returned_qty: Mapped[Decimal]
    lost_qty: Mapped[Decimal]
    #: what the technician says he brought back and the storekeeper has not taken yet
    handed_back_qty: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    requested_at: Mapped[dt.datetime]
    issued_at: Mapped[dt.datetime | None]
    issued_by: Mapped[uuid.UUID | None]
    returned_at: Mapped[dt.datetime | None]
    condition: Mapped[str | None] = mapped_column(sa.String(100))
    loss_reason: Mapped[str | None] = mapped_column(sa.String(200))
    #: the manager's word on a loss frees the write-off (ST5)
    loss_decided_by: Mapped[uuid.UUID | None]
    item: Mapped[StockItem] = relationship(lazy="joined")
