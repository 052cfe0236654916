"""The lists of orders and requests: filtered by the address, turned by key, with saved filters."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request

from server.accounts.queries import technicians_of
from server.api.fields import Text
from server.console import forms, list_filters, saved_filters
from server.console.formats import timer
from server.console.labels import named
from server.console.list_filters import ORDERS, REQUESTS, NothingFits
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Invalid, Problem
from server.filters import operations as filters
from server.http import actor, level, requires
from server.keyset import Leaf, read_place
from server.requests import listing as requests
from server.work_orders import listing as orders

pages = Blueprint("lists", __name__)
PAGE = 50
#: letters of a filter's address that the table holds
LONGEST = 1000
EMPTY = Leaf(rows=[], newer=None, older=None)
DOES = frozenset("DA")
_TABLES = ("order_state", "request_state", "category", "urgency", "qa", "kind", "channel")


class FilterIn(ma.Schema):
    """The name under which a filter is kept."""

    name = Text(40, required=True)


@pages.get("/orders")
@requires("order.read", reading=True)
def show_orders() -> Any:
    """Orders by any filter, the last changed first."""
    return _list(ORDERS)


@pages.get("/requests")
@requires("request.read", reading=True)
def show_requests() -> Any:
    """Requests by any filter, the last registered first."""
    return _list(REQUESTS)


@pages.post("/filters/<path:list_name>")
@requires("account.self")
def save(list_name: str) -> Any:
    """Keep the filter of the page under a name."""
    _known(list_name)
    name = forms.loaded(FilterIn, forms.taken("name"))["name"]
    # Only what a list understands is kept: the address comes back as a link, for others too.
    words = list_filters.chosen(list_name, request.form)
    query = list_filters.spelled(words) or "state=open"
    if len(query) > LONGEST:
        raise Invalid("bad-filter", "筛选条件太长。", "The filter is too long to be kept.")
    with transaction() as current:
        filters.save(
            current,
            list_name=list_name,
            name=name,
            query=query,
            shared="shared" in request.form,
            is_default="default" in request.form,
            by=actor(),
            at=utcnow(),
        )
    flash(gettext("筛选「%(name)s」已保存。", name=name))
    return redirect(address(list_name, words), 303)


@pages.post("/filters/<uuid:filter_id>/remove")
@requires("account.self")
def remove(filter_id: uuid.UUID) -> Any:
    """Let go of one's own filter."""
    with transaction() as current:
        gone = filters.remove(current, filter_id, by=actor())
    flash(gettext("筛选「%(name)s」已删除。", name=gone.name))
    return redirect(address(gone.list_name, {"state": "open"}), 303)


def address(list_name: str, words: dict[str, str]) -> str:
    """The page of a list with these filters."""
    return f"/{list_name}?{list_filters.spelled(words or {'state': 'open'})}"


def _list(list_name: str) -> Any:
    current, by = session(), actor()
    if (opening := saved_filters.opening(list_name)) is not None:
        return redirect(opening, 303)
    words: dict[str, str] = {}
    problem, leaf = None, EMPTY
    try:
        words = list_filters.chosen(list_name, request.args)
        leaf = _leaf(list_name, words)
    except NothingFits:
        pass
    except Invalid as refusal:
        problem = refusal
    desk = level("order.read") in DOES
    names_technicians = desk and list_name == ORDERS
    page = render_template(
        f"{list_name}_list.html",
        list_name=list_name,
        leaf=leaf,
        chosen=words,
        query=list_filters.spelled(words),
        kept=saved_filters.kept(list_name, words),
        technicians=technicians_of(current, by.estate_id) if names_technicians else [],
        may_assign=level("order.dispatch") in DOES,
        problem=problem,
        words_of={table: named(table) for table in _TABLES},
        lines=_lines(list_name, leaf),
        turn=lambda **place: address(list_name, {**(words or {"state": "open"}), **place}),
    )
    return (page, problem.status) if isinstance(problem, Problem) else page


def _leaf(list_name: str, words: dict[str, str]) -> Leaf:
    current, by = session(), actor()
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    if list_name == ORDERS:
        wanted = list_filters.order_filter(current, words, by=by)
        return orders.orders(current, by.estate_id, wanted, limit=PAGE, **places)
    asked = list_filters.request_filter(current, words, by=by)
    return requests.requests(current, by.estate_id, asked, limit=PAGE, **places)


def _lines(list_name: str, leaf: Leaf) -> list[tuple[Any, ...]]:
    """The rows, each with its moments as they are written: a template's call costs ten times ours."""
    written = timer()
    if list_name == ORDERS:
        return [
            (row, written(row.appointment_at), written(row.issued_at), written(row.updated_at))
            for row in leaf.rows
        ]
    return [
        (row, written(row.appointment_at), written(row.registered_at), written(row.replied_at))
        for row in leaf.rows
    ]


def _known(list_name: str) -> None:
    if list_name not in list_filters.KEYS:
        raise Invalid("no-such-list", "没有这个列表。", "There is no such list.")
