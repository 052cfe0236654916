"""What the technician has in hand, for his handheld (docs/wire.md)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from field_app_api.identity import device_only, this_device
from server.api.fields import Moment
from server.db import session, utcnow
from server.work_orders.in_hand import in_hand

blp = Blueprint("field-custody", __name__, url_prefix="/field/v1", description="我的物品 In hand")


class FieldThingOut(ma.Schema):
    """Material, a tool or an old part that this technician answers for."""

    kind = ma.fields.String()
    item = ma.fields.String(allow_none=True)
    name = ma.fields.String()
    qty = ma.fields.String()
    unit = ma.fields.String()
    at_counter = ma.fields.String()
    order = ma.fields.String(attribute="order_number")
    since = Moment()
    due_at = Moment(allow_none=True)
    overdue = ma.fields.Function(lambda one: one.is_overdue(utcnow()), metadata={"type": "boolean"})


class FieldCustodyOut(ma.Schema):
    """Everything in hand, tools first."""

    items = ma.fields.List(ma.fields.Nested(FieldThingOut))
    server_time = Moment()


@blp.get("/custody")
@device_only
@blp.response(200, FieldCustodyOut)
@blp.doc(operationId="getFieldCustody")
def get_custody() -> Any:
    device = this_device()
    things = in_hand(session(), device.estate_id, holder_id=device.technician_id)
    return {"items": things, "server_time": utcnow()}
