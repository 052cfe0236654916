"""What orders come to by their confirmed quotes, labour and material apart."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.billing.sums import Amounts, PricedLine, split
from server.prices.models import PriceItem
from server.work_orders.models import Quote, QuoteLine


def amounts_of(
    session: Session, estate_id: uuid.UUID, order_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Amounts]:
    """Labour and material of each order that has a confirmed quote, by the last one confirmed."""
    latest = (
        sa.select(Quote.order_id, sa.func.max(Quote.revision).label("revision"))
        .where(Quote.order_id.in_(order_ids), Quote.confirmed_at.is_not(None))
        .group_by(Quote.order_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Quote.order_id,
            QuoteLine.qty,
            QuoteLine.amount_fen,
            PriceItem.labour_fen,
            PriceItem.material_fen,
        )
        .join(
            latest,
            sa.and_(latest.c.order_id == Quote.order_id, latest.c.revision == Quote.revision),
        )
        .join(QuoteLine, QuoteLine.quote_id == Quote.id)
        .outerjoin(
            PriceItem,
            sa.and_(
                PriceItem.estate_id == estate_id,
                PriceItem.list_version == Quote.price_list_version,
                PriceItem.code == QuoteLine.item,
            ),
        )
    )
    lines: dict[uuid.UUID, list[PricedLine]] = defaultdict(list)
    for order_id, qty, amount_fen, labour_fen, material_fen in rows:
        lines[order_id].append(
            PricedLine(
                qty=qty,
                amount_fen=amount_fen,
                labour_unit_fen=labour_fen,
                material_unit_fen=material_fen,
            )
        )
    return {order_id: split(those) for order_id, those in lines.items()}
