"""Which handheld is asking, by its bearer token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from server.accounts.models import User
from server.db import session
from server.devices.models import Device
from server.devices.operations import actor_for, device_of_token
from server.errors import Unauthenticated
from server.history import Actor

View = TypeVar("View", bound=Callable[..., Any])


def device_only(view: View) -> View:
    """Admit a paired handheld whose credentials hold; nobody else."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        this_device()
        return view(*args, **kwargs)

    guarded.permission = "device: its own"  # type: ignore[attr-defined]  # read by the house test
    return guarded  # type: ignore[return-value]


def this_device() -> Device:
    """The handheld that is asking. Raises Unauthenticated; a revoked one is told to wipe."""
    if "device" not in g:
        g.device = _identify()
    device: Device = g.device
    return device


def revoked() -> Unauthenticated:
    """P-19: nothing but the order to wipe is offered to a lost handheld."""
    return Unauthenticated(
        "device-revoked",
        "手持机已停用,请清除本机数据。",
        "This handheld was revoked; it must wipe its data.",
        rule="P-19",
        extra={"command": "device.wipe"},
    )


def this_actor() -> Actor:
    """The handheld as the one who acts for its technician."""
    device = this_device()
    technician = session().get(User, device.technician_id)
    return actor_for(device, technician.name if technician else device.label)


def _identify() -> Device:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    device = device_of_token(session(), token.strip()) if scheme.lower() == "bearer" else None
    if device is None:
        raise Unauthenticated("unknown-device", "手持机未配对。", "This handheld is not paired.")
    if not device.works:
        raise revoked()
    return device
