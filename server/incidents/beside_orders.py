"""What an order's page shows of incidents, damage and capacity, and which of the forms are possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.permissions import may
from server.history import Actor
from server.incidents import capacity
from server.incidents.models import CapacityApplication, Damage, Incident
from server.incidents.operations import incidents_of_order
from server.incidents.queries import damages_of_order
from server.work_orders.models import WorkOrder
from server.work_orders.states import READ_ONLY, State

#: Built once: most orders have none of these, and the page of an order is opened all day.
_THERE = sa.select(
    sa.exists().where(Damage.order_id == sa.bindparam("order_id", type_=sa.Uuid())),
    sa.exists().where(CapacityApplication.order_id == sa.bindparam("order_id", type_=sa.Uuid())),
    sa.exists().where(Incident.order_number == sa.bindparam("number")),
)


@dataclass(frozen=True, kw_only=True)
class Matters:
    """What hangs on one order beside the work itself."""

    incidents: Sequence[Incident]
    damages: Sequence[Damage]
    application: CapacityApplication | None
    may_apply: bool
    may_report: bool


def matters_of(session: Session, order: WorkOrder, *, by: Actor) -> Matters:
    """The order's incidents, damage and application: one question, and those that it says are there."""
    there = session.execute(_THERE, {"order_id": order.id, "number": order.number}).one()
    damaged, applied, happened = there
    return Matters(
        incidents=incidents_of_order(session, order.number) if happened else (),
        damages=damages_of_order(session, order.id) if damaged else (),
        application=capacity.of_order(session, order) if applied else None,
        may_apply=capacity.applies(order) and may("order.dispatch", by.roles),
        may_report=State(order.state) not in READ_ONLY and may("damage.report", by.roles),
    )
