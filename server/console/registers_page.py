"""What went up and what was applied for: escalations (F-15) and capacity increases (F-20)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.registers import CapacityDecisionIn, CapacityIn
from server.console import exports, forms, list_filters, saved_filters
from server.console.export_columns import capacity_columns, escalation_columns
from server.console.list_filters import ESCALATIONS, spelled
from server.console.order_forms import change
from server.console.wording import gettext
from server.db import session, snapshot, utcnow
from server.errors import Invalid
from server.http import actor, requires
from server.incidents import capacity, queries
from server.keyset import Leaf, Place, read_place
from server.work_orders import escalations
from server.work_orders.models import WorkOrder
from server.work_orders.operations.escalating import AUDIENCE

pages = Blueprint("registers", __name__)
PAGE = 50
#: what stands in the address -> whether it was decided
_DECIDED = {"open": False, "decided": True, "all": None}


@pages.get("/escalations")
@requires("order.read")
def escalated() -> Any:
    """What went up: what waits for a decision, and what was decided."""
    if (opening := saved_filters.opening(ESCALATIONS)) is not None:
        return redirect(opening, 303)
    words = _words()
    leaf, problem = Leaf(rows=[], newer=None, older=None), None
    try:
        leaf = _leaf(words, limit=PAGE, **_places())
    except Invalid as refusal:
        problem = refusal
    page = render_template(
        "escalations.html",
        leaf=leaf,
        names=names_of(session(), {row[0].decided_by for row in leaf.rows if row[0].decided_by}),
        chosen=words,
        kept=saved_filters.kept(ESCALATIONS, words),
        query=spelled(words),
        problem=problem,
        turn=lambda **place: f"/escalations?{spelled({**words, **place})}",
    )
    return (page, problem.status) if problem else page


@pages.get("/escalations/export.<form>")
@requires("order.read")
def export(form: str) -> Response:
    """Everything that went up and that the filter of the address asks for."""
    words, names = _words(), dict[uuid.UUID, str]()
    with snapshot():
        chunks = exports.leaves(lambda place: _leaf(words, limit=exports.CHUNK, after=place))
        chunks = exports.naming(chunks, names, lambda row: row[0].decided_by)
        return exports.sent("escalations", form, escalation_columns(names), chunks)


@pages.get("/capacity-applications")
@requires("order.read")
def applied() -> Any:
    """Applications for a stronger supply: those that wait, or all."""
    words = _whole()
    leaf, problem = Leaf(rows=[], newer=None, older=None), None
    try:
        leaf = queries.applications(
            session(), actor().estate_id, undecided=not words, limit=PAGE, **_places()
        )
    except Invalid as refusal:
        problem = refusal
    page = render_template(
        "capacity_applications.html",
        leaf=leaf,
        query=spelled(words),
        chosen=words,
        problem=problem,
        turn=lambda **place: f"/capacity-applications?{spelled({**words, **place})}",
    )
    return (page, problem.status) if problem else page


@pages.get("/capacity-applications/export.<form>")
@requires("order.read")
def export_applications(form: str) -> Response:
    """Every application that waits, or all."""
    undecided, estate_id = not _whole(), actor().estate_id
    with snapshot() as current:
        chunks = exports.leaves(
            lambda place: queries.applications(
                current, estate_id, undecided=undecided, limit=exports.CHUNK, after=place
            )
        )
        return exports.sent("capacity-applications", form, capacity_columns(), chunks)


@pages.post("/orders/<number>/capacity")
@requires("order.dispatch")
def apply(number: str) -> Any:
    """F-20 for an order that waits for it (R-163)."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(CapacityIn, forms.taken("circuit", "load_a", "rating_a", "wish"))
        capacity.apply(current, order, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已申请增容。"))


@pages.post("/orders/<number>/capacity/decision")
@requires("capacity.decide")
def decide(number: str) -> Any:
    """Granted or refused."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(CapacityDecisionIn, forms.taken("decision", "text"))
        application = capacity.find(current, order)
        capacity.decide(current, order, application, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已记下决定。"))


def _whole() -> dict[str, str]:
    return {"state": "all"} if request.args.get("state") == "all" else {}


def _words() -> dict[str, str]:
    return {key: request.args[key] for key in ("state", "level") if request.args.get(key)}


def _leaf(
    words: dict[str, str], *, limit: int, after: Place | None = None, before: Place | None = None
) -> Leaf:
    state, to = words.get("state", "open"), words.get("level")
    list_filters.known(state, _DECIDED)
    list_filters.known(to, AUDIENCE)
    return escalations.escalations(
        session(),
        actor().estate_id,
        decided=_DECIDED[state],
        level=to,
        limit=limit,
        after=after,
        before=before,
    )


def _places() -> dict[str, Place]:
    return {
        way: read_place(request.args[way]) for way in ("after", "before") if way in request.args
    }
