"""The two books: what lies in the warehouse, and what is in whose hands. Both only grow."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.deadlines import timers
from server.errors import Conflict, NotFound
from server.history import Actor
from server.stores.lifecycle import Held, Kind, Moved, is_low, tool_due_at
from server.stores.models import CustodyEntry, OldPart, StockItem, StockLine, StockMovement

ITEM = "stock_item"
LOW = "stock.low"
TOOL_OUT = "tool_out"


def is_out() -> sa.ColumnElement[bool]:
    """Lines of which something is still with somebody, spelled as their index has it (`IS_OUT`)."""
    return StockLine.issued_qty > StockLine.used_qty + StockLine.returned_qty + StockLine.lost_qty


def locked_item(session: Session, item_id: uuid.UUID) -> StockItem:
    """The item, nobody else's until the transaction ends: its level is read and written."""
    return session.get_one(StockItem, item_id, with_for_update=True, populate_existing=True)


def find_item(session: Session, code: str, *, by: Actor, lock: bool = False) -> StockItem:
    """One item of this estate's warehouse by its code. Raises NotFound."""
    query = sa.select(StockItem).where(StockItem.estate_id == by.estate_id, StockItem.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    item = session.scalar(query)
    if item is None:
        raise NotFound("no-such-stock-item", f"仓库没有 {code}。", f"The warehouse has no {code}.")
    return item


def move(
    session: Session,
    item: StockItem,
    qty: Decimal,
    reason: Moved,
    *,
    line_id: uuid.UUID | None = None,
    note: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> StockMovement:
    """Change the level of an item that is locked, and write down why; `qty` is negative outwards.

    Raises Conflict where the warehouse has not that many. The storekeeper is told once when it
    falls below its minimum, and no longer when it is filled up again (X-013).
    """
    before = item.stock_qty
    if before + qty < 0:
        raise Conflict(
            "not-in-stock",
            "库存不足。",
            "The warehouse does not have that many.",
            rule="R-058",
            extra={"item": item.code, "stock_qty": str(before)},
        )
    was_low = is_low(before, item.minimum_qty)
    item.stock_qty = before + qty
    movement = StockMovement(
        estate_id=item.estate_id,
        item_id=item.id,
        qty=qty,
        balance_qty=item.stock_qty,
        reason=reason,
        line_id=line_id,
        note=note,
        by_id=by.user_id,
        at=at,
    )
    session.add(movement)
    session.flush()
    watch_level(session, item, was_low=was_low, by=by, at=at)
    return movement


def watch_level(
    session: Session, item: StockItem, *, was_low: bool, by: Actor, at: dt.datetime
) -> None:
    """Tell of an item that has just fallen below its minimum; be done with it when it is refilled."""
    if not is_low(item.stock_qty, item.minimum_qty):
        alerts.resolve(
            session, subject_kind=ITEM, subject=item.code, kinds=[LOW], at=at, how="refilled"
        )
    elif not was_low:
        alerts.raise_alert(
            session,
            LOW,
            subject_kind=ITEM,
            subject=item.code,
            audience=[Role.STOREKEEPER],
            rule="X-013",
            by=by,
            at=at,
            data={
                "name": item.name,
                "stock": str(item.stock_qty),
                "minimum": str(item.minimum_qty),
            },
        )


def hold(
    session: Session,
    line: StockLine,
    qty: Decimal,
    reason: Held,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """What of a line came into the hands of its technician (`qty` positive) or left them.

    Whoever drew it answers for it, also where the order went on to somebody else meanwhile.
    """
    session.add(
        CustodyEntry(
            estate_id=line.estate_id,
            holder_id=line.technician_id,
            kind=line.item.kind,
            item_id=line.item_id,
            description=line.item.name,
            qty=qty,
            reason=reason,
            line_id=line.id,
            order_id=line.order_id,
            by_id=by.user_id,
            at=at,
        )
    )
    session.flush()


def hold_part(
    session: Session, part: OldPart, qty: Decimal, reason: Held, *, by: Actor, at: dt.datetime
) -> None:
    """An old part came into its holder's hands or left them."""
    session.add(
        CustodyEntry(
            estate_id=part.estate_id,
            holder_id=part.holder_id,
            kind=Kind.OLD_PART,
            item_id=None,
            description=part.description,
            qty=qty,
            reason=reason,
            line_id=None,
            order_id=part.order_id,
            by_id=by.user_id,
            at=at,
        )
    )
    session.flush()


def watch_tools(
    session: Session, order_id: uuid.UUID, order_number: str, *, by: Actor, at: dt.datetime
) -> None:
    """Keep the clock of an order's tools: it runs for the one that is out longest, and what it
    raised stands until no tool is out for longer than a day (K-19)."""
    out = list(
        session.scalars(
            sa.select(StockLine)
            .join(StockItem, StockItem.id == StockLine.item_id)
            .where(StockLine.order_id == order_id, StockItem.kind == Kind.TOOL, is_out())
            .order_by(StockLine.number)
        )
    )
    due_at = tool_due_at(line.issued_at for line in out if line.issued_at is not None)
    if due_at is not None and due_at <= at:
        return  # it has fired, or is about to
    timers.stop(session, [TOOL_OUT], subject_kind="order", subject=order_number, at=at)
    if due_at is not None:
        timers.start(
            session,
            TOOL_OUT,
            subject_kind="order",
            subject=order_number,
            due_at=due_at,
            by=by,
            at=at,
            data={"items": [line.item.name for line in out]},
        )
