"""Escalations and applications for a stronger supply over HTTP (F-15, F-20)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.api.fields import Body, Moment, Text, one_of
from server.api.orders import readable
from server.api.pages import PageIn, page_of, turned
from server.db import session, transaction, utcnow
from server.http import actor, idempotent, requires
from server.incidents import capacity, queries
from server.incidents.models import CapacityApplication
from server.work_orders import escalations
from server.work_orders.models import Escalation
from server.work_orders.operations import moving
from server.work_orders.operations.escalating import AUDIENCE

blp = Blueprint("registers", __name__, url_prefix="/api/v1", description="上报与增容 Registers")
MOST_A = 10_000


def _ampere(value: Decimal) -> None:
    # Not a `Range`: its bounds would stand in the document as decimals, which JSON has not.
    if not 0 < value <= MOST_A:
        raise ma.ValidationError(f"须在 0 与 {MOST_A} A 之间 Must be above 0, at most {MOST_A} A.")


class EscalationOut(ma.Schema):
    number = ma.fields.String()
    order_number = ma.fields.String()
    level = ma.fields.String()
    to = ma.fields.List(ma.fields.String())
    reason = ma.fields.String()
    opened_at = Moment()
    due_at = Moment(allow_none=True)
    decision = ma.fields.String(allow_none=True)
    decision_text = ma.fields.String(allow_none=True)
    decided_by = ma.fields.UUID(allow_none=True)
    decided_at = Moment(allow_none=True)


class EscalationPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(EscalationOut))
    next_cursor = ma.fields.String(allow_none=True)


class EscalationListIn(PageIn):
    decided = ma.fields.Boolean(load_default=None)
    level = one_of(*AUDIENCE, load_default=None)


class CapacityOut(ma.Schema):
    order_number = ma.fields.String()
    circuit = ma.fields.String()
    load_a = ma.fields.Decimal(places=1, as_string=True, metadata={"type": "string"})
    rating_a = ma.fields.Decimal(places=1, as_string=True, metadata={"type": "string"})
    wish = ma.fields.String()
    applied_by = ma.fields.UUID(allow_none=True)
    applied_at = Moment()
    decision = ma.fields.String(allow_none=True)
    decision_text = ma.fields.String(allow_none=True)
    decided_by = ma.fields.UUID(allow_none=True)
    decided_at = Moment(allow_none=True)


class CapacityPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CapacityOut))
    next_cursor = ma.fields.String(allow_none=True)


class CapacityListIn(PageIn):
    undecided = ma.fields.Boolean(load_default=False)


class CapacityIn(Body):
    circuit = Text(60, required=True)
    load_a = ma.fields.Decimal(places=1, required=True, allow_nan=False, validate=_ampere)
    rating_a = ma.fields.Decimal(places=1, required=True, allow_nan=False, validate=_ampere)
    wish = Text(2000, required=True)


class CapacityDecisionIn(Body):
    decision = one_of(*capacity.DECISIONS, required=True)
    text = Text(2000, required=True)


@blp.get("/escalations")
@requires("order.read")
@blp.arguments(EscalationListIn, location="query")
@blp.response(200, EscalationPageOut)
@blp.doc(operationId="listEscalations")
def list_escalations(wanted: dict[str, Any]) -> Any:
    place = turned(wanted)
    leaf = escalations.escalations(session(), actor().estate_id, **wanted, **place)
    return page_of(leaf, [escalation_json(row, number) for row, number, _state in leaf.rows])


@blp.get("/capacity-applications")
@requires("order.read")
@blp.arguments(CapacityListIn, location="query")
@blp.response(200, CapacityPageOut)
@blp.doc(operationId="listCapacityApplications")
def list_applications(wanted: dict[str, Any]) -> Any:
    place = turned(wanted)
    leaf = queries.applications(session(), actor().estate_id, **wanted, **place)
    return page_of(leaf, [application_json(row, number) for row, number in leaf.rows])


@blp.get("/orders/<number>/capacity-application")
@requires("order.read", reading=True)
@blp.response(200, CapacityOut)
@blp.doc(operationId="getCapacityApplication")
def get_application(number: str) -> Any:
    order = readable(number)
    return application_json(capacity.find(session(), order), order.number)


@blp.post("/orders/<number>/capacity-application")
@requires("order.dispatch")
@idempotent
@blp.arguments(CapacityIn)
@blp.response(201, CapacityOut)
@blp.doc(operationId="applyForCapacity")
def apply_for_capacity(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        order = moving.find_order(current, number, by=actor())
        made = capacity.apply(current, order, **data, by=actor(), at=utcnow())
        return application_json(made, order.number), 201


@blp.post("/orders/<number>/capacity-application/decision")
@requires("capacity.decide")
@idempotent
@blp.arguments(CapacityDecisionIn)
@blp.response(200, CapacityOut)
@blp.doc(operationId="decideCapacityApplication")
def decide_application(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        order = moving.find_order(current, number, by=actor())
        application = capacity.find(current, order)
        capacity.decide(current, order, application, **data, by=actor(), at=utcnow())
        return application_json(application, order.number)


def escalation_json(row: Escalation, order_number: str) -> dict[str, Any]:
    """An escalation, whose it is, and to whom it went."""
    names = EscalationOut().fields.keys() - {"order_number", "to"}
    return {
        **{name: getattr(row, name) for name in names},
        "order_number": order_number,
        "to": [role.value for role in AUDIENCE.get(row.level, ())],
    }


def application_json(row: CapacityApplication, order_number: str) -> dict[str, Any]:
    """An application and the number of its order."""
    names = CapacityOut().fields.keys() - {"order_number"}
    return {**{name: getattr(row, name) for name in names}, "order_number": order_number}
