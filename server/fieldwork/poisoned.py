"""An event whose handling failed by our own fault: kept and refused, so that the next ones pass."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from contracts.envelope import ContractError, read_event
from contracts.vocabulary import Outcome
from server.devices.models import Device
from server.errors import Unavailable
from server.fieldwork.models import DeviceEvent


def keep(
    session: Session, device: Device, payload: bytes | dict[str, Any], *, at: dt.datetime
) -> dict[str, Any] | None:
    """Put the event into the inbox with its place in the numbering; the refusal to send.

    None where it has no place to take: then nothing stands behind it. `device` must be locked.
    """
    try:
        event = read_event(payload)
    except ContractError:
        return None
    known = session.get(DeviceEvent, (device.id, event.id))
    if known is not None or event.device != device.id or event.seq != device.last_seq + 1:
        return None
    problem = Unavailable(
        "not-handled",
        "服务器处理此事件时出错,原文已保存,请告知调度。",
        "The server failed to handle this event; it is kept. Tell the desk.",
    ).as_dict()
    session.add(
        DeviceEvent(
            device_id=device.id,
            event_id=event.id,
            seq=event.seq,
            type=event.type,
            order_number=event.subject,
            content_hash=event.content_hash,
            payload=event.received,
            device_at=event.time,
            server_at=at,
            skew_s=0,
            outcome=Outcome.REJECTED,
            problem=problem,
        )
    )
    device.last_seq = event.seq
    session.flush()
    return {
        "event": event.id,
        "outcome": Outcome.REJECTED.value,
        "order_version": None,
        "problem": problem,
        "server_time": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
