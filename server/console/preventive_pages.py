"""Preventive plans: what is due, what comes next, how far plans are kept (X-007)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.api import preventive as door
from server.assets import queries as assets
from server.console import exports, forms
from server.console.asset_extras import today
from server.console.export_columns import plan_columns
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, Problem
from server.estate import finding
from server.estate.models import Unit
from server.http import actor, level, requires, settings
from server.preventive import operations, queries

pages = Blueprint("preventive", __name__)
PAGE = 50
DOES = frozenset("DA")


@pages.get("/preventive-plans")
@requires("preventive.plan", reading=True)
def show() -> Any:
    """What is due now, the plans by their next day, and how far they were kept."""
    return _page()


@pages.post("/preventive-plans")
@requires("preventive.plan")
def make() -> Any:
    """A new plan for an asset."""

    def act(current: Session) -> None:
        data = forms.loaded(
            door.PlanIn, forms.taken("asset", "person", "kind", "content", "starts_on")
        )
        door.make(current, data)

    return _do(act, done=gettext("保养计划已保存。"))


@pages.get("/preventive-plans/export.<form>")
@requires("preventive.plan", reading=True)
def export(form: str) -> Response:
    """Every plan that is at work, or that is paused."""
    active, estate_id = request.args.get("paused") != "1", actor().estate_id
    with snapshot() as current:

        def turn(place: str | None) -> exports.Turned:
            page = queries.page(
                current, estate_id, active=active, limit=exports.CHUNK, cursor=place
            )
            return page.rows, page.next_cursor

        return exports.sent("preventive-plans", form, plan_columns(), exports.every(turn))


@pages.post("/preventive-plans/<uuid:plan_id>/pause")
@requires("preventive.plan")
def pause(plan_id: uuid.UUID) -> Any:
    """Nothing more falls due."""

    def act(current: Session) -> None:
        plan = operations.find_plan(current, plan_id, by=actor())
        operations.pause(current, plan, by=actor(), at=utcnow())

    return _do(act, done=gettext("保养计划已停用。"))


@pages.post("/preventive-plans/<uuid:plan_id>/resume")
@requires("preventive.plan")
def resume(plan_id: uuid.UUID) -> Any:
    """Due again from today on."""

    def act(current: Session) -> None:
        plan = operations.find_plan(current, plan_id, by=actor())
        operations.resume(current, settings(), plan, by=actor(), at=utcnow())

    return _do(act, done=gettext("保养计划已恢复。"))


@pages.post("/preventive-runs/<uuid:run_id>")
@requires("preventive.plan")
def call(run_id: uuid.UUID) -> Any:
    """What the customer said on the call."""

    def act(current: Session) -> None:
        data = forms.loaded(door.CallIn, forms.taken("note"))
        run = operations.find_run(current, run_id, by=actor())
        operations.complete_call(current, run, **data, by=actor(), at=utcnow())

    return _do(act, done=gettext("回访已记下。"))


def _do(act: Callable[[Session], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            act(current)
    except Problem as problem:
        return _page(problem), problem.status
    flash(done)
    return redirect(url_for("console.preventive.show"), 303)


def _page(problem: Problem | None = None) -> str:
    current, estate_id, day = session(), actor().estate_id, today()
    paused = request.args.get("paused") == "1"
    label = (request.args.get("asset") or request.form.get("asset") or "").strip()[:40]
    asset = None
    if label:
        try:
            asset = assets.by_label(current, estate_id, label)
        except Invalid as unknown:
            problem = problem or unknown
    unit = current.get(Unit, asset.unit_id) if asset and asset.unit_id else None
    return render_template(
        "preventive_plans.html",
        due=queries.open_runs(current, estate_id, limit=PAGE),
        plans=queries.page(
            current, estate_id, active=not paused, limit=PAGE, cursor=request.args.get("after")
        ),
        kept=queries.kept(current, estate_id, from_on=day - door.SPAN, until_on=day),
        since=day - door.SPAN,
        paused=paused,
        label=label,
        asset=asset,
        people=finding.people_of(current, unit) if unit else [],
        tomorrow=day + dt.timedelta(days=1),
        today=day,
        may_plan=level("preventive.plan") in DOES,
        problem=problem,
        typed=request.form,
    )
