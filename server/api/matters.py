"""Alerts, incidents and damage over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from contracts import vocabulary as words
from server.alerts import listing
from server.alerts import operations as alerts
from server.api.fields import Moment, Text, one_of
from server.api.pages import PageIn, page_of, turned
from server.db import session, transaction, utcnow
from server.http import actor, idempotent, requires, settings
from server.incidents import handling
from server.incidents import operations as incidents
from server.work_orders import queries as orders

blp = Blueprint("matters", __name__, url_prefix="/api/v1", description="提醒与事件 Matters")


class AlertOut(ma.Schema):
    id = ma.fields.UUID()
    kind = ma.fields.String()
    subject_kind = ma.fields.String()
    subject = ma.fields.String()
    audience = ma.fields.List(ma.fields.String())
    rule = ma.fields.String(allow_none=True)
    data = ma.fields.Dict()
    raised_at = Moment()
    resolved_at = Moment(allow_none=True)
    resolution = ma.fields.String(allow_none=True)


class AlertPageIn(PageIn):
    limit = ma.fields.Integer(load_default=100, validate=validate.Range(min=1, max=200))


class AlertPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AlertOut))
    next_cursor = ma.fields.String(allow_none=True)


class ResolveIn(ma.Schema):
    how = Text(200, required=True)


class IncidentIn(ma.Schema):
    place = Text(200, required=True)
    category = one_of(*words.IncidentCategory, required=True)
    severity = one_of(*words.IncidentSeverity, load_default="normal")
    description = Text(2000, required=True)
    emergency_action = Text(2000, load_default=None, allow_none=True)


class IncidentOut(ma.Schema):
    number = ma.fields.String()
    order_number = ma.fields.String(allow_none=True)
    state = ma.fields.String()
    place = ma.fields.String()
    category = ma.fields.String()
    severity = ma.fields.String()
    description = ma.fields.String()
    found_at = Moment()
    notified_at = Moment()
    notified = ma.fields.List(ma.fields.String())
    dept_arrived_at = Moment(allow_none=True)
    left_at = Moment(allow_none=True)
    left_early = ma.fields.Function(incidents.left_before_relieved, metadata={"type": "boolean"})
    emergency_action = ma.fields.String(allow_none=True)
    follow_up_number = ma.fields.String(allow_none=True)
    handled_text = ma.fields.String(allow_none=True)
    handled_at = Moment(allow_none=True)
    superior_report = ma.fields.String(allow_none=True)
    reported_at = Moment(allow_none=True)
    reported_by = ma.fields.UUID(allow_none=True)
    decision = ma.fields.String(allow_none=True)
    decided_by = ma.fields.UUID(allow_none=True)
    raised_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)


class PresenceIn(ma.Schema):
    dept_arrived_at = Moment(load_default=None, allow_none=True)
    left_at = Moment(load_default=None, allow_none=True)


class CloseIn(ma.Schema):
    superior_report = Text(2000, required=True)


@blp.get("/alerts")
@requires("account.self")
@blp.arguments(AlertPageIn, location="query")
@blp.response(200, AlertPageOut)
@blp.doc(operationId="listAlerts")
def list_alerts(wanted: dict[str, Any]) -> Any:
    # Whoever is alerted reads it, whatever else they may: a head of department, say.
    by = actor()
    told = listing.Told(roles=by.roles, user_id=by.user_id)
    leaf = listing.page(session(), by.estate_id, told, **turned(wanted))
    return page_of(leaf, listing.alerts_on(leaf))


@blp.get("/orders/<number>/alerts")
@requires("order.read")
@blp.response(200)
@blp.doc(operationId="listOrderAlerts")
def list_order_alerts(number: str) -> Any:
    order = orders.get_order(session(), actor().estate_id, number)
    rows = alerts.alerts_of(session(), "order", order.number)
    return {"items": AlertOut(many=True).dump(rows), "next_cursor": None}


@blp.post("/alerts/<uuid:alert_id>/resolution")
@requires("account.self")
@idempotent
@blp.arguments(ResolveIn)
@blp.response(200, AlertOut)
@blp.doc(operationId="resolveAlert")
def resolve_alert(data: dict[str, Any], alert_id: uuid.UUID) -> Any:
    with transaction() as current:
        return alerts.dismiss(current, alert_id, how=data["how"], by=actor(), at=utcnow())


@blp.post("/incidents")
@requires("incident.report")
@idempotent
@blp.arguments(IncidentIn)
@blp.response(201, IncidentOut)
@blp.doc(operationId="reportIncident")
def report_incident(data: dict[str, Any]) -> Any:
    now = utcnow()
    with transaction() as current:
        return incidents.report_incident(
            current, settings(), **data, found_at=now, photos=[], by=actor(), at=now
        )


@blp.get("/incidents/<number>")
@requires("incident.handle")
@blp.response(200, IncidentOut)
@blp.doc(operationId="getIncident")
def get_incident(number: str) -> Any:
    return incidents.get_incident(session(), actor().estate_id, number)


@blp.get("/orders/<number>/incidents")
@requires("order.read")
@blp.response(200)
@blp.doc(operationId="listOrderIncidents")
def list_order_incidents(number: str) -> Any:
    order = orders.get_order(session(), actor().estate_id, number)
    rows = incidents.incidents_of_order(session(), order.number)
    return {"items": IncidentOut(many=True).dump(rows), "next_cursor": None}


@blp.post("/incidents/<number>/presence")
@requires("incident.handle")
@idempotent
@blp.arguments(PresenceIn)
@blp.response(200, IncidentOut)
@blp.doc(operationId="noteIncidentPresence")
def note_incident_presence(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        incident = incidents.find_incident(current, number, by=actor())
        incidents.note_presence(current, incident, **data, by=actor(), at=utcnow())
    return incident


@blp.post("/incidents/<number>/closure")
@requires("incident.decide")
@idempotent
@blp.arguments(CloseIn)
@blp.response(200, IncidentOut)
@blp.doc(operationId="closeIncident")
def close_incident(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        incident = incidents.find_incident(current, number, by=actor())
        handling.close_incident(current, incident, **data, by=actor(), at=utcnow())
    return incident
