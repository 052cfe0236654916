"""The open pool on the handheld: what may be taken, and taking it (docs/wire.md)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from field_app_api.identity import device_only, this_actor, this_device
from server.accounts.models import User
from server.api.fields import Moment
from server.db import session, transaction, utcnow
from server.errors import NotFound
from server.http import settings
from server.work_orders.operations import handing_out, moving
from server.work_orders.pool import pool_for

blp = Blueprint("field-pool", __name__, url_prefix="/field/v1", description="抢单 Open pool")


class PoolOrderOut(ma.Schema):
    """What somebody is shown of an order before it is his: the building, not the household."""

    number = ma.fields.String()
    category = ma.fields.String()
    urgency = ma.fields.String()
    content = ma.fields.String()
    building = ma.fields.Function(lambda order: order.unit.code.partition("栋")[0] + "栋")
    appointment_at = Moment(allow_none=True)


class PoolOut(ma.Schema):
    """The orders that this technician may take, the oldest first."""

    items = ma.fields.List(ma.fields.Nested(PoolOrderOut))


@blp.get("/pool")
@device_only
@blp.response(200, PoolOut)
@blp.doc(operationId="getPool")
def get_pool() -> Any:
    technician = _technician()
    return {"items": pool_for(session(), technician, settings().zone, at=utcnow())}


@blp.post("/pool/<number>/claim")
@device_only
@blp.response(204)
@blp.doc(operationId="claimOrder")
def claim_order(number: str) -> None:
    technician, by = _technician(), this_actor()
    with transaction() as current:
        order = moving.find_order(current, number, by=by)
        handing_out.claim(current, settings(), order, technician, by=by, at=utcnow())


def _technician() -> User:
    found = session().get(User, this_device().technician_id)
    if found is None:
        raise NotFound("no-technician", "手持机没有技工。", "The handheld has no technician.")
    return found
