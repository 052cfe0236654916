"""The handheld's HTTP door, `/field/v1`: the same contract as over MQTT (docs/wire.md)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, jsonify, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from contracts import asyncapi, strict_json
from contracts.envelope import MAX_PAYLOAD_BYTES, ContractError
from field_app_api.identity import device_only, this_actor, this_device
from server import history
from server.accounts.models import User
from server.api.fields import Text
from server.broker_accounts import let_in
from server.checklist_runs import queries as runs
from server.db import session, transaction, utcnow
from server.devices import operations as devices
from server.devices.models import Device
from server.errors import Invalid, TooLarge
from server.evidence import queries as evidence
from server.fieldwork import delivery, inbox
from server.fieldwork.entitlement import order_had_by
from server.http import public, settings
from server.prices.queries import items_in_force
from server.work_orders.facts import missing_items

blp = Blueprint("field", __name__, url_prefix="/field/v1", description="手持机 Handheld")
MAX_EVENTS = 200
MAX_BATCH_BYTES = MAX_EVENTS * MAX_PAYLOAD_BYTES


class PairingIn(ma.Schema):
    code = Text(20, required=True)
    model = Text(60, load_default=None, allow_none=True)
    app_version = Text(40, load_default=None, allow_none=True)


@blp.post("/pairings")
@public("the pairing code is the proof; it works once")
@blp.arguments(PairingIn)
@blp.response(201)
@blp.doc(operationId="pairDevice", security=[])
def pair_device(data: dict[str, Any]) -> Any:
    with transaction() as current:
        device, token = devices.pair(current, **data, at=utcnow())
        technician = this_technician(current, device)
    password = devices.broker_password(device, settings().secret_key())
    let_in(device.id, password)
    chosen = settings()
    return {
        "device": device.id,
        "token": token,
        "technician": technician,
        "mqtt": {
            "host": chosen.mqtt_public_host or chosen.mqtt_host,
            "port": chosen.mqtt_port,
            "tls": chosen.mqtt_tls,
            "websocket_url": chosen.websocket_url,
            "client_id": device.id,
            "username": device.id,
            "password": password,
            "root": asyncapi.ROOT,
        },
    }


@blp.post("/events")
@device_only
@blp.response(200)
@blp.doc(operationId="sendEvents")
def send_events() -> Any:
    events = _read_batch()
    replies = []
    for event in events:
        reply = delivery.deliver(settings(), this_device().id, event)
        if reply is None:
            break
        replies.append(reply)
    return {"replies": replies}


@blp.get("/checklists/<code>/<int(max=2147483647):version>")
@device_only
@blp.response(200)
@blp.doc(operationId="getChecklist")
def get_checklist(code: str, version: int) -> Response:
    row = runs.template_body(session(), this_device().estate_id, code, version)
    response = jsonify(row.body)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.set_etag(row.content_hash)
    return response


@blp.get("/price-list")
@device_only
@blp.response(200)
@blp.doc(operationId="getPriceList")
def get_price_list() -> Any:
    today = utcnow().astimezone(settings().zone).date()
    items = items_in_force(session(), this_device().estate_id, today)
    return {
        "version": max((item.list_version for item in items), default=""),
        "items": [
            {
                "code": item.code,
                "name": {"zh": item.name_zh, "en": item.name_en},
                "category": item.category,
                "unit": item.unit,
                "price_fen": item.price_fen,
            }
            for item in items
        ],
    }


@blp.get("/orders/<number>/receipt")
@device_only
@blp.response(200)
@blp.doc(operationId="getReceipt")
def get_receipt(number: str) -> Any:
    by = this_actor()
    order = order_had_by(session(), by, number)
    return {
        "number": order.number,
        "version": order.version,
        "events": [
            row.event_id
            for row in inbox.events_of_order(session(), order.number)
            if row.device_id == by.device_id
        ],
        "steps": [
            {"step": row.step, "attempt": row.attempt, "status": row.status}
            for row in runs.results_of(session(), order.id)
        ],
        "photos": [
            {"sha256": p.sha256, "size": p.size_bytes, "step": p.step, "tag": p.tag}
            for p in evidence.photos_of(session(), order.id)
        ],
        "missing": [
            {"step": item.step, "tag": item.tag} for item in missing_items(session(), order)
        ],
        "chain_head": history.chain_head(session(), "order", order.number),
    }


def this_technician(current: Session, device: Device) -> dict[str, Any]:
    """Who holds the handheld, as the pairing answer names them."""
    user = current.get(User, device.technician_id)
    if user is None:
        return {"id": str(device.technician_id), "username": "", "name": ""}
    return {"id": str(user.id), "username": user.username, "name": user.name}


def _read_batch() -> list[Any]:
    request.max_content_length = MAX_BATCH_BYTES
    if (request.content_length or 0) > MAX_BATCH_BYTES:
        raise TooLarge("batch-too-large", "一次最多 200 条。", "At most 200 events at a time.")
    try:
        events = strict_json.parse(request.get_data(), most_bytes=MAX_BATCH_BYTES)
    except ContractError as error:
        raise Invalid("broken-json", error.zh, error.en, errors=error.errors) from error
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Invalid(
            "not-a-list",
            "须为事件列表。",
            "A list of events is expected.",
            errors={"_": ["[event, …]"]},
        )
    if len(events) > MAX_EVENTS:
        raise TooLarge("batch-too-large", "一次最多 200 条。", "At most 200 events at a time.")
    return events
