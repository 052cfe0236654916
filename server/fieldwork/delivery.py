"""Hands one event to the inbox in a transaction of its own, so that it cannot take others along.

For whoever brings several at once: the HTTP door, and an imported queue. The MQTT worker has a
transaction for each message anyway.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.orm import Session

from server.db import transaction, utcnow
from server.devices.models import Device
from server.errors import Problem
from server.fieldwork import inbox, poisoned
from server.settings import Settings

log = logging.getLogger(__name__)


def deliver(
    settings: Settings, device_id: str, event: bytes | dict[str, Any]
) -> dict[str, Any] | None:
    """The inbox's reply; None for a handheld whose credentials no longer hold (P-19), or where
    handling failed by our own fault and there is nothing to refuse."""
    try:
        with transaction() as current:
            if (device := working(current, device_id)) is None:
                return None
            return inbox.receive(current, settings, device, event, at=utcnow())
    except Problem:
        raise
    except Exception:
        log.exception("an event of %s could not be handled", device_id)
        with transaction() as current:
            if (device := working(current, device_id)) is None:
                return None
            return poisoned.keep(current, device, event, at=utcnow())


def working(current: Session, device_id: str) -> Device | None:
    """The handheld, locked and read again for a change; None where its credentials do not hold."""
    device = current.get(Device, device_id, with_for_update=True, populate_existing=True)
    return device if device is not None and device.works else None
