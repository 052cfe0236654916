"""Reading the hand-over book, and what a technician still has out."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid, NotFound
from server.handovers.models import Handover
from server.history import Actor
from server.stores import operations as stores
from server.stores.models import StockLine
from server.work_orders.models import WorkOrder


def stock_out_of(session: Session, technician_id: uuid.UUID) -> list[dict[str, Any]]:
    """Materials and tools that are still with a technician, whatever became of the order."""
    spent = StockLine.used_qty + StockLine.returned_qty + StockLine.lost_qty
    rows = session.execute(
        sa.select(StockLine, WorkOrder.number)
        .join(WorkOrder, WorkOrder.id == StockLine.order_id)
        .where(StockLine.technician_id == technician_id, StockLine.issued_qty > spent)
        .order_by(StockLine.number)
    )
    return [
        {
            "line": line.number,
            "item": line.item.code,
            "qty": str(stores.quantities(line).out),
            "order": number,
        }
        for line, number in rows
    ]


def find(session: Session, number: str, *, by: Actor, lock: bool = False) -> Handover:
    """One entry of the book. Raises NotFound, also for another estate's."""
    query = sa.select(Handover).where(Handover.estate_id == by.estate_id, Handover.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    handover = session.scalar(query)
    if handover is None:
        raise NotFound("no-such-handover", "没有这份交接。", "There is no such hand-over.")
    return handover


def page(
    session: Session,
    *,
    by: Actor,
    limit: int,
    cursor: str | None,
    unconfirmed_only: bool = False,
    confirmed_only: bool = False,
) -> tuple[list[Handover], str | None]:
    """The newest first; the cursor is the number of the last one that was read. Raises Invalid."""
    query = sa.select(Handover).where(Handover.estate_id == by.estate_id)
    if unconfirmed_only:
        query = query.where(Handover.confirmed_at.is_(None))
    if confirmed_only:
        query = query.where(Handover.confirmed_at.is_not(None))
    if cursor is not None:
        try:
            last = find(session, cursor, by=by)
        except NotFound:
            raise Invalid(
                "bad-cursor",
                "分页位置无效。",
                "The cursor is not one of ours.",
                errors={"cursor": ["无效 not one of ours"]},
            ) from None
        query = query.where(Handover.id < last.id)
    rows = list(session.scalars(query.order_by(Handover.id.desc()).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].number if len(rows) > limit else None
