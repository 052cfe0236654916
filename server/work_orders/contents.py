"""Which kinds of rows hang on an order: one question, so that nobody asks for what is not there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.checklist_runs.models import Override, ReturnedStep, StepResult
from server.evidence.models import Photo
from server.prices.models import OneOffPrice
from server.stores.models import OldPart, StockLine
from server.work_orders.models import Escalation, Quote, Signature, WorkOrder

_ORDER_OF: dict[str, InstrumentedAttribute[object]] = {
    "photos": Photo.order_id,
    "results": StepResult.order_id,
    "returned": ReturnedStep.order_id,
    "overrides": Override.order_id,
    "quotes": Quote.order_id,
    "signatures": Signature.order_id,
    "one_offs": OneOffPrice.order_id,
    "stock": StockLine.order_id,
    "old_parts": OldPart.order_id,
    "escalations": Escalation.order_id,
}
KINDS = frozenset(_ORDER_OF)
#: Built once: most orders have few of these, and the page of an order is opened all day.
_THERE = sa.select(
    *(
        sa.exists().where(column == sa.bindparam("order_id", type_=sa.Uuid())).label(name)
        for name, column in _ORDER_OF.items()
    )
)


def contents_of(session: Session, order: WorkOrder) -> frozenset[str]:
    """The names of the kinds of which the order has at least one row."""
    row = session.execute(_THERE, {"order_id": order.id}).one()
    return frozenset(name for name, there in zip(_ORDER_OF, row, strict=True) if there)
