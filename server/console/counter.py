"""The counter (领用台): what waits to be handed out and taken back, and what everybody has in hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.custody import FateIn, OldPartIn, found_part, holder
from server.api.fields import Text
from server.api.stores import QtyIn, ReturnIn, read_quantity
from server.console import formats, forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.http import actor, requires
from server.keyset import read_place
from server.stores import old_parts, queries
from server.stores import operations as stores
from server.stores.models import StockLine
from server.work_orders import in_hand
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving, supplying

pages = Blueprint("counter", __name__)
PAGE = 50


class BroughtIn(OldPartIn):
    """An old part that is brought back, and of which order."""

    number = Text(20, required=True)


@pages.get("/stores")
@requires("stock.keep", reading=True)
def show() -> Any:
    """What is to be done at the counter now; `code`: what was scanned or typed."""
    return page()


@pages.post("/stores/lines/<line>/issue")
@requires("stock.issue")
def issue(line: str) -> Any:
    """Hand out material, lend a tool (ST2)."""

    def act(current: Session, order: WorkOrder, row: StockLine) -> str:
        qty = read_quantity(forms.loaded(QtyIn, forms.taken("qty"))["qty"])
        supplying.issue_stock(current, order, row, qty=qty, by=actor(), at=utcnow())
        return gettext("已领出 %(name)s × %(qty)s。", name=row.item.name, qty=formats.qty(qty))

    return _at_counter(lambda current: _on_line(current, line, act))


@pages.post("/stores/lines/<line>/return")
@requires("stock.issue")
def take_back(line: str) -> Any:
    """Take back what was not used (ST4)."""

    def act(current: Session, order: WorkOrder, row: StockLine) -> str:
        data = forms.loaded(ReturnIn, forms.taken("qty", "condition"))
        qty = read_quantity(data["qty"])
        supplying.take_back_stock(
            current, order, row, qty=qty, condition=data["condition"], by=actor(), at=utcnow()
        )
        return gettext("已收回 %(name)s × %(qty)s。", name=row.item.name, qty=formats.qty(qty))

    return _at_counter(lambda current: _on_line(current, line, act))


@pages.post("/stores/old-parts")
@requires("stock.issue")
def bring_old_part() -> Any:
    """An old part that a technician brings back is written down, with its fate or without yet."""

    def act(current: Session) -> str:
        data = forms.loaded(BroughtIn, forms.taken("number", "description", "qty", "fate"))
        order = moving.find_order(current, data.pop("number"), by=actor())
        qty = read_quantity(data.pop("qty"))
        supplying.take_out_part(current, order, qty=qty, **data, by=actor(), at=utcnow())
        return gettext("旧件已登记。")

    return _at_counter(act)


@pages.post("/stores/old-parts/<uuid:part_id>/hand-in")
@requires("stock.issue")
def hand_in(part_id: uuid.UUID) -> Any:
    """It is off the technician's hands, and what becomes of it."""

    def act(current: Session) -> str:
        fate = forms.loaded(FateIn, forms.taken("fate"))["fate"]
        order, part = found_part(current, part_id)
        old_parts.hand_in(current, part, order.number, fate=fate, by=actor(), at=utcnow())
        return gettext("旧件已交回。")

    return _at_counter(act)


@pages.get("/stores/people")
@requires("order.read")
def people() -> Any:
    """What everybody has in hand; whoever has a tool for too long stands first."""
    now = utcnow()
    things = in_hand.in_hand(session(), actor().estate_id)
    everybody = [list(those) for _, those in groupby(things, key=lambda one: one.holder_id)]
    everybody.sort(key=lambda those: not any(one.is_overdue(now) for one in those))
    return render_template(
        "stores_people.html",
        everybody=everybody,
        facts=in_hand.facts(things, now),
        at=now,
    )


@pages.get("/stores/people/<username>")
@requires("order.read")
def person(username: str) -> Any:
    """One person: what is in hand now, and the ledger."""
    current, now = session(), utcnow()
    found = holder(current, username)
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    leaf = queries.entries(current, found.id, limit=PAGE, **places)
    return render_template(
        "stores_person.html",
        holder=found,
        things=in_hand.in_hand(current, found.estate_id, holder_id=found.id),
        leaf=leaf,
        names=names_of(current, {row[0].by_id for row in leaf.rows if row[0].by_id}),
        turn=lambda **place: url_for("console.counter.person", username=username, **place),
        fresh_key=forms.fresh_key,
        at=now,
    )


def page(problem: Problem | None = None) -> str:
    """The counter, with a refusal on top."""
    current, by = session(), actor()
    code = (request.args.get("code") or "").strip()
    asked = in_hand.asked_for(current, by.estate_id)
    out = in_hand.in_hand(current, by.estate_id)
    if code:
        asked = [one for one in asked if _fits(code, _words_of_line(one))]
        back = [one for one in out if _fits(code, _words_of_thing(one))]
    else:
        back = [one for one in out if one.at_counter > 0]
    return render_template(
        "stores_counter.html",
        code=code,
        asked=_grouped(asked),
        asked_count=len(asked),
        back=_grouped_things(back),
        back_count=len(back),
        low=queries.low_count(current, by.estate_id),
        facts=in_hand.facts(out, utcnow()),
        fresh_key=forms.fresh_key,
        problem=problem,
        typed=request.form,
        at=utcnow(),
    )


def _fits(code: str, words: Sequence[str | None]) -> bool:
    wanted = code.casefold()
    return any(wanted in word.casefold() for word in words if word)


def _words_of_line(one: in_hand.Asked) -> Sequence[str]:
    item = one.line.item
    return (item.code, item.name, one.order_number, one.technician, one.line.number)


def _words_of_thing(one: in_hand.Thing) -> Sequence[str | None]:
    line = one.line.number if one.line else None
    return (one.item, one.name, one.order_number, one.holder, one.username, line)


def _grouped(rows: Sequence[in_hand.Asked]) -> list[tuple[str, list[in_hand.Asked]]]:
    return [(who, list(those)) for who, those in groupby(rows, key=lambda one: one.technician)]


def _grouped_things(rows: Sequence[in_hand.Thing]) -> list[tuple[str, list[in_hand.Thing]]]:
    return [(who, list(those)) for who, those in groupby(rows, key=lambda one: one.holder)]


def _on_line(
    current: Session, number: str, act: Callable[[Session, WorkOrder, StockLine], str]
) -> str:
    """Do it to a line, its order locked first."""
    found = stores.find_line(current, number, by=actor(), lock=False)
    order = current.get_one(
        WorkOrder, found.order_id, with_for_update={"of": WorkOrder}, populate_existing=True
    )
    return act(current, order, stores.find_line(current, number, by=actor()))


def _at_counter(act: Callable[[Session], str]) -> Any:
    """Do it once, say what was done, and stay at the counter; a refusal stands on top of it."""
    try:
        with transaction() as current:
            done = forms.answered_before(current)
            if done is None:
                done = act(current)
                forms.keep_answer(current, done)
    except NotFound:
        raise
    except Problem as problem:
        return page(problem), problem.status
    flash(done)
    back = request.form.get("back", "")
    if back.startswith("person:"):
        return redirect(
            url_for("console.counter.person", username=back.removeprefix("person:")), 303
        )
    return redirect(url_for("console.counter.show"), 303)
