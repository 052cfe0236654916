"""The versioned price list and the one-off prices that a manager approves."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate
from server.prices.versions import Item


class PriceItem(Base, InEstate):
    """One line of the Paid Service Price List (F-03) in one version."""

    __tablename__ = "price_item"
    __table_args__ = (sa.UniqueConstraint("estate_id", "list_version", "code"),)

    list_version: Mapped[str] = mapped_column(sa.String(20))
    code: Mapped[str] = mapped_column(sa.String(20))
    name_zh: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(60))
    category: Mapped[str] = mapped_column(sa.String(24))
    unit: Mapped[str] = mapped_column(sa.String(10))
    labour_fen: Mapped[int]
    material_fen: Mapped[int]
    warranty_months: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]

    @property
    def price_fen(self) -> int:
        """Labour and material together, for one unit."""
        return self.labour_fen + self.material_fen

    @property
    def compared(self) -> Item:
        """What two versions are compared by."""
        return Item(
            code=self.code,
            name_zh=self.name_zh,
            name_en=self.name_en,
            category=self.category,
            unit=self.unit,
            labour_fen=self.labour_fen,
            material_fen=self.material_fen,
            warranty_months=self.warranty_months,
        )


class PriceList(Base, InEstate):
    """One version of the whole list: drafted by one, approved by another (X-019, X-021)."""

    __tablename__ = "price_list"
    __table_args__ = (sa.UniqueConstraint("estate_id", "version"),)

    version: Mapped[str] = mapped_column(sa.String(20))
    #: draft, submitted, published or withdrawn
    state: Mapped[str] = mapped_column(sa.String(10))
    valid_from: Mapped[dt.date]
    note: Mapped[str | None] = mapped_column(sa.String(400))
    drafted_by: Mapped[uuid.UUID | None]
    drafted_at: Mapped[dt.datetime]
    approved_by: Mapped[uuid.UUID | None]
    approved_at: Mapped[dt.datetime | None]


class OneOffPrice(Base, InEstate):
    """An off-list line approved by a manager for one order (P-06)."""

    __tablename__ = "one_off_price"
    __table_args__ = (sa.UniqueConstraint("order_id", "code"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    code: Mapped[str] = mapped_column(sa.String(20))
    description: Mapped[str] = mapped_column(sa.String(120))
    price_fen: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(400))
    approved_by: Mapped[uuid.UUID]
    approved_at: Mapped[dt.datetime]
