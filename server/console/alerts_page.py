"""All open alerts, and saying what was done about one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request

from server.alerts import operations as alerts
from server.api.matters import ResolveIn
from server.console import forms
from server.console.sign_in import safe_next
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.http import actor, requires

pages = Blueprint("alerts", __name__)


@pages.get("/alerts")
@requires("account.self")
def show() -> Any:
    """What is open for my roles or me alone, newest first: whoever it is for may read it."""
    by = actor()
    rows = alerts.open_alerts(session(), by.estate_id, roles=by.roles, user_id=by.user_id)
    return render_template("alerts.html", alerts=rows)


def told_me() -> int:
    """How many open alerts are for whoever is signed in and nobody else, for the head of a page."""
    user = g.get("user")
    return alerts.open_for(session(), user.id) if user else 0


@pages.post("/alerts/<uuid:alert_id>")
@requires("account.self")
def resolve(alert_id: uuid.UUID) -> Any:
    """Close one with a word on how (R-001)."""
    data = forms.loaded(ResolveIn, forms.taken("how"))
    with transaction() as current:
        alerts.dismiss(current, alert_id, how=data["how"], by=actor(), at=utcnow())
    flash(gettext("提醒已处理。"))
    return redirect(safe_next(request.form.get("next", "/alerts")), 303)
