"""What an order is found by."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.search import index
from server.work_orders.models import WorkOrder


def index_order(session: Session, order: WorkOrder) -> None:
    """Make an order findable by number, unit, customer and words."""
    person, unit = order.person, order.unit
    texts = [order.number, unit.code, person.name, person.phone, order.content]
    index.put(session, order.estate_id, index.ORDER, order.number, texts)
