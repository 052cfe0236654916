"""Brings a handheld up to date after it connected: its work list, its clock, its commands."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.envelope import SyncRequest
from server import outbox
from server.devices.models import Device
from server.fieldwork import contact
from server.outbox import Owed
from server.settings import Settings
from server.work_orders import queries as orders

#: The subject of a result that nobody asked for.
UNASKED = "unasked"
_HEARD_LATELY = dt.timedelta(hours=1)
_LONGEST_EPOCH = 40


def answer(
    session: Session, settings: Settings, device: Device, request: SyncRequest, *, at: dt.datetime
) -> None:
    """Owe the handheld every open order that it lacks or holds in another version, and the result.

    `device` must be locked. Replies are not owed again: the handheld sends the event once more and
    is told `duplicate`.
    """
    device.online = True
    device.last_seen_at = at
    device.queued = min(request.queued, contact.LARGEST_INTEGER)
    device.sync_epoch = request.epoch[:_LONGEST_EPOCH] if request.epoch else None
    contact.judge_clock(session, settings, device, request.time, at=at)
    _owe_orders(session, device, request.orders, at=at)
    session.execute(
        sa.update(Owed)
        .where(Owed.device_id == device.id, Owed.kind == outbox.COMMAND, Owed.sent_at.is_(None))
        .values(due_at=at, tries=0, lease=None)
    )
    outbox.note(
        session, device_id=device.id, kind=outbox.SYNC, subject=request.id, version=1, at=at
    )


def offer_to_all(session: Session, *, at: dt.datetime) -> None:
    """Owe work list and result, unasked, to every handheld that was heard lately.

    For when the server's connection is new: a handheld that was back at the broker before the
    server asked for its sync in vain, and would do so again only after ten seconds.
    """
    heard_lately = sa.select(Device).where(
        Device.state == "active", Device.last_seen_at > at - _HEARD_LATELY
    )
    for device in session.scalars(heard_lately):
        _owe_orders(session, device, {}, at=at)
        outbox.note(
            session, device_id=device.id, kind=outbox.SYNC, subject=UNASKED, version=1, at=at
        )


def _owe_orders(
    session: Session, device: Device, held: Mapping[str, int], *, at: dt.datetime
) -> None:
    """Owe what is on the technician's list and not held in the version that it has now."""
    for order in orders.field_orders(session, device.technician_id):
        if held.get(order.number) != order.version:
            outbox.note(
                session,
                device_id=device.id,
                kind=outbox.ORDER,
                subject=order.number,
                version=order.version,
                at=at,
            )
