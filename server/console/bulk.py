"""What is done to many orders at once: each is judged by itself, and none undoes another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Blueprint, render_template

from server.accounts.queries import technician
from server.api.fields import Text
from server.console import forms
from server.console.ticks import ticked, ticked_orders
from server.console.wording import said
from server.db import session, transaction, utcnow
from server.errors import Problem
from server.http import actor, requires, settings
from server.work_orders.operations import dispatching, moving

pages = Blueprint("bulk", __name__)


class AssignIn(ma.Schema):
    """Whom all of them are given to."""

    technician = Text(64, required=True)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one order; `why` it was refused, and by which rule."""

    number: str
    why: str = ""
    rule: str | None = None


@pages.post("/orders/assign")
@requires("order.dispatch")
def assign() -> Any:
    """Give every ticked order to one technician; the page tells which were refused and why."""
    by = actor()
    handle = forms.loaded(AssignIn, forms.taken("technician"))["technician"]
    name = technician(session(), by.estate_id, handle).name
    outcomes = [_given(number, version, handle) for number, version in ticked().items()]
    refused = [one for one in outcomes if one.why]
    return render_template(
        "assigned.html",
        name=name,
        given=[one for one in outcomes if not one.why],
        refused=refused,
    )


def _given(number: str, version: int, handle: str) -> Outcome:
    try:
        with transaction() as current:
            by = actor()
            order = moving.find_order(current, number, by=by, expected_version=version)
            to = technician(current, by.estate_id, handle)
            # The list showed with whom the order is: the version says that it still is.
            dispatching.dispatch(current, settings(), order, to, reassign=True, by=by, at=utcnow())
    except Problem as problem:
        return Outcome(number=number, why=said(problem), rule=problem.rule)
    return Outcome(number=number)


@pages.post("/orders/print")
@requires("order.read", reading=True)
def print_orders() -> Any:
    """The ticked orders as work orders (F-02) on paper, one a sheet."""
    return render_template("print_orders.html", rows=ticked_orders())
