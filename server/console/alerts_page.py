"""All open alerts, and saying what was done about one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from server.alerts import listing
from server.alerts import operations as alerts
from server.api.matters import ResolveIn
from server.console import exports, forms
from server.console.export_columns import alert_columns
from server.console.sign_in import safe_next
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.http import actor, requires
from server.keyset import read_place

pages = Blueprint("alerts", __name__)
PAGE = 50


@pages.get("/alerts")
@requires("account.self")
def show() -> Any:
    """What is open for my roles or me alone, newest first: whoever it is for may read it."""
    by = actor()
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    told = listing.Told(roles=by.roles, user_id=by.user_id)
    leaf = listing.page(session(), by.estate_id, told, limit=PAGE, **places)
    if places and not leaf.rows:
        return redirect(url_for("console.alerts.show"), 303)
    return render_template(
        "alerts.html",
        leaf=leaf,
        alerts=listing.alerts_on(leaf),
        # After a word on one, the same page again.
        here=request.full_path.rstrip("?"),
        turn=lambda **place: url_for("console.alerts.show", **place),
    )


@pages.get("/alerts/export.<form>")
@requires("account.self")
def export(form: str) -> Response:
    """Every open alert for my roles or me alone, also beyond what the page shows."""
    by = actor()
    told = listing.Told(roles=by.roles, user_id=by.user_id)
    with snapshot() as current:
        chunks = exports.leaves(
            lambda place: listing.page(
                current, by.estate_id, told, limit=exports.CHUNK, after=place
            )
        )
        return exports.sent("alerts", form, alert_columns(), chunks)


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
