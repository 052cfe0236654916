"""The hand-over book: what a shift left open, and who of the next one confirmed (X-014, F-21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.accounts.permissions import Role
from server.accounts.queries import names_of, users_with_role
from server.api.fields import Text
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.handovers import operations, queries
from server.handovers.left_open import KINDS, left_open
from server.handovers.models import Handover
from server.http import actor, requires, settings

pages = Blueprint("handover", __name__)
PAGE = 30
#: So many that wait are on top; the rest follow when these are done.
WAITING = 50


class HandOverIn(ma.Schema):
    """What the duty officer leaves to the next one."""

    note = Text(2000, required=True)
    to_name = Text(60, load_default=None)


@pages.get("/handovers")
@requires("order.dispatch")
def book() -> Any:
    """What waits for the next shift, then the book, day by day."""
    return page()


@pages.get("/handovers/<number>")
@requires("order.dispatch")
def show(number: str) -> Any:
    """One entry: where an alert leads to."""
    entry = queries.find(session(), number, by=actor())
    return render_template(
        "handover.html", entry=entry, kinds=KINDS, names=_names([entry]), number=number
    )


@pages.post("/handovers")
@requires("order.dispatch")
def hand_over() -> Any:
    """The end of the duty officer's shift; sent twice it stands once."""
    try:
        with transaction() as current:
            number = forms.answered_before(current)
            if number is None:
                data = forms.loaded(HandOverIn, forms.taken("note", "to_name"))
                entry = operations.hand_over_desk(
                    current, settings(), **data, by=actor(), at=utcnow()
                )
                number = entry.number
                forms.keep_answer(current, number)
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("已交班 %(number)s,等待接班人确认。", number=number))
    return redirect(url_for("console.handover.book"), 303)


@pages.post("/handovers/<number>/confirm")
@requires("order.dispatch")
def confirm(number: str) -> Any:
    """The next shift has read it and takes over."""
    try:
        with transaction() as current:
            entry = queries.find(current, number, by=actor(), lock=True)
            operations.confirm(current, entry, by=actor(), at=utcnow())
    except NotFound:
        raise
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("已接班 %(number)s。", number=number))
    return redirect(url_for("console.handover.book"), 303)


def page(problem: Problem | None = None) -> str:
    """The book, with what would be left open if the shift ended now."""
    current, by = session(), actor()
    cursor = request.args.get("cursor")
    waiting: list[Handover] = []
    if cursor is None:
        waiting, _ = queries.page(current, by=by, limit=WAITING, cursor=None, unconfirmed_only=True)
    rows, following = queries.page(current, by=by, limit=PAGE, cursor=cursor, confirmed_only=True)
    return render_template(
        "handovers.html",
        waiting=waiting,
        days=[(day, list(those)) for day, those in groupby(rows, key=_day)],
        names=_names([*waiting, *rows]),
        next_cursor=following,
        first_page=cursor is None,
        open_now=left_open(current, by.estate_id, at=utcnow()) if cursor is None else [],
        kinds=KINDS,
        colleagues=[
            one.name
            for one in users_with_role(
                current, by.estate_id, Role.DISPATCH_DUTY, Role.CONTROL_DUTY, Role.FRONT_DESK
            )
            if one.id != by.user_id
        ],
        once=request.form.get("once") or forms.fresh_key(),
        problem=problem,
        typed=request.form,
    )


def _names(rows: Sequence[Handover]) -> dict[Any, str]:
    return names_of(session(), {row.confirmed_by for row in rows if row.confirmed_by})


def _day(row: Handover) -> dt.date:
    return row.received_at.astimezone(settings().zone).date()
