"""Enrolling and revoking handhelds over HTTP (P-19, X-020)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.accounts.queries import technician
from server.api.fields import Text, one_of
from server.api.schemas import DeviceOut, EnrolIn, EnrolledOut, RevokeIn
from server.broker_accounts import end_now
from server.db import session, transaction, utcnow
from server.devices import operations as devices
from server.devices.queries import handhelds_of
from server.http import actor, idempotent, level, requires, settings

blp = Blueprint("devices", __name__, url_prefix="/api/v1/devices", description="手持机 Handhelds")


class CommandIn(ma.Schema):
    kind = one_of("device.sync", "device.notice", required=True)
    text = Text(1000, load_default=None, allow_none=True)


@blp.get("")
@requires("device.report_lost", reading=True)
@blp.response(200)
@blp.doc(operationId="listDevices")
def list_devices() -> Any:
    rows = handhelds_of(session(), actor().estate_id)
    own = level("device.report_lost") == "O"
    mine = [row for row in rows if not own or row.technician_id == actor().user_id]
    return {"items": DeviceOut(many=True).dump(mine), "next_cursor": None}


@blp.post("")
@requires("device.manage")
@idempotent
@blp.arguments(EnrolIn)
@blp.response(201, EnrolledOut)
@blp.doc(operationId="enrolDevice")
def enrol_device(data: dict[str, Any]) -> Any:
    lifetime = dt.timedelta(minutes=settings().pairing_minutes)
    with transaction() as current:
        by = actor()
        holder = technician(current, by.estate_id, data["technician"])
        device, code = devices.enrol(
            current, label=data["label"], technician=holder, lifetime=lifetime, by=by, at=utcnow()
        )
    return {
        "id": device.id,
        "label": device.label,
        "pairing_code": code,
        "pairing_url": devices.pairing_url(settings().web_url, code),
        "expires_at": device.pairing_expires_at,
    }


@blp.post("/<device_id>/revoke")
@requires("device.report_lost")
@idempotent
@blp.arguments(RevokeIn)
@blp.response(200, DeviceOut)
@blp.doc(operationId="revokeDevice")
def revoke_device(data: dict[str, Any], device_id: str) -> Any:
    # Whoever may not manage devices can only report one lost, which ends it all the same.
    lost = data["lost"] if data["lost"] is not None else not _only_retired(data["reason"])
    with transaction() as current:
        device = devices.revoke(
            current, device_id, reason=data["reason"], lost=lost, by=actor(), at=utcnow()
        )
    end_now(device.id)
    return device


@blp.post("/<device_id>/commands")
@requires("device.manage")
@idempotent
@blp.arguments(CommandIn)
@blp.response(201, DeviceOut)
@blp.doc(operationId="commandDevice")
def command_device(data: dict[str, Any], device_id: str) -> Any:
    with transaction() as current:
        by = actor()
        device = devices.find(current, device_id, by=by, lock=True)
        devices.command(current, device, data["kind"], text=data["text"], by=by, at=utcnow())
    return device


def _only_retired(reason: str) -> bool:
    return any(word in reason.lower() for word in ("退役", "更换", "retired", "replaced"))
