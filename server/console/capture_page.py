"""Whoever of the house hears what a customer wants passes it on to the desk (R-022, R-023)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.api.schemas import CaptureIn
from server.console import forms
from server.console.wording import gettext
from server.db import transaction, utcnow
from server.errors import Problem
from server.estate.finding import as_unit_code
from server.http import actor, requires
from server.requests import capturing
from server.requests.operations import Caller

pages = Blueprint("capture", __name__)


@pages.get("/captures/new")
@requires("request.capture")
def show() -> Any:
    """The empty form."""
    return _form()


@pages.post("/captures/new")
@requires("request.capture")
def relay() -> Any:
    """Pass it on to the desk, whole (R-036). A form sent twice passes it on once."""
    try:
        with transaction() as current:
            if forms.answered_before(current) is None:
                data = forms.loaded(CaptureIn, _typed())
                caller = Caller(**data.pop("customer"))
                alert = capturing.capture(current, caller=caller, **data, by=actor(), at=utcnow())
                forms.keep_answer(current, str(alert.id))
    except Problem as problem:
        return _form(problem), problem.status
    flash(gettext("已转告值班,由值班登记并答复客户。"))
    return redirect(url_for("console.capture.show"), 303)


def _typed() -> dict[str, Any]:
    data = forms.taken("content", "kind", "urgency", moments=("appointment_at",))
    data["customer"] = forms.taken("name", "unit_code", "phone", "relation")
    if code := data["customer"].get("unit_code"):
        data["customer"]["unit_code"] = as_unit_code(code)
    return data


def _form(problem: Problem | None = None) -> str:
    return render_template(
        "capture.html",
        problem=problem,
        typed=request.form,
        once=request.form.get("once") or forms.fresh_key(),
    )
