"""Damage reports: the list, one with its analysis and settlement, and reporting from an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.damages import AssessmentIn, DamageIn, SettlementIn, assessment
from server.api.fields import Text
from server.console import exports, forms, list_filters, saved_filters
from server.console.export_columns import damage_columns
from server.console.list_filters import DAMAGES, KEYS, WORDS, spelled
from server.console.order_forms import change
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, Problem
from server.history import history_of
from server.http import actor, level, requires, settings
from server.incidents import lifecycle, operations, queries, settling
from server.incidents.lifecycle import DamageState
from server.incidents.models import Damage
from server.keyset import Leaf, Place, read_place
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving

pages = Blueprint("damage", __name__)
PAGE = 50
DOES = frozenset("DA")


class DamageOnOrderIn(DamageIn):
    """What is reported, and of which order."""

    order = Text(20, required=True)


@pages.get("/damages")
@requires("damage.settle", reading=True)
def overview() -> Any:
    """What was damaged or lost, and how far it is settled; finance reads it too."""
    if (opening := saved_filters.opening(DAMAGES)) is not None:
        return redirect(opening, 303)
    words = _words()
    leaf, problem = Leaf(rows=[], newer=None, older=None), None
    try:
        places = {
            way: read_place(request.args[way]) for way in ("after", "before") if way in request.args
        }
        leaf = _leaf(words, limit=PAGE, **places)
    except Invalid as refusal:
        problem = refusal
    page = render_template(
        "damages.html",
        leaf=leaf,
        rows=[(damage, number, queries.days_to_settle(damage)) for damage, number in leaf.rows],
        chosen=words,
        kept=saved_filters.kept(DAMAGES, words),
        query=spelled(words),
        problem=problem,
        turn=lambda **place: f"/damages?{spelled({**words, **place})}",
    )
    return (page, problem.status) if problem else page


@pages.get("/damages/new")
@requires("damage.report")
def blank() -> Any:
    """The form for whoever sees no orders: he names the one on the slip (R-063)."""
    return _blank()


@pages.post("/damages/new")
@requires("damage.report")
def report_by_number() -> Any:
    """DM1 by anybody else of the house or a contractor; sent twice it is reported once."""
    try:
        data = forms.loaded(DamageOnOrderIn, forms.taken("order", "kind", "item", "description"))
        with transaction() as current:
            number = forms.answered_before(current)
            if number is None:
                order = moving.find_order(current, data.pop("order"), by=actor())
                number = operations.report_damage(
                    current, settings(), order, **data, photos=[], by=actor(), at=utcnow()
                ).number
                forms.keep_answer(current, number)
    except Problem as problem:
        return _blank(problem), problem.status
    flash(gettext("已报损 %(number)s,并通知了客服经理。", number=number))
    return redirect(url_for("console.damage.blank"), 303)


@pages.get("/damages/export.<form>")
@requires("damage.settle", reading=True)
def export(form: str) -> Response:
    """Every report that the filter of the address asks for."""
    words = _words()
    with snapshot():
        chunks = exports.leaves(lambda place: _leaf(words, limit=exports.CHUNK, after=place))
        return exports.sent("damages", form, damage_columns(), chunks)


@pages.get("/damages/<number>")
@requires("damage.settle", reading=True)
def show(number: str) -> Any:
    """One report with its four parts, the claim and what was agreed."""
    return _page(number)


@pages.post("/damages/<number>/assessment")
@requires("damage.settle")
def assess(number: str) -> Any:
    """DM2: technology, cost, risk, opinion, and what the customer asks for (X-024)."""

    def act(current: Session, _order: WorkOrder, damage: Damage) -> None:
        typed = forms.taken(*lifecycle.PARTS, yuan=("claim_yuan",))
        data = forms.loaded(AssessmentIn, typed)
        settling.assess(current, damage, **assessment(data), by=actor(), at=utcnow())

    return _change(number, act, gettext("已记下分析。"))


@pages.post("/damages/<number>/settlement")
@requires("damage.settle")
def settle(number: str) -> Any:
    """DM2: amount, agreement and signature."""

    def act(current: Session, order: WorkOrder, damage: Damage) -> None:
        typed = forms.taken("agreement", "signer_name", yuan=("amount_yuan",))
        data = forms.loaded(SettlementIn, typed)
        settling.settle(current, order, damage, **data, by=actor(), at=utcnow())

    return _change(number, act, gettext("已记下赔付。"))


@pages.post("/orders/<number>/damages")
@requires("damage.report")
def report(number: str) -> Any:
    """DM1 at the desk: a customer calls about it. Nobody names an amount here (R-063)."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(DamageIn, forms.taken("kind", "item", "description"))
        operations.report_damage(
            current, settings(), order, **data, photos=[], by=actor(), at=utcnow()
        )

    return change(number, act, done=gettext("已报损,并通知了客服经理。"))


def _words() -> dict[str, str]:
    return {key: request.args[key] for key in KEYS[DAMAGES] if request.args.get(key)}


def _leaf(
    words: dict[str, str], *, limit: int, after: Place | None = None, before: Place | None = None
) -> Leaf:
    state, kind = words.get("state", queries.OPEN), words.get("kind")
    list_filters.known(state, WORDS[DAMAGES]["state"])
    list_filters.known(kind, WORDS[DAMAGES]["kind"])
    return queries.damages(
        session(),
        actor().estate_id,
        state=None if state == "all" else state,
        kind=kind,
        limit=limit,
        after=after,
        before=before,
    )


def _change(number: str, act: Callable[[Session, WorkOrder, Damage], None], done: str) -> Any:
    try:
        with transaction() as current:
            damage, order = queries.get_damage(current, actor().estate_id, number, lock=True)
            act(current, order, damage)
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(done)
    return redirect(url_for("console.damage.show", number=number), 303)


def _blank(problem: Problem | None = None) -> str:
    return render_template(
        "damage_new.html",
        problem=problem,
        typed=request.form,
        once=request.form.get("once") or forms.fresh_key(),
    )


def _page(number: str, problem: Problem | None = None) -> str:
    current = session()
    damage, order = queries.get_damage(current, actor().estate_id, number)
    does = level("damage.settle") in DOES
    people = {one for one in (damage.negotiated_by, damage.settled_by) if one}
    return render_template(
        "damage.html",
        damage=damage,
        order=order,
        days=queries.days_to_settle(damage),
        actions=lifecycle.possible(lifecycle.DAMAGE, DamageState(damage.state)) if does else (),
        parts=lifecycle.PARTS,
        names=names_of(current, people),
        history=history_of(current, settling.SUBJECT, damage.number),
        problem=problem,
        typed=request.form,
    )
