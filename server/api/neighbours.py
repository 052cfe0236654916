"""Neighbour systems over HTTP: who hears of what, and what they were told."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.api.fields import Moment, Text, one_of
from server.db import session, transaction, utcnow
from server.http import actor, idempotent, requires, settings
from server.outgoing import events, webhooks

blp = Blueprint(
    "neighbours",
    __name__,
    url_prefix="/api/v1/neighbours",
    description="外部系统 Neighbour systems",
)
MOST = 200


class NeighbourIn(ma.Schema):
    name = Text(60, required=True)
    url = Text(500, required=True)
    kinds = ma.fields.List(one_of(*sorted(events.KINDS)), required=True)


class NeighbourOut(ma.Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    url = ma.fields.String()
    kinds = ma.fields.List(ma.fields.String())
    active = ma.fields.Boolean()
    disabled_reason = ma.fields.String(allow_none=True)
    previous_until_at = Moment(allow_none=True)
    created_at = Moment()


class AddedOut(NeighbourOut):
    #: shown once, to whoever adds the neighbour or changes its secret
    secret = ma.fields.String()


class ActiveIn(ma.Schema):
    active = ma.fields.Boolean(required=True)


class PageIn(ma.Schema):
    cursor = ma.fields.UUID(load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, MOST))


class DeliveryOut(ma.Schema):
    id = ma.fields.UUID()
    message_id = ma.fields.String()
    kind = ma.fields.String()
    payload = ma.fields.Dict()
    noted_at = Moment()
    due_at = Moment()
    tries = ma.fields.Integer()
    last_status = ma.fields.Integer(allow_none=True)
    last_error = ma.fields.String(allow_none=True)
    sent_at = Moment(allow_none=True)
    given_up_at = Moment(allow_none=True)


@blp.get("")
@requires("neighbour.manage", reading=True)
@blp.response(200)
@blp.doc(operationId="listNeighbours")
def list_neighbours() -> Any:
    rows = webhooks.endpoints(session(), actor().estate_id)
    return {"items": NeighbourOut(many=True).dump(rows), "next_cursor": None}


@blp.post("")
@requires("neighbour.manage")
@idempotent
@blp.arguments(NeighbourIn)
@blp.response(201, AddedOut)
@blp.doc(operationId="addNeighbour")
def add_neighbour(data: dict[str, Any]) -> Any:
    with transaction() as current:
        return webhooks.add(current, settings(), **data, by=actor(), at=utcnow())


@blp.post("/<uuid:neighbour_id>/secret")
@requires("neighbour.manage")
@idempotent
@blp.response(200, AddedOut)
@blp.doc(operationId="changeNeighbourSecret")
def change_secret(neighbour_id: uuid.UUID) -> Any:
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        webhooks.change_secret(current, endpoint, by=actor(), at=utcnow())
    return endpoint


@blp.post("/<uuid:neighbour_id>/active")
@requires("neighbour.manage")
@idempotent
@blp.arguments(ActiveIn)
@blp.response(200, NeighbourOut)
@blp.doc(operationId="switchNeighbour")
def switch(data: dict[str, Any], neighbour_id: uuid.UUID) -> Any:
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        webhooks.switch(current, endpoint, **data, by=actor(), at=utcnow())
    return endpoint


@blp.post("/<uuid:neighbour_id>/ping")
@requires("neighbour.manage")
@idempotent
@blp.response(202, NeighbourOut)
@blp.doc(operationId="pingNeighbour")
def ping(neighbour_id: uuid.UUID) -> Any:
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        webhooks.ping(current, endpoint, by=actor(), at=utcnow())
    return endpoint


@blp.get("/<uuid:neighbour_id>/deliveries")
@requires("neighbour.manage", reading=True)
@blp.arguments(PageIn, location="query")
@blp.response(200)
@blp.doc(operationId="listDeliveries")
def list_deliveries(page: dict[str, Any], neighbour_id: uuid.UUID) -> Any:
    endpoint = webhooks.find(session(), neighbour_id, by=actor())
    rows = webhooks.deliveries(
        session(), endpoint.id, before=page["cursor"], limit=page["limit"] + 1
    )
    shown = rows[: page["limit"]]
    more = len(rows) > page["limit"]
    return {
        "items": DeliveryOut(many=True).dump(shown),
        "next_cursor": str(shown[-1].id) if more else None,
    }


@blp.post("/<uuid:neighbour_id>/deliveries/<uuid:delivery_id>/replay")
@requires("neighbour.manage")
@idempotent
@blp.response(202, DeliveryOut)
@blp.doc(operationId="replayDelivery")
def replay(neighbour_id: uuid.UUID, delivery_id: uuid.UUID) -> Any:
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        return webhooks.replay(current, endpoint, delivery_id, by=actor(), at=utcnow())
