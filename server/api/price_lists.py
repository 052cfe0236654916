"""Versions of the price list over HTTP (F-03): drafted by one, approved by another."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from contracts import vocabulary as words
from server.api.fields import Body, Moment, Text, one_of
from server.db import session, transaction, utcnow
from server.http import actor, idempotent, requires, settings
from server.prices import operations, queries, versions
from server.prices.models import PriceItem, PriceList

blp = Blueprint(
    "price-lists", __name__, url_prefix="/api/v1/price-lists", description="价目表 Price lists"
)
#: 100,000 yuan for one unit: more is a slip of the finger
MOST_FEN = 10_000_000


class PriceItemIn(Body):
    """One line of the list."""

    code = Text(20, required=True)
    name_zh = Text(60, required=True)
    name_en = Text(60, required=True)
    category = one_of(*words.Category, required=True)
    unit = Text(10, required=True)
    labour_fen = ma.fields.Integer(load_default=0, validate=validate.Range(min=0, max=MOST_FEN))
    material_fen = ma.fields.Integer(load_default=0, validate=validate.Range(min=0, max=MOST_FEN))
    warranty_months = ma.fields.Integer(load_default=0, validate=validate.Range(min=0, max=240))


class PriceItemOut(ma.Schema):
    code = ma.fields.String()
    name_zh = ma.fields.String()
    name_en = ma.fields.String()
    category = ma.fields.String()
    unit = ma.fields.String()
    labour_fen = ma.fields.Integer()
    material_fen = ma.fields.Integer()
    price_fen = ma.fields.Integer()
    warranty_months = ma.fields.Integer()
    valid_from = ma.fields.Date()
    valid_until = ma.fields.Date(allow_none=True)


class PriceListDraftIn(Body):
    """When a version begins, and why there is one."""

    valid_from = ma.fields.Date(required=True)
    note = Text(400, load_default=None)


class PriceListReasonIn(ma.Schema):
    """Why it is given back or up."""

    reason = Text(400, required=True)


class PriceListOut(ma.Schema):
    version = ma.fields.String()
    state = ma.fields.String()
    valid_from = ma.fields.Date()
    note = ma.fields.String(allow_none=True)
    drafted_by = ma.fields.UUID(allow_none=True)
    drafted_at = Moment()
    approved_by = ma.fields.UUID(allow_none=True)
    approved_at = Moment(allow_none=True)


class PriceChangeOut(ma.Schema):
    code = ma.fields.String()
    what = ma.fields.String()
    by_fen = ma.fields.Integer()
    before = ma.fields.Nested(PriceItemOut, allow_none=True)
    after = ma.fields.Nested(PriceItemOut, allow_none=True)


class PriceListWholeOut(PriceListOut):
    """A version with its items and what it changes against the list before it."""

    items = ma.fields.List(ma.fields.Nested(PriceItemOut))
    changes = ma.fields.List(ma.fields.Nested(PriceChangeOut))


class PriceListsOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PriceListOut))
    next_cursor = ma.fields.String(allow_none=True)


class PriceDayIn(ma.Schema):
    on = ma.fields.Date(load_default=None)


class PriceListOfDayOut(ma.Schema):
    version = ma.fields.String()
    items = ma.fields.List(ma.fields.Nested(PriceItemOut))


@blp.get("")
@requires("order.read", reading=True)
@blp.response(200, PriceListsOut)
@blp.doc(operationId="listPriceLists")
def list_price_lists() -> Any:
    # A few versions in a year: one page holds them all.
    return {"items": queries.lists(session(), actor().estate_id), "next_cursor": None}


@blp.get("/in-force")
@requires("order.read", reading=True)
@blp.arguments(PriceDayIn, location="query")
@blp.response(200, PriceListOfDayOut)
@blp.doc(operationId="getPriceListOfDay")
def get_price_list_of_day(wanted: dict[str, Any]) -> Any:
    day = wanted["on"] or utcnow().astimezone(settings().zone).date()
    items = queries.items_in_force(session(), actor().estate_id, day)
    return {"version": max((one.list_version for one in items), default=""), "items": items}


@blp.post("")
@requires("price_list.publish")
@idempotent
@blp.arguments(PriceListDraftIn)
@blp.response(201, PriceListWholeOut)
@blp.doc(operationId="draftPriceList")
def draft_price_list(data: dict[str, Any]) -> Any:
    with transaction() as current:
        row = operations.draft(current, settings(), **data, by=actor(), at=utcnow())
        return whole(row)


@blp.get("/<version>")
@requires("order.read", reading=True)
@blp.response(200, PriceListWholeOut)
@blp.doc(operationId="getPriceListVersion")
def get_price_list(version: str) -> Any:
    return whole(queries.find(session(), version, by=actor()))


@blp.post("/<version>")
@requires("price_list.publish")
@idempotent
@blp.arguments(PriceListDraftIn)
@blp.response(200, PriceListWholeOut)
@blp.doc(operationId="redatePriceList")
def redate_price_list(data: dict[str, Any], version: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor(), lock=True)
        operations.redate(current, settings(), row, **data, by=actor(), at=utcnow())
        return whole(row)


@blp.post("/<version>/items")
@requires("price_list.publish")
@idempotent
@blp.arguments(PriceItemIn)
@blp.response(200, PriceItemOut)
@blp.doc(operationId="setPriceItem")
def set_price_item(data: dict[str, Any], version: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor(), lock=True)
        code = data.pop("code")
        return operations.set_item(current, row, code=code, facts=data, by=actor(), at=utcnow())


@blp.post("/<version>/items/<code>/end")
@requires("price_list.publish")
@idempotent
@blp.response(200, PriceListWholeOut)
@blp.doc(operationId="endPriceItem")
def end_price_item(version: str, code: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor(), lock=True)
        operations.end_item(current, row, code=code, by=actor(), at=utcnow())
        return whole(row)


@blp.post("/<version>/submission")
@requires("price_list.publish")
@idempotent
@blp.response(200, PriceListOut)
@blp.doc(operationId="submitPriceList")
def submit_price_list(version: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor(), lock=True)
        operations.submit(current, settings(), row, by=actor(), at=utcnow())
        return row


@blp.post("/<version>/return")
@requires("price_list.publish")
@idempotent
@blp.arguments(PriceListReasonIn)
@blp.response(200, PriceListOut)
@blp.doc(operationId="returnPriceList")
def return_price_list(data: dict[str, Any], version: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor(), lock=True)
        operations.hand_back(current, row, **data, by=actor(), at=utcnow())
        return row


@blp.post("/<version>/approval")
@requires("price_list.publish")
@idempotent
@blp.response(200, PriceListOut)
@blp.doc(operationId="approvePriceList")
def approve_price_list(version: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor())
        operations.approve(current, settings(), row, by=actor(), at=utcnow())
        return row


@blp.post("/<version>/withdrawal")
@requires("price_list.publish")
@idempotent
@blp.arguments(PriceListReasonIn)
@blp.response(200, PriceListOut)
@blp.doc(operationId="withdrawPriceList")
def withdraw_price_list(data: dict[str, Any], version: str) -> Any:
    with transaction() as current:
        row = queries.find(current, version, by=actor(), lock=True)
        operations.withdraw(current, row, **data, by=actor(), at=utcnow())
        return row


def whole(row: PriceList) -> dict[str, Any]:
    """A version, its items and what it changes."""
    items = queries.items_of(session(), row.estate_id, row.version)
    named = {name: getattr(row, name) for name in PriceListOut().fields}
    return {**named, "items": items, "changes": changes(row, items)}


def changes(row: PriceList, items: list[PriceItem]) -> list[versions.Difference]:
    """Against the list that is in force the day before."""
    before = queries.list_before(session(), row)
    return versions.compare([one.compared for one in before], [one.compared for one in items])
