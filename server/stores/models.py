"""Materials and tools: what the warehouse has, what is out on an order (F-07), and who has what."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, InEstate

#: Spelled alike where it is asked, or SQLite does not look into the index.
IS_LOW = "stock_qty < minimum_qty"
IS_OUT = "issued_qty > used_qty + returned_qty + lost_qty"


class StockItem(Base, InEstate):
    """A material (领) or a tool (借) in the warehouse."""

    __tablename__ = "stock_item"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "code"),
        sa.Index(
            "ix_stock_item_low",
            "estate_id",
            "code",
            sqlite_where=sa.text(IS_LOW),
            postgresql_where=sa.text(IS_LOW),
        ),
    )

    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(8))
    unit: Mapped[str] = mapped_column(sa.String(10))
    stock_qty: Mapped[Decimal]
    minimum_qty: Mapped[Decimal]


class StockLine(Base, InEstate):
    """One item on one order: issued = used + returned + lost before the order may close."""

    __tablename__ = "stock_line"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        # What is out is little, what is settled grows for ever.
        sa.Index(
            "ix_stock_line_out",
            "estate_id",
            "technician_id",
            sqlite_where=sa.text(IS_OUT),
            postgresql_where=sa.text(IS_OUT),
        ),
    )

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
    #: since when something of it is out; the movements tell of each issue
    issued_at: Mapped[dt.datetime | None]
    issued_by: Mapped[uuid.UUID | None]
    returned_at: Mapped[dt.datetime | None]
    condition: Mapped[str | None] = mapped_column(sa.String(100))
    loss_reason: Mapped[str | None] = mapped_column(sa.String(200))
    #: the manager's word on a loss frees the write-off (ST5)
    loss_decided_by: Mapped[uuid.UUID | None]
    item: Mapped[StockItem] = relationship(lazy="joined")


class StockMovement(Base, InEstate):
    """One change of what lies in the warehouse; never changed."""

    __tablename__ = "stock_movement"
    __table_args__ = (sa.Index("ix_stock_movement_item", "item_id", "at", "id"),)

    item_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("stock_item.id"))
    #: positive into the warehouse, negative out of it
    qty: Mapped[Decimal]
    #: what lay there afterwards
    balance_qty: Mapped[Decimal]
    #: opening, receipt, issue, return, count or scrap
    reason: Mapped[str] = mapped_column(sa.String(8))
    line_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("stock_line.id"))
    note: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[uuid.UUID | None]
    at: Mapped[dt.datetime]


class CustodyEntry(Base, InEstate):
    """One line of a person's ledger: what came into his hands or left them; never changed."""

    __tablename__ = "custody_entry"
    __table_args__ = (sa.Index("ix_custody_entry_holder", "holder_id", "at", "id"),)

    holder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    #: material, tool or old_part
    kind: Mapped[str] = mapped_column(sa.String(8))
    #: empty for an old part, which has only a description
    item_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("stock_item.id"))
    description: Mapped[str] = mapped_column(sa.String(120))
    #: positive into the hands, negative out of them
    qty: Mapped[Decimal]
    #: issued, used, returned, lost, taken_out (an old part) or handed_in
    reason: Mapped[str] = mapped_column(sa.String(10))
    line_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("stock_line.id"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("work_order.id"))
    by_id: Mapped[uuid.UUID | None]
    at: Mapped[dt.datetime]


class OldPart(Base, InEstate):
    """A part taken out at a customer's, brought back to be looked at or scrapped."""

    __tablename__ = "old_part"
    __table_args__ = (
        sa.Index("ix_old_part_order_id", "order_id"),
        sa.Index(
            "ix_old_part_out",
            "estate_id",
            "holder_id",
            sqlite_where=sa.text("handed_in_at IS NULL"),
            postgresql_where=sa.text("handed_in_at IS NULL"),
        ),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    holder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    description: Mapped[str] = mapped_column(sa.String(120))
    qty: Mapped[Decimal]
    taken_out_at: Mapped[dt.datetime]
    handed_in_at: Mapped[dt.datetime | None]
    taken_by: Mapped[uuid.UUID | None]
    #: scrapped, kept, left_with_owner
    fate: Mapped[str | None] = mapped_column(sa.String(16))


class StockCount(Base, InEstate):
    """A count at the end of a shift, and what it found."""

    __tablename__ = "stock_count"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_stock_count_at", "estate_id", "at", "id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    at: Mapped[dt.datetime]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    #: [{item, name, expected, counted, reason}]
    lines: Mapped[list[Any]]
    #: how many lines differ
    differences: Mapped[int]
