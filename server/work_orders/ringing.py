"""Whether an order still rings on its technician's handheld, and what the ring says."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.devices.models import Device
from server.devices.operations import devices_of
from server.history import HistoryRow
from server.push.delivery import Message
from server.push.models import Ring
from server.work_orders.models import WorkOrder
from server.work_orders.operations.moving import SUBJECT, belongs_in_the_field

KIND = "order.dispatched"
#: The handheld says this by itself; everything else is an act of the technician's.
_BY_ITSELF = "order.received"


def message_of(session: Session, ring: Ring) -> Message | None:
    """What the ring says now; None where the order is elsewhere or its technician knows of it."""
    device = session.get(Device, ring.device_id, populate_existing=True)
    if device is None or not device.works:
        return None
    order = session.scalar(
        sa.select(WorkOrder)
        .where(
            WorkOrder.estate_id == device.estate_id,
            WorkOrder.number == ring.subject,
            WorkOrder.technician_id == device.technician_id,
        )
        .execution_options(populate_existing=True)
    )
    if order is None or not belongs_in_the_field(session, order):
        return None
    if _has_acted(session, order, ring):
        return None
    return Message(
        content={"kind": KIND, "number": order.number, "urgency": order.urgency},
        urgent=order.urgency != "normal",
    )


def _has_acted(session: Session, order: WorkOrder, ring: Ring) -> bool:
    """Whether the technician looked at the order, took it or returned it since it came to him."""
    his = [f"device:{device.id}" for device in devices_of(session, order.technician_id)]
    row = sa.select(HistoryRow.id).where(
        HistoryRow.subject_kind == SUBJECT,
        HistoryRow.subject == order.number,
        HistoryRow.actor.in_(his),
        HistoryRow.kind != _BY_ITSELF,
        HistoryRow.at >= ring.noted_at,
    )
    return session.scalar(row.limit(1)) is not None
