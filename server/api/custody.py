"""What people have in hand over HTTP: ledgers, and the old parts they bring back."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.queries import find_user
from server.api.fields import Body, Moment, Text, one_of
from server.api.stores import read_quantity
from server.api.warehouse import PlaceIn, told, turned
from server.db import session, transaction, utcnow
from server.errors import NotFound
from server.http import actor, idempotent, requires
from server.stores import old_parts, queries
from server.stores.lifecycle import Fate
from server.stores.models import OldPart
from server.work_orders import in_hand
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving, supplying

blp = Blueprint("custody", __name__, url_prefix="/api/v1", description="保管 Custody")


class ThingOut(ma.Schema):
    kind = ma.fields.String()
    item = ma.fields.String(allow_none=True)
    name = ma.fields.String()
    qty = ma.fields.String()
    unit = ma.fields.String()
    order = ma.fields.String(attribute="order_number")
    line = ma.fields.String(attribute="line.number", dump_default=None)
    old_part = ma.fields.UUID(attribute="part.id", dump_default=None)
    since = Moment()
    due_at = Moment(allow_none=True)
    overdue = ma.fields.Function(lambda one: one.is_overdue(utcnow()), metadata={"type": "boolean"})


class CustodyEntryOut(ma.Schema):
    kind = ma.fields.String()
    description = ma.fields.String()
    qty = ma.fields.String()
    reason = ma.fields.String()
    line = ma.fields.String(allow_none=True)
    by_id = ma.fields.UUID(allow_none=True)
    at = Moment()


class CustodyOut(ma.Schema):
    username = ma.fields.String()
    name = ma.fields.String()
    in_hand = ma.fields.List(ma.fields.Nested(ThingOut))
    entries = ma.fields.List(ma.fields.Nested(CustodyEntryOut))
    next_cursor = ma.fields.String(allow_none=True)


class OldPartIn(Body):
    description = Text(120, required=True)
    qty = Text(12, load_default="1")
    fate = one_of(*Fate, load_default=None)


class FateIn(ma.Schema):
    fate = one_of(*Fate, required=True)


class OldPartOut(ma.Schema):
    id = ma.fields.UUID()
    description = ma.fields.String()
    qty = ma.fields.String()
    taken_out_at = Moment()
    handed_in_at = Moment(allow_none=True)
    fate = ma.fields.String(allow_none=True)


class OldPartsOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OldPartOut))
    next_cursor = ma.fields.String(allow_none=True)


@blp.get("/custody")
@requires("account.self")
@blp.arguments(PlaceIn, location="query")
@blp.response(200, CustodyOut)
@blp.doc(operationId="getOwnCustody")
def own_custody(wanted: dict[str, Any]) -> Any:
    user = session().get_one(User, actor().user_id)
    return _ledger(user, wanted)


@blp.get("/custody/<username>")
@requires("order.read")
@blp.arguments(PlaceIn, location="query")
@blp.response(200, CustodyOut)
@blp.doc(operationId="getCustody")
def custody_of(wanted: dict[str, Any], username: str) -> Any:
    return _ledger(holder(session(), username), wanted)


@blp.get("/orders/<number>/old-parts")
@requires("order.read")
@blp.response(200, OldPartsOut)
@blp.doc(operationId="listOldParts")
def list_old_parts(number: str) -> Any:
    order = orders.get_order(session(), actor().estate_id, number)
    return {"items": old_parts.parts_of(session(), order.id), "next_cursor": None}


@blp.post("/orders/<number>/old-parts")
@requires("stock.issue")
@idempotent
@blp.arguments(OldPartIn)
@blp.response(201, OldPartOut)
@blp.doc(operationId="addOldPart")
def add_old_part(data: dict[str, Any], number: str) -> Any:
    qty = read_quantity(data.pop("qty"))
    with transaction() as current:
        order = moving.find_order(current, number, by=actor())
        return supplying.take_out_part(current, order, qty=qty, **data, by=actor(), at=utcnow())


@blp.post("/old-parts/<uuid:part_id>/hand-in")
@requires("stock.issue")
@idempotent
@blp.arguments(FateIn)
@blp.response(200, OldPartOut)
@blp.doc(operationId="handInOldPart")
def hand_in_old_part(data: dict[str, Any], part_id: uuid.UUID) -> Any:
    with transaction() as current:
        order, part = found_part(current, part_id)
        old_parts.hand_in(current, part, order.number, fate=data["fate"], by=actor(), at=utcnow())
        return part


def found_part(current: Session, part_id: uuid.UUID) -> tuple[WorkOrder, OldPart]:
    """An old part with its order, both locked, the order first. Raises NotFound."""
    part = old_parts.find_part(current, part_id, by=actor())
    order = current.get_one(
        WorkOrder, part.order_id, with_for_update={"of": WorkOrder}, populate_existing=True
    )
    return order, old_parts.find_part(current, part_id, by=actor(), lock=True)


def holder(current: Session, username: str) -> User:
    """Whose ledger is asked for. Raises NotFound."""
    user = find_user(current, actor().estate_id, username)
    if user is None:
        raise NotFound("no-such-user", "没有这个人。", "There is nobody of that name.")
    return user


def _ledger(user: User, wanted: dict[str, Any]) -> dict[str, Any]:
    page = told(queries.entries(session(), user.id, **turned(wanted)))
    return {
        "username": user.username,
        "name": user.name,
        "in_hand": in_hand.in_hand(session(), user.estate_id, holder_id=user.id),
        "entries": page["items"],
        "next_cursor": page["next_cursor"],
    }
