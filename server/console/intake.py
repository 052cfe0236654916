"""Registering a call: the first form of the day."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server import idempotency
from server.api.schemas import RequestIn
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Problem
from server.estate.models import Unit
from server.http import actor, requires, settings, signed_in
from server.requests import operations as requests

pages = Blueprint("intake", __name__)


@pages.get("/requests/new")
@requires("request.register")
def show() -> Any:
    """The empty form."""
    return _form()


@pages.post("/requests/new")
@requires("request.register")
def register() -> Any:
    """Enter the call in the register; the 15 minutes begin (R-051)."""
    try:
        number = _register()
    except Problem as problem:
        return _form(problem), problem.status
    flash(gettext("已登记 %(number)s,请在时限内回复客户。", number=number))
    return redirect(url_for("console.request.show", number=number), 303)


def _register() -> str:
    data = forms.taken(
        "content",
        "channel",
        "kind",
        "urgency",
        "department",
        "read_back",
        "concerns_charges",
        moments=("appointment_at",),
    )
    data["customer"] = forms.taken("name", "unit_code", "phone", "relation")
    data = forms.loaded(RequestIn, data)
    user_id, key = signed_in().id, request.form.get("once", "")[:128]
    digest = hashlib.sha256(repr(sorted(request.form.items())).encode()).hexdigest()
    with transaction() as current:
        # A form sent twice by an impatient finger registers one request.
        known = key and idempotency.begin(
            current, user_id=user_id, key=key, request_hash=digest, at=utcnow()
        )
        if known:
            return str(known.body)
        row = requests.register(
            current,
            settings(),
            caller=requests.Caller(**data.pop("customer")),
            **data,
            by=actor(),
            at=utcnow(),
        )
        if key:
            idempotency.finish(
                current, user_id=user_id, key=key, status=303, body=row.number, headers={}
            )
    return row.number


def _form(problem: Problem | None = None) -> str:
    units = session().query(Unit.code).filter(Unit.estate_id == actor().estate_id)
    return render_template(
        "intake.html",
        problem=problem,
        typed=request.form,
        once=request.form.get("once") or forms.fresh_key(),
        units=[code for (code,) in units.order_by(Unit.code).limit(2000)],
    )
