"""Where a handheld says how it is rung with the app closed (docs/wire.md)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from field_app_api.identity import device_only, revoked, this_device
from server.api.fields import Text
from server.db import session, transaction, utcnow
from server.devices.models import Device
from server.http import settings
from server.push import operations as push
from server.push.addresses import MOST_CHARACTERS
from server.push.keys import vapid_public_key
from server.push.models import PushSubscription

blp = Blueprint("field-push", __name__, url_prefix="/field/v1", description="手持机响铃 Ringing")


class KeysIn(ma.Schema):
    p256dh = Text(90, required=True)
    auth = Text(30, required=True)


class PushSubscriptionIn(ma.Schema):
    """A `PushSubscription` as browsers write it down."""

    endpoint = Text(MOST_CHARACTERS, required=True)
    keys = ma.fields.Nested(KeysIn, required=True)
    #: browsers send it, mostly null; whether it is over, the push service tells us
    expirationTime = ma.fields.Raw(allow_none=True)  # noqa: N815  # the browser's name


@blp.get("/push-subscription")
@device_only
@blp.response(200)
@blp.doc(operationId="getPushSubscription")
def get_push_subscription() -> Any:
    row = session().get(PushSubscription, this_device().id)
    return {
        "public_key": vapid_public_key(settings()),
        "endpoint": row.endpoint if row else None,
    }


@blp.put("/push-subscription")
@device_only
@blp.arguments(PushSubscriptionIn)
@blp.response(204)
@blp.doc(operationId="putPushSubscription")
def put_push_subscription(data: dict[str, Any]) -> None:
    device_id = this_device().id
    with transaction() as current:
        device = current.get(Device, device_id, with_for_update=True, populate_existing=True)
        if device is None or not device.works:
            raise revoked()  # a moment ago: it must not leave an address behind
        push.subscribe(
            current,
            settings(),
            device_id=device_id,
            endpoint=data["endpoint"],
            **data["keys"],
            at=utcnow(),
        )


@blp.delete("/push-subscription")
@device_only
@blp.response(204)
@blp.doc(operationId="deletePushSubscription")
def delete_push_subscription() -> None:
    with transaction() as current:
        push.forget(current, this_device().id)
