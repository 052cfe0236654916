"""Keeping the warehouse: what it holds, how much of it, what comes in new and what is scrapped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Invalid
from server.history import Actor
from server.stores import ledger
from server.stores.lifecycle import ZERO, Moved, is_low
from server.stores.models import StockItem, StockMovement


def add_item(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    unit: str,
    minimum_qty: Decimal,
    stock_qty: Decimal = ZERO,
    by: Actor,
    at: dt.datetime,
) -> StockItem:
    """A material or tool that the warehouse keeps from now on. Raises Conflict for a code that is
    taken."""
    taken = sa.select(StockItem.id).where(
        StockItem.estate_id == by.estate_id, StockItem.code == code
    )
    if session.scalar(taken) is not None:
        raise Conflict("stock-item-exists", f"{code} 已经有了。", f"There is a {code} already.")
    item = StockItem(
        estate_id=by.estate_id,
        code=code,
        name=name,
        kind=kind,
        unit=unit,
        stock_qty=ZERO,
        minimum_qty=minimum_qty,
    )
    session.add(item)
    session.flush()
    if stock_qty > 0:
        ledger.move(session, item, stock_qty, Moved.OPENING, by=by, at=at)
    ledger.watch_level(session, item, was_low=False, by=by, at=at)
    _record(session, "stock.item_added", item, {"name": name}, by=by, at=at)
    return item


def set_minimum(
    session: Session, item: StockItem, *, minimum_qty: Decimal, by: Actor, at: dt.datetime
) -> None:
    """From how many on the storekeeper is told to refill (X-013). `item` is locked."""
    was_low = is_low(item.stock_qty, item.minimum_qty)
    before, item.minimum_qty = item.minimum_qty, minimum_qty
    ledger.watch_level(session, item, was_low=was_low, by=by, at=at)
    told = {"before": str(before), "after": str(minimum_qty)}
    _record(session, "stock.minimum_set", item, told, by=by, at=at)


def receive(
    session: Session, item: StockItem, *, qty: Decimal, note: str, by: Actor, at: dt.datetime
) -> StockMovement:
    """New stock has come. `item` is locked. Raises Invalid for a quantity that is none."""
    _positive(qty)
    movement = ledger.move(session, item, qty, Moved.RECEIPT, note=note or None, by=by, at=at)
    _record(session, "stock.received", item, {"qty": str(qty), "note": note}, by=by, at=at)
    return movement


def scrap(
    session: Session, item: StockItem, *, qty: Decimal, reason: str, by: Actor, at: dt.datetime
) -> StockMovement:
    """Broken or out of date: it leaves the warehouse for good, with the reason. `item` is locked.

    Raises Invalid without a reason, Conflict for more than there is.
    """
    _positive(qty)
    if not reason.strip():
        raise Invalid(
            "reason-required",
            "报废须写明原因。",
            "Say why it is scrapped.",
            errors={"reason": ["必填 required"]},
        )
    movement = ledger.move(session, item, -qty, Moved.SCRAP, note=reason, by=by, at=at)
    _record(session, "stock.scrapped", item, {"qty": str(qty), "reason": reason}, by=by, at=at)
    return movement


def _positive(qty: Decimal) -> None:
    if qty <= 0:
        raise Invalid(
            "bad-quantity",
            "数量须大于零。",
            "The quantity must be more than nothing.",
            errors={"qty": ["须大于零 more than nothing"]},
        )


def _record(
    session: Session,
    kind: str,
    item: StockItem,
    data: dict[str, str],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    history.record(
        session, kind, subject_kind=ledger.ITEM, subject=item.code, by=by, at=at, data=data
    )
