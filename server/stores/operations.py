"""Drawing, borrowing, using, returning and losing stock on an order (R-058, R-072)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Denied, Invalid, NotFound
from server.estate.operations import next_number
from server.history import Actor
from server.search import index
from server.settings import Settings
from server.stores import ledger, lifecycle
from server.stores.lifecycle import Held, Moved
from server.stores.models import StockItem, StockLine

REFUSALS = {
    "qty-not-positive": ("数量须大于零。", "The quantity must be more than nothing."),
    "more-than-requested": ("超过申请数量。", "That is more than was requested."),
    "tools-are-not-used-up": ("工具只能归还,不能耗用。", "A tool is returned, not used up."),
    "more-than-out": ("超过手上的数量;先办领用手续。", "More than was drawn; draw it first."),
    "nothing-lost": ("没有遗失。", "Nothing was lost."),
}


@dataclass(frozen=True, kw_only=True)
class OrderRef:
    """As much of an order as stores needs to know."""

    id: uuid.UUID
    number: str
    technician_id: uuid.UUID


def request_stock(
    session: Session,
    settings: Settings,
    order: OrderRef,
    *,
    wanted: Sequence[tuple[str, Decimal]],
    by: Actor,
    at: dt.datetime,
) -> list[StockLine]:
    """ST1: ask the warehouse for items. Raises Invalid for an unknown item."""
    lines = []
    for code, qty in wanted:
        item = session.scalar(
            sa.select(StockItem).where(StockItem.estate_id == by.estate_id, StockItem.code == code)
        )
        if item is None:
            raise Invalid(
                "unknown-stock-item",
                f"仓库没有 {code}。",
                f"The warehouse has no {code}.",
                rule="R-058",
                errors={"lines": [f"没有 no such item: {code}"]},
            )
        _check("request", qty > 0, "qty-not-positive")
        line = StockLine(
            estate_id=by.estate_id,
            number=next_number(session, by.estate_id, "LJ", at, settings.zone),
            order_id=order.id,
            item=item,
            technician_id=order.technician_id,
            requested_qty=qty,
            issued_qty=Decimal(0),
            used_qty=Decimal(0),
            returned_qty=Decimal(0),
            lost_qty=Decimal(0),
            handed_back_qty=Decimal(0),
            requested_at=at,
        )
        session.add(line)
        session.flush()
        index.put_number(session, by.estate_id, index.STOCK_LINE, line.number)
        _record(session, "stock.requested", order.number, line, qty, by, at)
        lines.append(line)
    return lines


def issue(
    session: Session,
    line: StockLine,
    order_number: str,
    *,
    qty: Decimal,
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST2: the storekeeper hands items out. Storekeeper and technician are two people."""
    _not_ones_own(line, by)
    _refuse("issue", line, qty)
    item = ledger.locked_item(session, line.item_id)
    ledger.move(session, item, -qty, Moved.ISSUE, line_id=line.id, by=by, at=at)
    if quantities(line).out == 0:
        line.issued_at = at
    line.issued_qty += qty
    line.issued_by = by.user_id
    ledger.hold(session, line, qty, Held.ISSUED, by=by, at=at)
    ledger.watch_tools(session, line.order_id, order_number, by=by, at=at)
    _record(session, "stock.issued", order_number, line, qty, by, at)


