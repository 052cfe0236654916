"""Presence of a handheld over HTTP, for one that the network keeps away from the broker."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from contracts.envelope import MAX_PAYLOAD_BYTES, ContractError, PresenceSchema, read_presence
from contracts.json_schema import of_schema
from field_app_api.identity import device_only, revoked, this_device
from server.db import transaction, utcnow
from server.errors import Invalid
from server.fieldwork import contact, delivery
from server.http import settings

blp = Blueprint(
    "field_presence", __name__, url_prefix="/field/v1", description="手持机在线状态 Presence"
)
_BODY = {
    "required": True,
    "content": {"application/json": {"schema": of_schema(PresenceSchema(), is_open=False)}},
}


@blp.post("/presence")
@device_only
@blp.response(204)
@blp.doc(operationId="sendPresence", requestBody=_BODY)
def send_presence() -> Any:
    request.max_content_length = MAX_PAYLOAD_BYTES
    try:
        said = read_presence(request.get_data())
    except ContractError as error:
        raise Invalid(error.slug, error.zh, error.en, errors=error.errors) from error
    with transaction() as current:
        now = utcnow()
        if (device := delivery.working(current, this_device().id)) is None:
            raise revoked()  # a moment ago
        contact.note_presence(device, said, at=now)
        # Unlike a will or a retained message, this one was written just now.
        contact.judge_clock(current, settings(), device, said.at, at=now)
