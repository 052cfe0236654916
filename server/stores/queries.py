"""Reading the warehouse's books: levels, movements, a person's ledger, counts. No rules in here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.errors import NotFound
from server.history import Actor
from server.keyset import Leaf, Place, beyond, direction, leaf
from server.stores.models import CustodyEntry, StockCount, StockItem, StockLine, StockMovement

MAX_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class Items:
    """One page of the items by code, and the code behind which the next one begins."""

    items: Sequence[StockItem]
    next_code: str | None


def items(
    session: Session,
    estate_id: uuid.UUID,
    *,
    low: bool = False,
    kind: str | None = None,
    words: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Items:
    """What the warehouse keeps, by code; `low`: only what is below its minimum (X-013), `words`:
    the beginning of a code, or a part of a name."""
    query = sa.select(StockItem).where(StockItem.estate_id == estate_id)
    if low:
        # Spelled as the index of what is low has it.
        query = query.where(StockItem.stock_qty < StockItem.minimum_qty)
    if kind:
        query = query.where(StockItem.kind == kind)
    if words:
        query = query.where(
            sa.or_(
                StockItem.code.istartswith(words, autoescape=True),
                StockItem.name.icontains(words, autoescape=True),
            )
        )
    if after:
        query = query.where(StockItem.code > after)
    rows = list(session.scalars(query.order_by(StockItem.code).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return Items(items=rows, next_code=rows[-1].code if more else None)


def low_count(session: Session, estate_id: uuid.UUID) -> int:
    """How many items are below their minimum."""
    query = sa.select(sa.func.count()).where(
        StockItem.estate_id == estate_id, StockItem.stock_qty < StockItem.minimum_qty
    )
    return session.scalar(query) or 0


def movements(
    session: Session,
    item_id: uuid.UUID,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """What went into the warehouse of one item and out of it, the newest first; each with the
    number of its line."""
    query = (
        sa.select(StockMovement, StockLine.number.label("line"))
        .outerjoin(StockLine, StockLine.id == StockMovement.line_id)
        .where(StockMovement.item_id == item_id)
    )
    return _leaf(session, query, StockMovement.at, StockMovement.id, limit, after, before)


def entries(
    session: Session,
    holder_id: uuid.UUID,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One person's ledger, the newest first; each entry with the number of its line."""
    query = (
        sa.select(CustodyEntry, StockLine.number.label("line"))
        .outerjoin(StockLine, StockLine.id == CustodyEntry.line_id)
        .where(CustodyEntry.holder_id == holder_id)
    )
    return _leaf(session, query, CustodyEntry.at, CustodyEntry.id, limit, after, before)


def counts(
    session: Session,
    estate_id: uuid.UUID,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """The counts, the newest first."""
    query = sa.select(StockCount).where(StockCount.estate_id == estate_id)
    return _leaf(session, query, StockCount.at, StockCount.id, limit, after, before)


def find_count(session: Session, number: str, *, by: Actor) -> StockCount:
    """One count. Raises NotFound, also for another estate's."""
    found = session.scalar(
        sa.select(StockCount).where(
            StockCount.estate_id == by.estate_id, StockCount.number == number
        )
    )
    if found is None:
        raise NotFound("no-such-count", "没有这份盘点。", "There is no such count.")
    return found


def _leaf(
    session: Session,
    query: sa.Select[*tuple[Any, ...]],
    at: InstrumentedAttribute[dt.datetime],
    key: InstrumentedAttribute[uuid.UUID],
    limit: int,
    after: Place | None,
    before: Place | None,
) -> Leaf:
    newer = before is not None
    if (place := before or after) is not None:
        query = query.where(beyond(at, key, place, newer=newer))
    rows = session.execute(query.order_by(*direction(at, key, newer=newer)).limit(limit + 1)).all()
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row[0].at, id=row[0].id),
        after=after,
        before=before,
    )