def take_back(
    session: Session,
    line: StockLine,
    order_number: str,
    *,
    qty: Decimal,
    condition: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST4: unused material and borrowed tools come back (R-072)."""
    _not_ones_own(line, by)
    _refuse("return", line, qty)
    line.handed_back_qty = max(quantities(line).awaited - qty, Decimal(0))
    item = ledger.locked_item(session, line.item_id)
    ledger.move(session, item, qty, Moved.RETURN, line_id=line.id, note=condition, by=by, at=at)
    line.returned_qty += qty
    line.returned_at, line.condition = at, condition
    ledger.hold(session, line, -qty, Held.RETURNED, by=by, at=at)
    ledger.watch_tools(session, line.order_id, order_number, by=by, at=at)
    _record(session, "stock.returned", order_number, line, qty, by, at)


def hand_back(
    session: Session,
    order: OrderRef,
    *,
    handed: Sequence[tuple[str, Decimal, str | None]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """The technician says what he brought back; no quantity moves until the storekeeper has taken
    it (ST4, R-072: two people). Saying it twice changes nothing. Raises Conflict for more than is
    out."""
    wanted: dict[str, Decimal] = {}
    for code, qty, _condition in handed:
        wanted[code] = wanted.get(code, Decimal(0)) + qty
    for code, qty in wanted.items():
        lines = [line for line in lines_of(session, order.id) if line.item.code == code]
        out = sum((quantities(line).out for line in lines), Decimal(0))
        _check("return", out >= qty, "more-than-out")
        rest = qty
        for line in lines:
            now = quantities(line)
            more = min(now.out - now.awaited, rest)
            line.handed_back_qty = now.awaited + more
            rest -= more
    for code, qty, condition in handed:
        history.record(
            session,
            "stock.handed_back",
            subject_kind="order",
            subject=order.number,
            by=by,
            at=at,
            data={"item": code, "qty": str(qty), "condition": condition},
        )


def use(
    session: Session,
    order: OrderRef,
    *,
    used: Sequence[tuple[str, Decimal]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST3: material went into the job. Raises Conflict where none was drawn for it (R-058)."""
    for code, qty in used:
        line = _line_with_out(session, order, code, qty)
        _refuse("use", line, qty)
        line.used_qty += qty
        ledger.hold(session, line, -qty, Held.USED, by=by, at=at)
        _record(session, "stock.used", order.number, line, qty, by, at)


def lose(
    session: Session,
    order: OrderRef,
    *,
    lost: Sequence[tuple[str, Decimal, str]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST5: something is gone; the manager's decision frees the write-off."""
    for code, qty, reason in lost:
        line = _line_with_out(session, order, code, qty)
        _refuse("lose", line, qty)
        line.lost_qty += qty
        line.loss_reason = reason
        line.loss_decided_by = None
        ledger.hold(session, line, -qty, Held.LOST, by=by, at=at)
        ledger.watch_tools(session, order.id, order.number, by=by, at=at)
        _record(session, "stock.lost", order.number, line, qty, by, at)


def decide_loss(
    session: Session, line: StockLine, order_number: str, *, by: Actor, at: dt.datetime
) -> None:
    """ST5: the manager has dealt with a loss, never one of his own. Raises Conflict, Denied."""
    _not_ones_own(line, by)
    _check("lose", line.lost_qty > 0, "nothing-lost")
    line.loss_decided_by = by.user_id
    _record(session, "stock.loss_decided", order_number, line, line.lost_qty, by, at)


def lines_of(session: Session, order_id: uuid.UUID) -> list[StockLine]:
    """All stock lines of an order, in the order of their numbers."""
    return list(
        session.scalars(
            sa.select(StockLine).where(StockLine.order_id == order_id).order_by(StockLine.number)
        )
    )


def materials_among(
    session: Session, estate_id: uuid.UUID, codes: Collection[str]
) -> frozenset[str]:
    """Which of these codes are materials that the warehouse keeps."""
    if not codes:
        return frozenset()
    return frozenset(
        session.scalars(
            sa.select(StockItem.code).where(
                StockItem.estate_id == estate_id,
                StockItem.code.in_(codes),
                StockItem.kind == "material",
            )
        )
    )


def find_line(session: Session, number: str, *, by: Actor, lock: bool = True) -> StockLine:
    """One stock line; lock its order before it, as everybody does. Raises NotFound."""
    query = sa.select(StockLine).where(
        StockLine.estate_id == by.estate_id, StockLine.number == number
    )
    if lock:
        query = query.with_for_update(of=StockLine).execution_options(populate_existing=True)
    line = session.scalar(query)
    if line is None:
        raise NotFound("no-such-stock-line", "没有这条领用单。", "There is no such stock line.")
    return line


def quantities(line: StockLine) -> lifecycle.Quantities:
    """The line as the pure table sees it."""
    return lifecycle.Quantities(
        kind=line.item.kind,
        requested=line.requested_qty,
        issued=line.issued_qty,
        used=line.used_qty,
        returned=line.returned_qty,
        lost=line.lost_qty,
        loss_decided=line.loss_decided_by is not None,
        handed_back=line.handed_back_qty,
    )


def loss_is_decided(line: StockLine) -> bool:
    """Whether nothing of this line is lost without the manager's word on it (ST5)."""
    return line.lost_qty == 0 or line.loss_decided_by is not None


def _not_ones_own(line: StockLine, by: Actor) -> None:
    if by.user_id == line.technician_id:
        raise Denied(
            "own-stock-line",
            "不能经手自己的领用单。",
            "Nobody handles a stock line of his own.",
            rule="5.1",
        )


def _line_with_out(session: Session, order: OrderRef, code: str, qty: Decimal) -> StockLine:
    lines = [line for line in lines_of(session, order.id) if line.item.code == code]
    fitting = [line for line in lines if quantities(line).out >= qty] or lines
    if not fitting:
        raise Conflict(
            "stock-not-issued",
            f"{code} 没有领用手续,不能使用。",
            f"{code} was not drawn for this order.",
            rule="R-058",
        )
    return fitting[0]


def _refuse(action: str, line: StockLine, qty: Decimal) -> None:
    slug = lifecycle.refusal(action, quantities(line), qty)
    _check(action, slug is None, slug or "")


def _check(action: str, fine: bool, slug: str) -> None:
    if not fine:
        zh, en = REFUSALS[slug]
        raise Conflict(slug, zh, en, rule="R-072" if action == "return" else "R-058")


def _record(
    session: Session,
    kind: str,
    order_number: str,
    line: StockLine,
    qty: Decimal,
    by: Actor,
    at: dt.datetime,
) -> None:
    history.record(
        session,
        kind,
        subject_kind="order",
        subject=order_number,
        by=by,
        at=at,
        data={"line": line.number, "item": line.item.code, "qty": str(qty)},
    )
