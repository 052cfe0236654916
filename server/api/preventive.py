"""Preventive plans over HTTP: what comes round, what came of it, how far it is kept (X-007)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from server.api.fields import Moment, Text, one_of
from server.assets import queries as assets
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.estate.models import Person, Unit
from server.estate.operations import person_for
from server.http import actor, idempotent, requires, settings
from server.preventive import operations, queries
from server.preventive.calendar import Kind
from server.preventive.models import PreventivePlan

blp = Blueprint(
    "preventive", __name__, url_prefix="/api/v1", description="保养计划 Preventive plans"
)
#: a quarter and some days, where nobody says since when
SPAN = dt.timedelta(days=92)
MOST_OPEN = 200


class PlanIn(ma.Schema):
    #: the label of the asset
    asset = Text(40, required=True)
    #: who is called and opens the door: somebody known, or by name and phone
    person = ma.fields.UUID(load_default=None, allow_none=True)
    name = Text(40, load_default=None, allow_none=True)
    phone = Text(20, load_default=None, allow_none=True)
    kind = one_of(*Kind, required=True)
    content = Text(2000, required=True)
    starts_on = ma.fields.Date(required=True)


class PlanListIn(ma.Schema):
    active = ma.fields.Boolean(load_default=True)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(80, load_default=None)


class PlanOut(ma.Schema):
    id = ma.fields.UUID(attribute="plan.id")
    asset = ma.fields.String(attribute="asset.label")
    asset_id = ma.fields.UUID(attribute="asset.id")
    unit_code = ma.fields.String()
    person = ma.fields.UUID(attribute="person.id")
    person_name = ma.fields.String(attribute="person.name")
    kind = ma.fields.String(attribute="plan.kind")
    every_months = ma.fields.Integer(attribute="plan.every_months")
    content = ma.fields.String(attribute="plan.content")
    starts_on = ma.fields.Date(attribute="plan.starts_on")
    next_on = ma.fields.Date(attribute="plan.next_on")
    active = ma.fields.Boolean(attribute="plan.active")


class PlanPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PlanOut), attribute="rows")
    next_cursor = ma.fields.String(allow_none=True)


class RunOut(ma.Schema):
    id = ma.fields.UUID(attribute="run.id")
    plan = ma.fields.UUID(attribute="run.plan_id")
    kind = ma.fields.String(attribute="plan.kind")
    asset = ma.fields.String(attribute="asset.label")
    unit_code = ma.fields.String()
    due_on = ma.fields.Date(attribute="run.due_on")
    made_at = Moment(attribute="run.made_at")
    order = ma.fields.String(attribute="order_number", allow_none=True)
    note = ma.fields.String(attribute="run.note", allow_none=True)
    done_at = Moment(attribute="run.done_at", allow_none=True)
    outcome = ma.fields.String()


class RunsOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RunOut))
    next_cursor = ma.fields.String(allow_none=True)


class CallIn(ma.Schema):
    note = Text(2000, required=True)


class SpanIn(ma.Schema):
    from_on = ma.fields.Date(load_default=None, data_key="from")
    until_on = ma.fields.Date(load_default=None, data_key="to")


class KeptOut(ma.Schema):
    kind = ma.fields.String()
    due = ma.fields.Integer()
    done = ma.fields.Integer()
    open = ma.fields.Integer()
    missed = ma.fields.Integer()
    percent = ma.fields.Integer(allow_none=True)


class KeptPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(KeptOut))
    next_cursor = ma.fields.String(allow_none=True)


@blp.get("/preventive-plans")
@requires("preventive.plan", reading=True)
@blp.arguments(PlanListIn, location="query")
@blp.response(200, PlanPageOut)
@blp.doc(operationId="listPreventivePlans")
def list_preventive_plans(wanted: dict[str, Any]) -> Any:
    return queries.page(session(), actor().estate_id, **wanted)


@blp.post("/preventive-plans")
@requires("preventive.plan")
@idempotent
@blp.arguments(PlanIn)
@blp.response(201, PlanOut)
@blp.doc(operationId="makePreventivePlan")
def make_preventive_plan(data: dict[str, Any]) -> Any:
    with transaction() as current:
        plan = make(current, data)
    return queries.one(session(), plan.id)


@blp.get("/preventive-plans/compliance")
@requires("preventive.plan", reading=True)
@blp.arguments(SpanIn, location="query")
@blp.response(200, KeptPageOut)
@blp.doc(operationId="reportPreventiveCompliance")
def report_preventive_compliance(wanted: dict[str, Any]) -> Any:
    until_on: dt.date = wanted["until_on"] or utcnow().astimezone(settings().zone).date()
    from_on = wanted["from_on"] or max(dt.date.min + SPAN, until_on) - SPAN
    rows = queries.kept(session(), actor().estate_id, from_on=from_on, until_on=until_on)
    return {"items": rows, "next_cursor": None}


@blp.post("/preventive-plans/<uuid:plan_id>/pause")
@requires("preventive.plan")
@idempotent
@blp.response(200, PlanOut)
@blp.doc(operationId="pausePreventivePlan")
def pause_preventive_plan(plan_id: uuid.UUID) -> Any:
    with transaction() as current:
        plan = operations.find_plan(current, plan_id, by=actor())
        operations.pause(current, plan, by=actor(), at=utcnow())
    return queries.one(session(), plan.id)


@blp.post("/preventive-plans/<uuid:plan_id>/resumption")
@requires("preventive.plan")
@idempotent
@blp.response(200, PlanOut)
@blp.doc(operationId="resumePreventivePlan")
def resume_preventive_plan(plan_id: uuid.UUID) -> Any:
    with transaction() as current:
        plan = operations.find_plan(current, plan_id, by=actor())
        operations.resume(current, settings(), plan, by=actor(), at=utcnow())
    return queries.one(session(), plan.id)


@blp.get("/preventive-plans/<uuid:plan_id>/runs")
@requires("preventive.plan", reading=True)
@blp.response(200, RunsOut)
@blp.doc(operationId="listPreventiveRuns")
def list_preventive_runs(plan_id: uuid.UUID) -> Any:
    plan = operations.find_plan(session(), plan_id, by=actor())
    return {"items": queries.runs_of(session(), plan.id), "next_cursor": None}


@blp.get("/preventive-runs")
@requires("preventive.plan", reading=True)
@blp.response(200, RunsOut)
@blp.doc(operationId="listOpenPreventiveRuns")
def list_open_preventive_runs() -> Any:
    rows = queries.open_runs(session(), actor().estate_id, limit=MOST_OPEN)
    return {"items": rows, "next_cursor": None}


@blp.post("/preventive-runs/<uuid:run_id>/call")
@requires("preventive.plan")
@idempotent
@blp.arguments(CallIn)
@blp.response(200)
@blp.doc(operationId="recordPreventiveCall")
def record_preventive_call(data: dict[str, Any], run_id: uuid.UUID) -> Any:
    with transaction() as current:
        run = operations.find_run(current, run_id, by=actor())
        operations.complete_call(current, run, **data, by=actor(), at=utcnow())
    return RunsOut().dump({"items": queries.runs_of(session(), run.plan_id), "next_cursor": None})


def make(current: Session, data: dict[str, Any]) -> PreventivePlan:
    """What the form of a new plan says; the console's comes here too. Raises Invalid."""
    by = actor()
    asset = assets.by_label(current, by.estate_id, data.pop("asset"))
    person_id, name, phone = data.pop("person"), data.pop("name"), data.pop("phone")
    unit = current.get(Unit, asset.unit_id) if asset.unit_id else None
    person = current.get(Person, person_id) if person_id else None
    if person is None and unit is not None and name and phone:
        person = person_for(current, unit, name=name, phone=phone, relation="owner")
    if person is None or person.estate_id != by.estate_id:
        raise Invalid(
            "no-such-person",
            "没有这个人。",
            "There is no such person.",
            errors={"person": ["没有这个人 no such person"]},
        )
    return operations.make_plan(current, settings(), asset, person, **data, by=by, at=utcnow())
