"""Whose order it is, for whoever asks."""

from __future__ import annotations

from typing import Any

from server.accounts.permissions import READS
from server.http import level
from server.work_orders.customers import with_technician
from server.work_orders.models import WorkOrder


def customer_shown(order: WorkOrder) -> bool:
    """Whether whoever asks sees name and phone: a technician while the order is with him (5.1)."""
    return level("order.read") in READS or with_technician(order.state, order.qa_state)


def customer_json(order: WorkOrder) -> dict[str, Any]:
    """The customer of an order; name and phone are null for whom they are no business any more."""
    shown = customer_shown(order)
    return {
        "name": order.person.name if shown else None,
        "unit_code": order.unit.code,
        "phone": order.person.phone if shown else None,
        "relation": order.person.relation,
    }
