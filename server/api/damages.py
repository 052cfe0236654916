"""Damage reports over HTTP: from the report to the settlement (DM1, DM2, F-13)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from contracts import vocabulary as words
from server.api.fields import Body, Moment, Text, one_of
from server.api.orders import readable
from server.api.pages import PageIn, page_of, turned
from server.api.schemas import MAX_FEN
from server.db import session, transaction, utcnow
from server.http import actor, idempotent, level, requires, settings
from server.incidents import operations, queries, settling
from server.incidents.lifecycle import PARTS, DamageState
from server.incidents.models import Damage
from server.work_orders.operations import moving

blp = Blueprint("damages", __name__, url_prefix="/api/v1", description="报损 Damage")
FEN = validate.Range(min=0, max=MAX_FEN)


class DamageOut(ma.Schema):
    number = ma.fields.String()
    order_number = ma.fields.String()
    kind = ma.fields.String()
    item = ma.fields.String()
    description = ma.fields.String()
    state = ma.fields.String()
    reported_by = ma.fields.String()
    reported_at = Moment()


class DamageWholeOut(DamageOut):
    """With what is the office's business alone (R-063)."""

    analysis = ma.fields.Dict(allow_none=True)
    claim_fen = ma.fields.Integer(allow_none=True)
    amount_fen = ma.fields.Integer(allow_none=True)
    agreement = ma.fields.String(allow_none=True)
    signer_name = ma.fields.String(allow_none=True)
    negotiated_by = ma.fields.UUID(allow_none=True)
    settled_by = ma.fields.UUID(allow_none=True)
    settled_at = Moment(allow_none=True)
    days_to_settle = ma.fields.Float(allow_none=True)


class DamagePageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(DamageWholeOut))
    next_cursor = ma.fields.String(allow_none=True)


class DamageListIn(PageIn):
    state = one_of(queries.OPEN, *DamageState, load_default=None)
    kind = one_of(*words.DamageKind, load_default=None)


class DamageIn(ma.Schema):
    """What is reported: unknown fields, an amount above all, are refused (R-063)."""

    kind = one_of(*words.DamageKind, load_default="damage")
    item = Text(120, required=True)
    description = Text(2000, required=True)


class AssessmentIn(Body):
    technology = Text(2000, load_default=None)
    cost = Text(2000, load_default=None)
    risk = Text(2000, load_default=None)
    opinion = Text(2000, load_default=None)
    claim_fen = ma.fields.Integer(load_default=None, validate=FEN, strict=True)


class SettlementIn(Body):
    amount_fen = ma.fields.Integer(required=True, validate=FEN, strict=True)
    agreement = Text(4000, required=True)
    signer_name = Text(60, required=True)


@blp.get("/damages")
@requires("damage.settle", reading=True)
@blp.arguments(DamageListIn, location="query")
@blp.response(200, DamagePageOut)
@blp.doc(operationId="listDamages")
def list_damages(wanted: dict[str, Any]) -> Any:
    place = turned(wanted)
    leaf = queries.damages(session(), actor().estate_id, **wanted, **place)
    return page_of(leaf, [whole(damage, number) for damage, number in leaf.rows])


@blp.get("/damages/<number>")
@requires("damage.settle", reading=True)
@blp.response(200, DamageWholeOut)
@blp.doc(operationId="getDamage")
def get_damage(number: str) -> Any:
    damage, order = queries.get_damage(session(), actor().estate_id, number)
    return whole(damage, order.number)


@blp.post("/orders/<number>/damages")
@requires("damage.report", reading=True)
@idempotent
@blp.arguments(DamageIn)
@blp.response(201, DamageOut)
@blp.doc(operationId="reportDamage")
def report_damage(data: dict[str, Any], number: str) -> Any:
    if level("damage.report") == "O":
        readable(number)
    with transaction() as current:
        order = moving.find_order(current, number, by=actor())
        damage = operations.report_damage(
            current, settings(), order, **data, photos=[], by=actor(), at=utcnow()
        )
        return whole(damage, order.number), 201


@blp.post("/damages/<number>/assessment")
@requires("damage.settle")
@idempotent
@blp.arguments(AssessmentIn)
@blp.response(200, DamageWholeOut)
@blp.doc(operationId="assessDamage")
def assess_damage(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        damage, order = queries.get_damage(current, actor().estate_id, number, lock=True)
        settling.assess(current, damage, **assessment(data), by=actor(), at=utcnow())
        return whole(damage, order.number)


@blp.post("/damages/<number>/settlement")
@requires("damage.settle")
@idempotent
@blp.arguments(SettlementIn)
@blp.response(200, DamageWholeOut)
@blp.doc(operationId="settleDamage")
def settle_damage(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        damage, order = queries.get_damage(current, actor().estate_id, number, lock=True)
        settling.settle(current, order, damage, **data, by=actor(), at=utcnow())
        return whole(damage, order.number)


def assessment(data: dict[str, Any]) -> dict[str, Any]:
    """What `AssessmentIn` has read, as the operation takes it."""
    return {"analysis": {part: data[part] for part in PARTS}, "claim_fen": data["claim_fen"]}


def whole(damage: Damage, order_number: str) -> dict[str, Any]:
    """A damage report with the number of its order and the days it took."""
    return {
        **{
            column.key: getattr(damage, column.key)
            for column in Damage.__table__.columns  # names of columns are names of attributes
        },
        "order_number": order_number,
        "days_to_settle": queries.days_to_settle(damage),
    }
