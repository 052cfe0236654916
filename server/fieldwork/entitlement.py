"""For which orders a technician may bring evidence or ask what is held."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.errors import NotFound
from server.evidence.uploads import OrderOfUpload
from server.history import Actor
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder


def order_had_by(session: Session, by: Actor, number: str) -> WorkOrder:
    """The order that the technician has or had (P-18). Raises NotFound, also for another's: not
    even its existence is told to somebody who never had it."""
    order = orders.get_order(session, by.estate_id, number)
    mine = order.technician_id == by.user_id
    if not mine and (by.user_id is None or not orders.was_assigned(session, order.id, by.user_id)):
        raise NotFound("no-such-order", f"没有工单 {number}。", f"There is no order {number}.")
    return order


def order_of_upload(session: Session, by: Actor, number: str) -> OrderOfUpload:
    """The same as an upload has to know it."""
    order = order_had_by(session, by, number)
    return OrderOfUpload(
        id=order.id, number=order.number, keep_place=order.person.consents_to_place
    )
