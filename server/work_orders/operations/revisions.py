"""The revisions of an order's price: the newest one, and the next one (WO8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.prices.pricing import Line, total_fen
from server.work_orders.models import Quote, QuoteLine, WorkOrder


def current_quote(session: Session, order: WorkOrder) -> Quote | None:
    """The newest revision of the price."""
    return session.scalar(
        sa.select(Quote).where(Quote.order_id == order.id).order_by(Quote.revision.desc()).limit(1)
    )


def add_revision(
    session: Session,
    order: WorkOrder,
    priced: Sequence[Line],
    *,
    version: str,
    quoted_at: dt.datetime,
) -> Quote:
    """The next revision of the price; those before it stay as they were (WO8)."""
    last = sa.select(sa.func.max(Quote.revision)).where(Quote.order_id == order.id)
    row = Quote(
        order_id=order.id,
        revision=(session.scalar(last) or 0) + 1,
        price_list_version=version,
        total_fen=total_fen(priced),
        quoted_at=quoted_at,
        lines=[
            QuoteLine(
                position=place,
                item=p.code,
                description=p.description,
                qty=p.qty,
                unit_price_fen=p.unit_price_fen,
                amount_fen=p.amount_fen,
                owner_supplied=p.owner_supplied,
            )
            for place, p in enumerate(priced, start=1)
        ],
    )
    session.add(row)
    session.flush()
    return row
