"""Giving an order out from the board: whom the house offers, and what happens when it is too late."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from server.accounts.queries import technician
from server.api import schemas
from server.api.orders import readable
from server.console import forms
from server.console.changes import since_version
from server.console.wording import gettext, said
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem, Stale
from server.history import history_of
from server.http import actor, requires, settings
from server.work_orders.candidates import candidates
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching, moving

pages = Blueprint("board_assign", __name__)


@pages.get("/board/orders/<number>/assign")
@requires("order.dispatch")
def show(number: str) -> Any:
    """Everybody it may be given to, best first; the others with the reason why not."""
    return _form(readable(number))


@pages.post("/board/orders/<number>/assign")
@requires("order.dispatch")
def assign(number: str) -> Any:
    """Give it to a technician, or to another one before work began.

    A card that was dragged onto somebody is given to him at once only where nothing speaks
    against it; else the same form asks first.
    """
    chosen = request.form.get("technician", "")
    if request.form.get("dragged"):
        order = readable(number)
        offered = {
            one.standing.username
            for one in candidates(session(), order, settings().zone, at=utcnow())
            if one.offered
        }
        if chosen not in offered:
            return _form(order, chosen=chosen), 409
    try:
        with transaction() as current:
            order = moving.find_order(
                current, number, by=actor(), expected_version=forms.seen_version()
            )
            data = forms.loaded(
                schemas.DispatchIn,
                forms.taken("technician", "customer_reconfirmed", moments=("appointment_at",)),
            )
            person = technician(current, actor().estate_id, data.pop("technician"))
            dispatching.dispatch(
                current, settings(), order, person, **data, reassign=True, by=actor(), at=utcnow()
            )
    except NotFound:
        raise
    except Problem as problem:
        return _form(readable(number), problem, chosen=chosen), problem.status
    words = gettext("%(number)s 已派给 %(name)s。", number=number, name=person.name)
    return render_template("board_assigned.html", words=words)


def _form(order: WorkOrder, problem: Problem | None = None, *, chosen: str = "") -> str:
    current = session()
    rows = history_of(current, moving.SUBJECT, order.number) if isinstance(problem, Stale) else []
    return render_template(
        "board_assign.html",
        order=order,
        candidates=candidates(current, order, settings().zone, at=utcnow()),
        chosen=chosen,
        problem=problem,
        sentence=said(problem) if problem else "",
        stale=isinstance(problem, Stale),
        changed=since_version(rows, request.form.get("version", "")),
        typed=request.form,
    )
