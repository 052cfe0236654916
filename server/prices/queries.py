"""The price list of any day, its versions, and the one-off prices of an order."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.history import Actor
from server.prices.models import OneOffPrice, PriceItem, PriceList
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
                ~unpublished(),
            )
            .order_by(PriceItem.code)
        )
    )


def unpublished() -> sa.Exists:
    """Whether a row of `price_item` stands in a version that nobody has approved."""
    return sa.exists().where(
        PriceList.estate_id == PriceItem.estate_id,
        PriceList.version == PriceItem.list_version,
        PriceList.state != "published",
    )


def find(session: Session, version: str, *, by: Actor, lock: bool = False) -> PriceList:
    """One version. Raises NotFound, also for another estate's."""
    query = sa.select(PriceList).where(
        PriceList.estate_id == by.estate_id, PriceList.version == version
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound("no-such-price-list", "没有这版价目表。", "There is no such price list.")
    return row


def lists(session: Session, estate_id: uuid.UUID) -> list[PriceList]:
    """Every version, the last to begin first; there are a few in a year."""
    return list(
        session.scalars(
            sa.select(PriceList)
            .where(PriceList.estate_id == estate_id)
            .order_by(PriceList.valid_from.desc(), PriceList.version.desc())
        )
    )


def locked_lists(session: Session, estate_id: uuid.UUID, state: str) -> list[PriceList]:
    """The versions in a state, after locking all of the estate: two approvals wait for each other."""
    rows = session.scalars(
        sa.select(PriceList)
        .where(PriceList.estate_id == estate_id)
        .order_by(PriceList.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return [row for row in rows if row.state == state]


def versions_of(session: Session, estate_id: uuid.UUID) -> set[str]:
    """The names that are taken."""
    items = sa.select(PriceItem.list_version).where(PriceItem.estate_id == estate_id)
    rows = sa.select(PriceList.version).where(PriceList.estate_id == estate_id)
    return set(session.scalars(sa.union(items, rows)))


def items_of(session: Session, estate_id: uuid.UUID, version: str) -> list[PriceItem]:
    """The items of one version, by code."""
    return list(
        session.scalars(
            sa.select(PriceItem)
            .where(PriceItem.estate_id == estate_id, PriceItem.list_version == version)
            .order_by(PriceItem.code)
        )
    )


def find_item(session: Session, row: PriceList, code: str) -> PriceItem | None:
    """The item of a version with this code."""
    return session.scalar(
        sa.select(PriceItem).where(
            PriceItem.estate_id == row.estate_id,
            PriceItem.list_version == row.version,
            PriceItem.code == code,
        )
    )


def list_before(session: Session, row: PriceList) -> list[PriceItem]:
    """The list of the day before a version begins: what it is compared with."""
    return items_in_force(session, row.estate_id, row.valid_from - dt.timedelta(days=1))


def new_on(session: Session, row: PriceList) -> list[PriceItem]:
    """Items of a version that the list of the day before did not have."""
    known = {item.code for item in list_before(session, row)}
    return [
        item for item in items_of(session, row.estate_id, row.version) if item.code not in known
    ]


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
