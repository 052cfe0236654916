"""Warranty over HTTP: classes, the answer for a day, what was found on site, replacements."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api import schemas
from server.api.fields import Body, Moment, Text, one_of
from server.assets import checks, classes, proposals
from server.assets import operations as assets
from server.assets.warranty import Basis, Case
from server.db import session, transaction, utcnow
from server.http import actor, etag, expected_version, idempotent, requires, settings
from server.work_orders.operations import covering, moving, replacing

blp = Blueprint("warranties", __name__, url_prefix="/api/v1", description="保修 Warranty")


class OnIn(ma.Schema):
    on = ma.fields.Date(load_default=None)


class PeriodOut(ma.Schema):
    ground = ma.fields.String()
    from_on = ma.fields.Date()
    months = ma.fields.Integer()
    until_on = ma.fields.Date()


class WarrantyOut(ma.Schema):
    asked_on = ma.fields.Date()
    covered = ma.fields.Boolean()
    code = ma.fields.String()
    until_on = ma.fields.Date(allow_none=True)
    ground = ma.fields.String(allow_none=True)
    why_not = ma.fields.String(allow_none=True)
    periods = ma.fields.List(ma.fields.Nested(PeriodOut))


class CheckOut(ma.Schema):
    order_number = ma.fields.String(allow_none=True)
    asked_on = ma.fields.Date()
    covered = ma.fields.Boolean()
    until_on = ma.fields.Date(allow_none=True)
    code = ma.fields.String()
    finding = ma.fields.String(allow_none=True)
    reason = ma.fields.String(allow_none=True)
    confirmed_by = ma.fields.UUID(allow_none=True)
    checked_by = ma.fields.UUID(allow_none=True)
    checked_at = Moment()


class ClassIn(Body):
    name_zh = Text(60, required=True)
    name_en = Text(60, required=True)
    months_from_use = ma.fields.Integer(load_default=None, allow_none=True)
    months_from_factory = ma.fields.Integer(load_default=None, allow_none=True)
    months_from_acceptance = ma.fields.Integer(load_default=None, allow_none=True)
    basis = one_of(*Basis, load_default=Basis.EITHER.value)
    on_site_24h = ma.fields.Boolean(load_default=False)


class ClassOut(ma.Schema):
    code = ma.fields.String()
    name_zh = ma.fields.String()
    name_en = ma.fields.String()
    months_from_use = ma.fields.Integer(allow_none=True)
    months_from_factory = ma.fields.Integer(allow_none=True)
    months_from_acceptance = ma.fields.Integer(allow_none=True)
    basis = ma.fields.String()
    on_site_24h = ma.fields.Boolean()


class ClassesOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ClassOut))
    next_cursor = ma.fields.String(allow_none=True)


class RulingIn(Body):
    #: left out: the calendar decides again
    finding = one_of(*Case, load_default=None, allow_none=True)
    reason = Text(200, required=True)


class ProposalPageIn(ma.Schema):
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(80, load_default=None)


class ProposalOut(ma.Schema):
    id = ma.fields.UUID()
    asset_id = ma.fields.UUID(allow_none=True)
    order_number = ma.fields.String()
    reason = ma.fields.String()
    days_in_repair = ma.fields.Integer()
    proposed_at = Moment()
    decision = ma.fields.String(allow_none=True)
    decision_text = ma.fields.String(allow_none=True)
    decided_by = ma.fields.UUID(allow_none=True)
    decided_at = Moment(allow_none=True)


class ProposalPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ProposalOut), attribute="rows")
    next_cursor = ma.fields.String(allow_none=True)


class ProposalDecisionIn(ma.Schema):
    decision = one_of(*proposals.DECISIONS, required=True)
    text = Text(2000, required=True)


@blp.get("/assets/<uuid:asset_id>/warranty")
@requires("asset.manage", reading=True)
@blp.arguments(OnIn, location="query")
@blp.response(200, WarrantyOut)
@blp.doc(operationId="getWarranty")
def get_warranty(wanted: dict[str, Any], asset_id: uuid.UUID) -> Any:
    asset = assets.find(session(), asset_id, by=actor())
    day: dt.date = wanted["on"] or utcnow().astimezone(settings().zone).date()
    return checks.ask(settings(), asset, checks.class_of(session(), asset), day)


@blp.get("/assets/<uuid:asset_id>/warranty-checks")
@requires("asset.manage", reading=True)
@blp.response(200)
@blp.doc(operationId="listWarrantyChecks")
def list_warranty_checks(asset_id: uuid.UUID) -> Any:
    asset = assets.find(session(), asset_id, by=actor())
    rows = checks.checks_of(session(), asset.id)
    return {"items": CheckOut(many=True).dump(rows), "next_cursor": None}


@blp.post("/orders/<number>/warranty")
@requires("warranty.rule")
@idempotent
@blp.arguments(RulingIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="ruleOrderWarranty")
def rule_order_warranty(data: dict[str, Any], number: str) -> Any:
    finding = data["finding"]
    with transaction() as current:
        by = actor()
        order = moving.find_order(current, number, by=by, expected_version=expected_version())
        covering.rule(
            current,
            settings(),
            order,
            case=Case(finding) if finding else None,
            reason=data["reason"],
            by=by,
            at=utcnow(),
        )
    return order, 200, etag(order.version)


@blp.get("/warranty-classes")
@requires("asset.manage", reading=True)
@blp.response(200, ClassesOut)
@blp.doc(operationId="listWarrantyClasses")
def list_warranty_classes() -> Any:
    return {"items": classes.classes_of(session(), actor().estate_id), "next_cursor": None}


@blp.put("/warranty-classes/<code>")
@requires("asset.decide")
@blp.arguments(ClassIn)
@blp.response(200, ClassOut)
@blp.doc(operationId="saveWarrantyClass")
def save_warranty_class(data: dict[str, Any], code: str) -> Any:
    with transaction() as current:
        return classes.save_class(current, code, **data, by=actor(), at=utcnow())


@blp.get("/replacement-proposals")
@requires("asset.decide", reading=True)
@blp.arguments(ProposalPageIn, location="query")
@blp.response(200, ProposalPageOut)
@blp.doc(operationId="listReplacementProposals")
def list_replacement_proposals(wanted: dict[str, Any]) -> Any:
    return proposals.open_page(session(), actor().estate_id, **wanted)


@blp.post("/replacement-proposals/<uuid:proposal_id>/decision")
@requires("asset.decide")
@idempotent
@blp.arguments(ProposalDecisionIn)
@blp.response(200, ProposalOut)
@blp.doc(operationId="decideReplacement")
def decide_replacement(data: dict[str, Any], proposal_id: uuid.UUID) -> Any:
    with transaction() as current:
        row = proposals.find(current, proposal_id, by=actor())
        replacing.decide(current, row, **data, by=actor(), at=utcnow())
    return row
