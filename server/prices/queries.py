"""The price list in force, and the one-off prices of an order."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.prices.models import OneOffPrice, PriceItem
from server.prices.pricing import Price


def items_in_force(session: Session, estate_id: uuid.UUID, day: dt.date) -> list[PriceItem]:
    """The price list of a day, by code."""
    return list(
        session.scalars(
            sa.select(PriceItem)
            .where(
                PriceItem.estate_id == estate_id,
                PriceItem.valid_from <= day,
                sa.or_(PriceItem.valid_until.is_(None), PriceItem.valid_until >= day),
            )
            .order_by(PriceItem.code)
        )
    )


def prices_for_order(
    session: Session, estate_id: uuid.UUID, order_id: uuid.UUID, day: dt.date
) -> tuple[dict[str, Price], str]:
    """What may stand on this order's quote (R-021, P-06), and the version of the list."""
    items = items_in_force(session, estate_id, day)
    prices = {
        item.code: Price(
            code=item.code,
            description=item.name_zh,
            unit_price_fen=item.price_fen,
            unit=item.unit,
        )
        for item in items
    }
    for one_off in one_offs_of(session, order_id):
        prices[one_off.code] = Price(
            code=one_off.code,
            description=one_off.description,
            unit_price_fen=one_off.price_fen,
            one_off=True,
        )
    return prices, max((item.list_version for item in items), default="")


def one_offs_of(session: Session, order_id: uuid.UUID) -> list[OneOffPrice]:
    """One-off prices approved for an order."""
    return list(
        session.scalars(
            sa.select(OneOffPrice)
            .where(OneOffPrice.order_id == order_id)
            .order_by(OneOffPrice.code)
        )
    )
