"""The technician's work list over HTTP, and whether it is another than last time (docs/wire.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from contracts.downlink import spelled
from field_app_api.identity import device_only, this_device
from server import history
from server.assets import queries as assets
from server.db import session, utcnow
from server.devices import operations as devices
from server.devices.models import Device, DeviceCommand
from server.estate.models import Estate
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.snapshot import snapshot

blp = Blueprint("field-orders", __name__, url_prefix="/field/v1", description="工单 Orders")
NOTICES_FOR = timedelta(days=7)


@blp.get("/orders")
@device_only
@blp.response(200)
@blp.alt_response(304, description="Not modified since the ETag that If-None-Match names")
@blp.doc(operationId="listFieldOrders")
def list_field_orders() -> Response:
    device, now = this_device(), utcnow()
    estate = session().get(Estate, device.estate_id)
    epoch = estate.epoch if estate else ""
    notices = devices.notices_of(session(), device, since=now - NOTICES_FOR)
    held = orders.field_orders(session(), device.technician_id)
    tag = work_list_tag(session(), device, epoch, held, notices)
    if request.if_none_match.contains_weak(tag):  # a proxy that compresses makes it a weak one
        response = Response(status=304)
    else:
        response = jsonify(
            items=[spelled(snapshot(session(), order)) for order in held],
            next_cursor=None,
            expected_seq=device.last_seq + 1,
            epoch=epoch,
            notices=[
                # The id of the command over MQTT as well, so that a notice is shown once.
                {"id": str(row.id), "text": row.text or "", "at": spelled(row.created_at)}
                for row in notices
            ],
            server_time=spelled(now),
        )
    response.set_etag(tag)
    return response


def work_list_tag(
    current: Session,
    device: Device,
    epoch: str,
    held: Sequence[WorkOrder],
    notices: Sequence[DeviceCommand],
) -> str:
    """What the list is made from, in 64 hex digits: another list, another tag.

    Nothing is rendered for it. The version alone would not do: a photo that arrives changes what
    is pending and raises none, but it is a row of the order's history like everything else. An
    asset has a version of its own. Customers, units and names in the store do not change.
    """
    heads = history.chain_heads(current, moving.SUBJECT, [order.number for order in held])
    known = assets.versions(current, {order.asset_id for order in held if order.asset_id})
    made_from = [
        epoch,
        device.last_seq,
        [str(row.id) for row in notices],
        [
            [
                order.number,
                order.version,
                heads.get(order.number),
                order.asset_id and known.get(order.asset_id),
            ]
            for order in held
        ],
    ]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()
