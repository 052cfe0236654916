"""The warehouse's pages: items with their levels, one item with its movements, the count."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.stores import read_quantity
from server.api.warehouse import ItemIn, MinimumIn, ReceiptIn, ScrapIn, read_level
from server.console import exports, forms, saved_filters
from server.console.export_columns import stock_columns
from server.console.list_filters import STOCK, spelled
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, NotFound, Problem
from server.http import actor, requires, settings
from server.keyset import read_place
from server.stores import counting, keeping, ledger, queries
from server.stores.models import StockItem

pages = Blueprint("warehouse", __name__)
PAGE = 50
COUNTED_AT_ONCE = 100
KINDS = ("material", "tool")


class Row(NamedTuple):
    """One item of a count that is about to be confirmed."""

    item: StockItem
    counted: Decimal
    expected: Decimal
    reason: str

    @property
    def difference(self) -> Decimal:
        """What is there too many (positive) or missing (negative)."""
        return self.counted - self.item.stock_qty


@pages.get("/stores/items")
@requires("order.read")
def items() -> Any:
    """What the warehouse keeps, with bars against the minimum."""
    if (opening := saved_filters.opening(STOCK)) is not None:
        return redirect(opening, 303)
    return _items_page()


@pages.get("/stores/items/export.<form>")
@requires("order.read")
def export(form: str) -> Response:
    """Every item that the filter of the address asks for."""
    chosen = _chosen()

    def turn(place: str | None) -> exports.Turned:
        page = _found(chosen, exports.CHUNK, place)
        return page.items, page.next_code

    with snapshot():
        return exports.sent("stock", form, stock_columns(), exports.every(turn))


@pages.post("/stores/new-item")
@requires("stock.keep")
def add() -> Any:
    """A new material or tool."""
    try:
        with transaction() as current:
            code = forms.answered_before(current)
            if code is None:
                data = forms.loaded(
                    ItemIn,
                    forms.taken("code", "name", "kind", "unit", "minimum_qty", "stock_qty"),
                )
                minimum = read_level(data.pop("minimum_qty"), name="minimum_qty")
                stock = read_level(data.pop("stock_qty"), name="stock_qty")
                item = keeping.add_item(
                    current, **data, minimum_qty=minimum, stock_qty=stock, by=actor(), at=utcnow()
                )
                code = item.code
                forms.keep_answer(current, code)
    except Problem as problem:
        return _items_page(problem), problem.status
    flash(gettext("已新增物品。"))
    return redirect(url_for("console.warehouse.item", code=code), 303)


@pages.get("/stores/items/<code>")
@requires("order.read")
def item(code: str) -> Any:
    """One item and all its movements."""
    return _item_page(code)


@pages.post("/stores/items/<code>/receipts")
@requires("stock.keep")
def receive(code: str) -> Any:
    """New stock has come."""

    def act(current: Session, found: StockItem) -> None:
        data = forms.loaded(ReceiptIn, forms.taken("qty", "note"))
        qty = read_quantity(data["qty"])
        keeping.receive(current, found, qty=qty, note=data["note"], by=actor(), at=utcnow())

    return _change(code, act, done=gettext("已入库。"))


@pages.post("/stores/items/<code>/scraps")
@requires("stock.keep")
def scrap(code: str) -> Any:
    """Broken or out of date: it leaves for good."""

    def act(current: Session, found: StockItem) -> None:
        data = forms.loaded(ScrapIn, forms.taken("qty", "reason"))
        qty = read_quantity(data["qty"])
        keeping.scrap(current, found, qty=qty, reason=data["reason"], by=actor(), at=utcnow())

    return _change(code, act, done=gettext("已报废。"))


@pages.post("/stores/items/<code>/minimum")
@requires("stock.keep")
def set_minimum(code: str) -> Any:
    """From how many on the storekeeper is told to refill (X-013)."""

    def act(current: Session, found: StockItem) -> None:
        data = forms.loaded(MinimumIn, forms.taken("minimum_qty"))
        minimum = read_level(data["minimum_qty"], name="minimum_qty")
        keeping.set_minimum(current, found, minimum_qty=minimum, by=actor(), at=utcnow())

    return _change(code, act, done=gettext("下限已改。"))


@pages.get("/stores/count")
@requires("stock.keep", reading=True)
def count() -> Any:
    """Enter what is there, and the counts of before."""
    return _count_page()


@pages.post("/stores/count/check")
@requires("stock.keep")
def check() -> Any:
    """Show what differs before anything is written down."""
    try:
        rows = _rows_of_form(session())
    except Problem as problem:
        return _count_page(problem), problem.status
    return _check_page(rows)


@pages.post("/stores/count")
@requires("stock.keep")
def confirm() -> Any:
    """The count as it was shown is written down, and the book put right."""
    try:
        with transaction() as current:
            number = forms.answered_before(current)
            if number is None:
                counted = [
                    counting.Counted(
                        code=row.item.code,
                        counted=row.counted,
                        expected=row.expected,
                        reason=row.reason,
                    )
                    for row in _rows_of_form(current)
                ]
                found = counting.count(
                    current, settings(), counted=counted, by=actor(), at=utcnow()
                )
                number = found.number
                forms.keep_answer(current, number)
    except Problem as problem:
        return _check_page(_rows_of_form(session()), problem), problem.status
    flash(gettext("盘点 %(number)s 已记下。", number=number))
    return redirect(url_for("console.warehouse.counted", number=number), 303)


@pages.get("/stores/counts/<number>")
@requires("stock.keep", reading=True)
def counted(number: str) -> Any:
    """One count: where the alert of a difference leads to."""
    found = queries.find_count(session(), number, by=actor())
    return render_template(
        "stores_counted.html", count=found, names=names_of(session(), {found.by_id})
    )


def _chosen() -> dict[str, str]:
    """The words of the address, without empty ones."""
    words = (request.args.get("q") or "").strip()[:60]
    low = "1" if "low" in request.args else ""
    told = {"q": words, "kind": request.args.get("kind") or "", "low": low}
    return {name: word for name, word in told.items() if word}


def _found(chosen: dict[str, str], limit: int, after: str | None) -> queries.Items:
    kind = chosen.get("kind")
    return queries.items(
        session(),
        actor().estate_id,
        low="low" in chosen,
        kind=kind if kind in KINDS else None,
        words=chosen.get("q", ""),
        after=after,
        limit=limit,
    )


def _items_page(problem: Problem | None = None) -> str:
    chosen = _chosen()
    found = _found(chosen, PAGE, request.args.get("after"))
    return render_template(
        "stores_items.html",
        found=found,
        chosen=chosen,
        kept=saved_filters.kept(STOCK, chosen),
        query=spelled(chosen),
        turn=lambda **place: f"/stores/items?{spelled({**chosen, **place})}",
        low_count=queries.low_count(session(), actor().estate_id),
        fresh_key=forms.fresh_key,
        problem=problem,
        typed=request.form,
    )


def _item_page(code: str, problem: Problem | None = None) -> str:
    found = ledger.find_item(session(), code, by=actor())
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    leaf = queries.movements(session(), found.id, limit=PAGE, **places)
    return render_template(
        "stores_item.html",
        item=found,
        leaf=leaf,
        names=names_of(session(), {row[0].by_id for row in leaf.rows if row[0].by_id}),
        turn=lambda **place: url_for("console.warehouse.item", code=code, **place),
        fresh_key=forms.fresh_key,
        problem=problem,
        typed=request.form,
    )


def _count_page(problem: Problem | None = None) -> str:
    words = (request.args.get("q") or "").strip()[:60]
    found = queries.items(
        session(),
        actor().estate_id,
        words=words,
        after=request.args.get("after"),
        limit=COUNTED_AT_ONCE,
    )
    before = queries.counts(session(), actor().estate_id, limit=10)
    counts = [row[0] for row in before.rows]
    return render_template(
        "stores_count.html",
        found=found,
        words=words,
        counts=counts,
        names=names_of(session(), {one.by_id for one in counts}),
        problem=problem,
        typed=request.form,
    )


def _check_page(rows: list[Row], problem: Problem | None = None) -> str:
    return render_template(
        "stores_check.html",
        rows=rows,
        differing=sum(1 for row in rows if row.difference),
        once=forms.fresh_key(),
        problem=problem,
    )


def _rows_of_form(current: Session) -> list[Row]:
    """What was counted, item by item; an empty field was not counted. Raises Invalid."""
    rows = []
    for name, text in request.form.items():
        prefix, _, code = name.partition(":")
        if prefix != "counted" or not text.strip():
            continue
        found = ledger.find_item(current, code, by=actor())
        number = read_level(text.strip(), name=code)
        expected = request.form.get(f"expected:{code}", "").strip() or str(found.stock_qty)
        rows.append(
            Row(
                item=found,
                counted=number,
                expected=read_level(expected, name=code),
                reason=request.form.get(f"reason:{code}", "").strip()[:120],
            )
        )
    if not rows:
        raise Invalid("bad-count", "没有盘点任何物品。", "Nothing was counted.")
    return rows


def _change(code: str, act: Callable[[Session, StockItem], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            found = ledger.find_item(current, code, by=actor(), lock=True)
            if forms.answered_before(current) is None:
                act(current, found)
                forms.keep_answer(current, code)
    except NotFound:
        raise
    except Problem as problem:
        return _item_page(code, problem), problem.status
    flash(done)
    return redirect(url_for("console.warehouse.item", code=code), 303)
