"""What an order is found by."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Person, Unit
from server.search import index
from server.search.filling import Entry, in_batches
from server.work_orders.models import WorkOrder


def index_order(session: Session, order: WorkOrder) -> None:
    """Make an order findable by number, unit, customer and words."""
    person, unit = order.person, order.unit
    texts = [order.number, unit.code, person.name, person.phone, order.content]
    index.put(session, order.estate_id, index.ORDER, order.number, texts)


def entries(session: Session) -> Iterator[list[Entry]]:
    """All orders for the index, in the order in which they were issued."""
    texts = [WorkOrder.number, Unit.code, Person.name, Person.phone, WorkOrder.content]
    query = (
        sa.select(WorkOrder.id, WorkOrder.estate_id, WorkOrder.number, *texts)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .join(Person, Person.id == WorkOrder.person_id)
    )
    return in_batches(session, query, WorkOrder.id)
