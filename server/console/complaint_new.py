"""A new complaint: taken down by the desk, or relayed by whoever heard it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.accounts.queries import everybody
from server.api import complaint_acts as acts
from server.api.complaint_shapes import ComplaintIn, RelayIn
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Problem
from server.estate.finding import as_unit_code
from server.http import actor, level, requires, settings

pages = Blueprint("complaint_new", __name__)
DOES = frozenset("DA")


@pages.get("/complaints/new")
@requires("complaint.relay")
def show() -> Any:
    """The empty form; what the address names is filled in."""
    return _form()


@pages.post("/complaints/new")
@requires("complaint.record")
def record() -> Any:
    """C1: the duty officer takes it down, after the apology (R-102)."""

    def take(current: Any) -> str:
        data = _typed(
            "content",
            "channel",
            "target",
            "category",
            "apology",
            "improvement",
            "received_by",
            "about",
        )
        loaded = forms.loaded(ComplaintIn, data)
        return acts.record(current, settings(), loaded, by=actor(), at=utcnow()).number

    return _once(take)


@pages.post("/complaints/new/relay")
@requires("complaint.relay")
def relay() -> Any:
    """C1: passed on to the duty officer, who makes the record (R-035, R-105)."""

    def take(current: Any) -> str:
        data = _typed("content", "channel", "target", "category", "reason")
        data["minor"] = "minor" in request.form
        loaded = forms.loaded(RelayIn, data)
        return acts.relay(current, settings(), loaded, by=actor(), at=utcnow()).number

    return _once(take)


def _once(take: Any) -> Any:
    """A form sent twice by an impatient finger makes one complaint."""
    try:
        with transaction() as current:
            number = forms.answered_before(current)
            if number is None:
                number = take(current)
                forms.keep_answer(current, number)
    except Problem as problem:
        return _form(problem), problem.status
    if level("complaint.read") is None:
        flash(gettext("投诉 %(number)s 已转告,值班会登记。", number=number))
        return redirect(url_for("console.complaint_new.show"), 303)
    flash(gettext("投诉 %(number)s 已登记。", number=number))
    return redirect(url_for("console.complaint.show", number=number), 303)


def _typed(*names: str) -> dict[str, Any]:
    data = forms.taken(*names)
    data["customer"] = forms.taken("name", "unit_code", "phone", "relation")
    if code := data["customer"].get("unit_code"):
        data["customer"]["unit_code"] = as_unit_code(code)
    return data


def _form(problem: Problem | None = None) -> str:
    records = level("complaint.record") in DOES
    relays = not records or request.args.get("relay") == "1" or request.path.endswith("/relay")
    typed = request.form or request.args
    return render_template(
        "complaint_new.html",
        relays=relays,
        may_record=records,
        staff=[user for user in everybody(session(), actor().estate_id) if user.active]
        if records
        else [],
        once=request.form.get("once") or forms.fresh_key(),
        problem=problem,
        typed=typed,
    )
