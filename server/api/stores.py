"""The warehouse counter over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from server.api.fields import Text
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.http import actor, idempotent, requires
from server.prices.pricing import read_qty
from server.stores import lifecycle
from server.stores import operations as stores
from server.stores.models import StockLine
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import supplying

blp = Blueprint("stores", __name__, url_prefix="/api/v1", description="仓库 Stores")


class QtyIn(ma.Schema):
    qty = Text(12, required=True)


class ReturnIn(QtyIn):
    condition = Text(100, load_default="good")


class StockLineOut(ma.Schema):
    number = ma.fields.String()
    item = ma.fields.String(attribute="item.code")
    name = ma.fields.String(attribute="item.name")
    kind = ma.fields.String(attribute="item.kind")
    state = ma.fields.Function(
        lambda row: lifecycle.state(stores.quantities(row)), metadata={"type": "string"}
    )
    requested_qty = ma.fields.String()
    issued_qty = ma.fields.String()
    used_qty = ma.fields.String()
    returned_qty = ma.fields.String()
    lost_qty = ma.fields.String()
    handed_back_qty = ma.fields.Function(
        lambda row: str(stores.quantities(row).awaited), metadata={"type": "string"}
    )


@blp.get("/orders/<number>/stock-lines")
@requires("order.read")
@blp.response(200)
@blp.doc(operationId="listStockLines")
def list_stock_lines(number: str) -> Any:
    order = orders.get_order(session(), actor().estate_id, number)
    lines = stores.lines_of(session(), order.id)
    return {"items": StockLineOut(many=True).dump(lines), "next_cursor": None}


@blp.post("/stock-lines/<number>/issue")
@requires("stock.issue")
@idempotent
@blp.arguments(QtyIn)
@blp.response(200, StockLineOut)
@blp.doc(operationId="issueStock")
def issue_stock(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, line: StockLine, order: WorkOrder) -> None:
        supplying.issue_stock(
            current, order, line, qty=read_quantity(data["qty"]), by=actor(), at=utcnow()
        )

    return _change(number, act)


@blp.post("/stock-lines/<number>/return")
@requires("stock.issue")
@idempotent
@blp.arguments(ReturnIn)
@blp.response(200, StockLineOut)
@blp.doc(operationId="returnStock")
def return_stock(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, line: StockLine, order: WorkOrder) -> None:
        supplying.take_back_stock(
            current,
            order,
            line,
            qty=read_quantity(data["qty"]),
            condition=data["condition"],
            by=actor(),
            at=utcnow(),
        )

    return _change(number, act)


@blp.post("/stock-lines/<number>/loss-decision")
@requires("order.decide")
@idempotent
@blp.response(200, StockLineOut)
@blp.doc(operationId="decideStockLoss")
def decide_stock_loss(number: str) -> Any:
    def act(current: Session, line: StockLine, order: WorkOrder) -> None:
        supplying.decide_loss(current, order, line, by=actor(), at=utcnow())

    return _change(number, act)


def _change(number: str, act: Callable[[Session, StockLine, WorkOrder], None]) -> StockLine:
    with transaction() as current:
        by = actor()
        found = stores.find_line(current, number, by=by, lock=False)
        # The order is locked first, then the line, as on the technician's side: no deadlock.
        order = current.get_one(
            WorkOrder,
            found.order_id,
            with_for_update={"of": WorkOrder},
            populate_existing=True,
        )
        line = stores.find_line(current, number, by=by)
        act(current, line, order)
    return line


def read_quantity(text: str) -> Decimal:
    """A positive quantity with at most two decimals. Raises Invalid."""
    qty = read_qty(text)
    if qty is None:
        raise Invalid(
            "bad-quantity",
            "数量须为正数,最多两位小数。",
            "A quantity is positive with at most two decimals.",
            errors={"qty": [text]},
        )
    return qty
