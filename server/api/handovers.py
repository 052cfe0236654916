"""The hand-over book over HTTP (F-21)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api.fields import Moment, Text
from server.db import session, transaction, utcnow
from server.handovers import operations, queries
from server.http import actor, idempotent, requires

blp = Blueprint("handovers", __name__, url_prefix="/api/v1/handovers", description="交接 Hand-over")


class OpenOrderOut(ma.Schema):
    number = ma.fields.String()
    state = ma.fields.String()
    what = ma.fields.String()


class StockOutOut(ma.Schema):
    line = ma.fields.String()
    item = ma.fields.String()
    qty = ma.fields.String()
    order = ma.fields.String()


class HandoverOut(ma.Schema):
    number = ma.fields.String()
    kind = ma.fields.String()
    from_name = ma.fields.String()
    to_name = ma.fields.String(allow_none=True)
    note = ma.fields.String()
    open_orders = ma.fields.List(ma.fields.Nested(OpenOrderOut))
    stock_out = ma.fields.List(ma.fields.Nested(StockOutOut))
    made_at = Moment()
    received_at = Moment()
    confirmed_by = ma.fields.UUID(allow_none=True)
    confirmed_at = Moment(allow_none=True)


class HandoverPageIn(ma.Schema):
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(20, load_default=None)
    unconfirmed = ma.fields.Boolean(load_default=False)


class HandoverPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HandoverOut))
    next_cursor = ma.fields.String(allow_none=True)


@blp.get("")
@requires("order.dispatch")
@blp.arguments(HandoverPageIn, location="query")
@blp.response(200, HandoverPageOut)
@blp.doc(operationId="listHandovers")
def list_handovers(wanted: dict[str, Any]) -> Any:
    items, next_cursor = queries.page(
        session(),
        by=actor(),
        limit=wanted["limit"],
        cursor=wanted["cursor"],
        unconfirmed_only=wanted["unconfirmed"],
    )
    return {"items": items, "next_cursor": next_cursor}


@blp.post("/<number>/confirm")
@requires("order.dispatch")
@idempotent
@blp.response(200, HandoverOut)
@blp.doc(operationId="confirmHandover")
def confirm_handover(number: str) -> Any:
    # Whoever dispatches what the shift left open is who takes it over.
    with transaction() as current:
        by = actor()
        handover = queries.find(current, number, by=by, lock=True)
        operations.confirm(current, handover, by=by, at=utcnow())
    return handover
