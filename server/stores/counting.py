"""The count at the end of a shift: what was found, against what the book says should be there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.errors import Conflict, Invalid
from server.estate.operations import next_number
from server.history import Actor
from server.search import index
from server.settings import Settings
from server.stores import ledger
from server.stores.lifecycle import Moved
from server.stores.models import StockCount, StockItem

COUNT = "stock_count"
DIFFERS = "stock.count_differs"


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One item that somebody has counted."""

    code: str
    counted: Decimal
    #: what the book said when it was counted; None where the asker did not look
    expected: Decimal | None = None
    #: why it differs, where it does
    reason: str = ""


def count(
    session: Session,
    settings: Settings,
    *,
    counted: Sequence[Counted],
    by: Actor,
    at: dt.datetime,
) -> StockCount:
    """Write down a count and put the book right by movements with their reasons; where anything
    differs the manager is told.

    Raises Invalid for an unknown or repeated item, a negative number, or a difference without a
    reason; Conflict where stock was moved since it was counted.
    """
    items = _locked(session, counted, by=by)
    _refuse(counted, items)
    lines, differing = [], []
    for one in counted:
        item = items[one.code]
        expected, difference = item.stock_qty, one.counted - item.stock_qty
        if difference != 0:
            ledger.move(session, item, difference, Moved.COUNT, note=one.reason, by=by, at=at)
            differing.append(item.name)
        lines.append(
            {
                "item": item.code,
                "name": item.name,
                "expected": str(expected),
                "counted": str(one.counted),
                "reason": one.reason,
            }
        )
    found = StockCount(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "PD", at, settings.zone),
        at=at,
        by_id=by.user_id,
        lines=lines,
        differences=len(differing),
    )
    session.add(found)
    session.flush()
    index.put_number(session, by.estate_id, index.STOCK_COUNT, found.number)
    told = {"items": len(lines), "differences": len(differing)}
    history.record(
        session,
        "stock.counted",
        subject_kind=COUNT,
        subject=found.number,
        by=by,
        at=at,
        data=told,
    )
    if differing:
        alerts.raise_alert(
            session,
            DIFFERS,
            subject_kind=COUNT,
            subject=found.number,
            audience=[Role.CS_MANAGER],
            rule="R-072",
            by=by,
            at=at,
            data={"items": differing},
        )
    return found


def _locked(session: Session, counted: Sequence[Counted], *, by: Actor) -> dict[str, StockItem]:
    """The items, locked in one order, so that two counts do not wait for each other."""
    rows = session.scalars(
        sa.select(StockItem)
        .where(
            StockItem.estate_id == by.estate_id, StockItem.code.in_({one.code for one in counted})
        )
        .order_by(StockItem.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.code: row for row in rows}


def _refuse(counted: Sequence[Counted], items: dict[str, StockItem]) -> None:
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    for one in counted:
        if one.code in seen:
            wrong[one.code] = ["重复 named twice"]
        seen.add(one.code)
        if one.code not in items:
            wrong[one.code] = ["没有 no such item"]
        elif one.counted < 0:
            wrong[one.code] = ["不能为负 below nothing"]
        elif one.counted != items[one.code].stock_qty and not one.reason.strip():
            wrong[one.code] = ["有差异,须写明原因 it differs: say why"]
    moved = [
        one.code
        for one in counted
        if one.code in items
        and one.expected is not None
        and one.expected != items[one.code].stock_qty
    ]
    if moved:
        raise Conflict(
            "stock-moved-meanwhile",
            "盘点期间有进出,请核对后再确认。",
            "Stock was moved since it was counted; look again.",
            errors={code: ["有进出 moved"] for code in moved},
        )
    if not counted or wrong:
        raise Invalid(
            "bad-count",
            "请更正标出的物品。" if wrong else "没有盘点任何物品。",
            "Please correct the items that are marked." if wrong else "Nothing was counted.",
            errors=wrong,
        )
