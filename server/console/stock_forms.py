"""The warehouse counter on the order's page: handing out, taking back, deciding on a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from server.api.stores import QtyIn, ReturnIn
from server.console import forms
from server.console.order_forms import change
from server.console.wording import gettext
from server.db import utcnow
from server.errors import Invalid, NotFound
from server.http import actor, requires
from server.prices.pricing import read_qty
from server.stores import operations as stores
from server.stores.models import StockLine
from server.work_orders.models import WorkOrder
from server.work_orders.operations import supplying

pages = Blueprint("stock", __name__)


@pages.post("/orders/<number>/stock/<line>/issue")
@requires("stock.issue")
def issue(number: str, line: str) -> Any:
    """Hand out material, lend a tool (ST2)."""

    def act(current: Session, order: WorkOrder, row: StockLine) -> None:
        qty = _qty(forms.loaded(QtyIn, forms.taken("qty"))["qty"])
        supplying.issue_stock(current, order, row, qty=qty, by=actor(), at=utcnow())

    return _on_line(number, line, act, done=gettext("已领出。"))


@pages.post("/orders/<number>/stock/<line>/return")
@requires("stock.issue")
def take_back(number: str, line: str) -> Any:
    """Take back what was not used (ST4)."""

    def act(current: Session, order: WorkOrder, row: StockLine) -> None:
        data = forms.loaded(ReturnIn, forms.taken("qty", "condition"))
        supplying.take_back_stock(
            current,
            order,
            row,
            qty=_qty(data["qty"]),
            condition=data["condition"],
            by=actor(),
            at=utcnow(),
        )

    return _on_line(number, line, act, done=gettext("已收回。"))


@pages.post("/orders/<number>/stock/<line>/loss")
@requires("order.decide")
def decide_loss(number: str, line: str) -> Any:
    """A manager's word on a loss frees the write-off (ST5)."""

    def act(current: Session, order: WorkOrder, row: StockLine) -> None:
        supplying.decide_loss(current, order, row, by=actor(), at=utcnow())

    return _on_line(number, line, act, done=gettext("已决定。"))


def _on_line(
    number: str, line: str, act: Callable[[Session, WorkOrder, StockLine], None], *, done: str
) -> Any:
    def on_order(current: Session, order: WorkOrder) -> None:
        row = stores.find_line(current, line, by=actor())
        if row.order_id != order.id:
            raise NotFound("no-such-line", "没有这一行。", "There is no such line.")
        act(current, order, row)

    return change(number, on_order, done=done)


def _qty(text: str) -> Any:
    qty = read_qty(text)
    if qty is None:
        raise Invalid(
            "bad-quantity",
            "数量须为正数,最多两位小数。",
            "A quantity is positive with at most two decimals.",
            errors={"qty": [gettext("须为正数")]},
        )
    return qty
