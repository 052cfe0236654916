"""How orders of each category find their technician."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from contracts.vocabulary import Category
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.http import actor, level, requires, settings
from server.work_orders.assigning import Mode, modes_of
from server.work_orders.operations import handing_out

pages = Blueprint("assignment_modes", __name__)


@pages.get("/assignment-modes")
@requires("assignment.plan", reading=True)
def show() -> Any:
    """Every category with its mode, and the ladder that an order climbs."""
    return render_template(
        "assignment_modes.html",
        categories=list(Category),
        modes=modes_of(session(), actor().estate_id),
        may_change=level("assignment.plan") in {"D", "A"},
        rungs=settings(),
    )


@pages.post("/assignment-modes")
@requires("assignment.plan")
def change() -> Any:
    """Set the modes that were chosen, all or none."""
    with transaction() as current:
        for category in Category:
            handing_out.set_mode(
                current,
                category=category,
                mode=request.form.get(category, Mode.BY_HAND),
                by=actor(),
                at=utcnow(),
            )
    flash(gettext("派工方式已保存。"))
    return redirect(url_for("console.assignment_modes.show"), 303)
