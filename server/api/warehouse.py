"""The warehouse over HTTP: what it holds, what came and went, counts (ST1–ST5, X-013)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api.fields import Body, Moment, Text, one_of
from server.api.stores import QtyIn, read_quantity
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.http import actor, idempotent, requires, settings
from server.keyset import Leaf, read_place
from server.prices.pricing import read_qty
from server.stores import counting, keeping, ledger, queries
from server.stores.lifecycle import is_low

blp = Blueprint("warehouse", __name__, url_prefix="/api/v1", description="库存 Warehouse")
KINDS = ("material", "tool")


class ItemOut(ma.Schema):
    code = ma.fields.String()
    name = ma.fields.String()
    kind = ma.fields.String()
    unit = ma.fields.String()
    stock_qty = ma.fields.String()
    minimum_qty = ma.fields.String()
    low = ma.fields.Function(
        lambda row: is_low(row.stock_qty, row.minimum_qty), metadata={"type": "boolean"}
    )


class ItemIn(Body):
    code = ma.fields.String(
        required=True, validate=validate.Regexp(r"[A-Za-z0-9_.\-]{1,20}\Z", error="代码 a code")
    )
    name = Text(60, required=True)
    kind = one_of(*KINDS, required=True)
    unit = Text(10, required=True)
    minimum_qty = Text(12, load_default="0")
    stock_qty = Text(12, load_default="0")


class ItemPageIn(ma.Schema):
    low = ma.fields.Boolean(load_default=False)
    kind = one_of(*KINDS, load_default=None)
    q = Text(60, load_default="", blank=True)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(20, load_default=None)


class ItemPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ItemOut))
    next_cursor = ma.fields.String(allow_none=True)


class PlaceIn(ma.Schema):
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(80, load_default=None)


class MovementOut(ma.Schema):
    qty = ma.fields.String()
    balance_qty = ma.fields.String()
    reason = ma.fields.String()
    line = ma.fields.String(allow_none=True)
    note = ma.fields.String(allow_none=True)
    by_id = ma.fields.UUID(allow_none=True)
    at = Moment()


class MovementPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MovementOut))
    next_cursor = ma.fields.String(allow_none=True)


class ReceiptIn(QtyIn):
    note = Text(200, load_default="", blank=True)


class ScrapIn(QtyIn):
    reason = Text(200, required=True)


class MinimumIn(ma.Schema):
    minimum_qty = Text(12, required=True)


class CountedIn(Body):
    item = Text(20, required=True)
    counted = Text(12, required=True)
    expected = Text(12, load_default=None)
    reason = Text(120, load_default="", blank=True)


class CountIn(ma.Schema):
    lines = ma.fields.List(
        ma.fields.Nested(CountedIn), required=True, validate=validate.Length(min=1, max=500)
    )


class CountLineOut(ma.Schema):
    item = ma.fields.String()
    name = ma.fields.String()
    expected = ma.fields.String()
    counted = ma.fields.String()
    reason = ma.fields.String()


class CountOut(ma.Schema):
    number = ma.fields.String()
    at = Moment()
    by_id = ma.fields.UUID()
    lines = ma.fields.List(ma.fields.Nested(CountLineOut))
    differences = ma.fields.Integer()


class CountPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CountOut))
    next_cursor = ma.fields.String(allow_none=True)


@blp.get("/stock-items")
@requires("order.read")
@blp.arguments(ItemPageIn, location="query")
@blp.response(200, ItemPageOut)
@blp.doc(operationId="listStockItems")
def list_stock_items(wanted: dict[str, Any]) -> Any:
    found = queries.items(
        session(),
        actor().estate_id,
        low=wanted["low"],
        kind=wanted["kind"],
        words=wanted["q"],
        after=wanted["cursor"],
        limit=wanted["limit"],
    )
    return {"items": found.items, "next_cursor": found.next_code}


@blp.post("/stock-items")
@requires("stock.keep")
@idempotent
@blp.arguments(ItemIn)
@blp.response(201, ItemOut)
@blp.doc(operationId="addStockItem")
def add_stock_item(data: dict[str, Any]) -> Any:
    minimum = read_level(data.pop("minimum_qty"), name="minimum_qty")
    stock = read_level(data.pop("stock_qty"), name="stock_qty")
    with transaction() as current:
        return keeping.add_item(
            current, **data, minimum_qty=minimum, stock_qty=stock, by=actor(), at=utcnow()
        )


@blp.get("/stock-items/<code>")
@requires("order.read")
@blp.response(200, ItemOut)
@blp.doc(operationId="getStockItem")
def get_stock_item(code: str) -> Any:
    return ledger.find_item(session(), code, by=actor())


@blp.get("/stock-items/<code>/movements")
@requires("order.read")
@blp.arguments(PlaceIn, location="query")
@blp.response(200, MovementPageOut)
@blp.doc(operationId="listStockMovements")
def list_movements(wanted: dict[str, Any], code: str) -> Any:
    item = ledger.find_item(session(), code, by=actor())
    return told(queries.movements(session(), item.id, **turned(wanted)))


@blp.post("/stock-items/<code>/receipts")
@requires("stock.keep")
@idempotent
@blp.arguments(ReceiptIn)
@blp.response(201, MovementOut)
@blp.doc(operationId="receiveStock")
def receive_stock(data: dict[str, Any], code: str) -> Any:
    with transaction() as current:
        item = ledger.find_item(current, code, by=actor(), lock=True)
        qty = read_quantity(data["qty"])
        return keeping.receive(current, item, qty=qty, note=data["note"], by=actor(), at=utcnow())


@blp.post("/stock-items/<code>/scraps")
@requires("stock.keep")
@idempotent
@blp.arguments(ScrapIn)
@blp.response(201, MovementOut)
@blp.doc(operationId="scrapStock")
def scrap_stock(data: dict[str, Any], code: str) -> Any:
    with transaction() as current:
        item = ledger.find_item(current, code, by=actor(), lock=True)
        qty = read_quantity(data["qty"])
        return keeping.scrap(current, item, qty=qty, reason=data["reason"], by=actor(), at=utcnow())


@blp.post("/stock-items/<code>/minimum")
@requires("stock.keep")
@idempotent
@blp.arguments(MinimumIn)
@blp.response(200, ItemOut)
@blp.doc(operationId="setStockMinimum")
def set_minimum(data: dict[str, Any], code: str) -> Any:
    minimum = read_level(data["minimum_qty"], name="minimum_qty")
    with transaction() as current:
        item = ledger.find_item(current, code, by=actor(), lock=True)
        keeping.set_minimum(current, item, minimum_qty=minimum, by=actor(), at=utcnow())
        return item


@blp.get("/stock-counts")
@requires("stock.keep", reading=True)
@blp.arguments(PlaceIn, location="query")
@blp.response(200, CountPageOut)
@blp.doc(operationId="listStockCounts")
def list_counts(wanted: dict[str, Any]) -> Any:
    found = queries.counts(session(), actor().estate_id, **turned(wanted))
    return {"items": [row[0] for row in found.rows], "next_cursor": _older(found)}


@blp.post("/stock-counts")
@requires("stock.keep")
@idempotent
@blp.arguments(CountIn)
@blp.response(201, CountOut)
@blp.doc(operationId="countStock")
def count_stock(data: dict[str, Any]) -> Any:
    counted = [
        counting.Counted(
            code=line["item"],
            counted=read_level(line["counted"], name=line["item"]),
            expected=None
            if line["expected"] is None
            else read_level(line["expected"], name=line["item"]),
            reason=line["reason"],
        )
        for line in data["lines"]
    ]
    with transaction() as current:
        return counting.count(current, settings(), counted=counted, by=actor(), at=utcnow())


def read_level(text: str, *, name: str) -> Decimal:
    """A quantity that may be nothing, with at most two decimals. Raises Invalid about `name`."""
    level = Decimal(0) if text.strip().strip("0") in {"", "."} else read_qty(text)
    if level is None:
        raise Invalid(
            "bad-quantity",
            "数量须为零或正数,最多两位小数。",
            "A quantity is nothing or positive, with at most two decimals.",
            errors={name: [text]},
        )
    return level


def turned(wanted: dict[str, Any]) -> dict[str, Any]:
    """Limit and place of a keyset page, as the queries take them."""
    place = read_place(wanted["cursor"]) if wanted["cursor"] else None
    return {"limit": wanted["limit"], "after": place}


def told(found: Leaf) -> dict[str, Any]:
    """A page of one of the two books, each row with the number of its line."""
    return {
        "items": [_with_line(row[0], row.line) for row in found.rows],
        "next_cursor": _older(found),
    }


def _with_line(row: Any, line: str | None) -> dict[str, Any]:
    columns = row.__table__.columns.keys()
    return {**{name: getattr(row, name) for name in columns}, "line": line}


def _older(found: Leaf) -> str | None:
    return found.older.spelled() if found.older else None
