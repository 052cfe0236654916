"""How orders of each category find their technician."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from contracts.vocabulary import Category
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Stale
from server.http import actor, level, requires, settings
from server.work_orders.assigning import modes_of
from server.work_orders.operations import handing_out

pages = Blueprint("assignment_modes", __name__)


@pages.get("/assignment-modes")
@requires("assignment.plan", reading=True)
def show() -> Any:
    """Every category with its mode, and the ladder that an order climbs."""
    return _page()


@pages.post("/assignment-modes")
@requires("assignment.plan")
def change() -> Any:
    """Set the modes that were chosen otherwise than they were shown, all or none."""
    try:
        with transaction() as current:
            for category, (seen, mode) in _chosen().items():
                handing_out.set_mode(
                    current, category=category, mode=mode, seen=seen, by=actor(), at=utcnow()
                )
    except Stale as problem:
        return _page(problem), problem.status
    flash(gettext("派工方式已保存。"))
    return redirect(url_for("console.assignment_modes.show"), 303)


def _chosen() -> dict[str, tuple[str, str]]:
    """Category -> the mode that was shown, and the one that was chosen instead of it."""
    told = {
        category.value: (forms.seen(f"seen_{category}"), request.form[category])
        for category in Category
        if category in request.form
    }
    return {category: both for category, both in told.items() if both[0] != both[1]}


def _page(problem: Stale | None = None) -> str:
    return render_template(
        "assignment_modes.html",
        categories=list(Category),
        modes=modes_of(session(), actor().estate_id),
        typed={category: mode for category, (_, mode) in _chosen().items()} if problem else {},
        may_change=level("assignment.plan") in {"D", "A"},
        rungs=settings(),
        stale=problem is not None,
    )
