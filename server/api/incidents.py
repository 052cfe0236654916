"""Incidents from the report to the superior's decision over HTTP (PA1–PA4, F-14)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from contracts import vocabulary as words
from server.api.fields import Body, Moment, Text, one_of
from server.api.matters import IncidentOut
from server.api.pages import PageIn, page_of, turned
from server.api.schemas import CATEGORIES, URGENCIES, CustomerIn
from server.db import session, transaction, utcnow
from server.errors import Denied
from server.http import actor, idempotent, level, requires, settings
from server.incidents import handling, operations, queries
from server.incidents.handling import FollowUp
from server.incidents.lifecycle import IncidentState
from server.incidents.models import Incident
from server.requests.operations import Caller

DOES = frozenset("DA")
blp = Blueprint("incidents", __name__, url_prefix="/api/v1/incidents", description="事件 Incidents")


class IncidentListIn(PageIn):
    state = one_of(queries.OPEN, *IncidentState, load_default=None)
    category = one_of(*words.IncidentCategory, load_default=None)
    severity = one_of(*words.IncidentSeverity, load_default=None)
    found_from = Moment(load_default=None)
    found_before = Moment(load_default=None)


class IncidentPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(IncidentOut))
    next_cursor = ma.fields.String(allow_none=True)


class HandlingIn(Body):
    handled_text = Text(2000, required=True)


class ReportIn(Body):
    superior_report = Text(2000, required=True)


class IncidentDecisionIn(Body):
    outcome = one_of("raised", "closed", required=True)
    decision = Text(2000, required=True)


class FollowUpIn(Body):
    customer = ma.fields.Nested(CustomerIn, required=True)
    content = Text(2000, required=True)
    category = one_of(*CATEGORIES, load_default="public_area")
    urgency = one_of(*URGENCIES, load_default="normal")
    appointment_at = Moment(load_default=None, allow_none=True)


@blp.get("")
@requires("incident.report")
@blp.arguments(IncidentListIn, location="query")
@blp.response(200, IncidentPageOut)
@blp.doc(operationId="listIncidents")
def list_incidents(wanted: dict[str, Any]) -> Any:
    by, place = actor(), turned(wanted)
    # Who does not handle incidents sees those that he has found himself.
    mine = None if level("incident.handle") in DOES else by.user_id
    asked = queries.IncidentFilter(**wanted, found_by=mine)
    leaf = queries.incidents(session(), by.estate_id, asked, **place)
    return page_of(leaf, [row[0] for row in leaf.rows])


@blp.post("/<number>/handling")
@requires("incident.handle")
@idempotent
@blp.arguments(HandlingIn)
@blp.response(200, IncidentOut)
@blp.doc(operationId="noteIncidentHandling")
def note_handling(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        incident = operations.find_incident(current, number, by=actor())
        handling.note_handling(current, incident, **data, by=actor(), at=utcnow())
    return incident


@blp.post("/<number>/report")
@requires("incident.report")
@idempotent
@blp.arguments(ReportIn)
@blp.response(200, IncidentOut)
@blp.doc(operationId="reportIncidentToSuperior")
def report_to_superior(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        incident = mine_or_handled(operations.find_incident(current, number, by=actor()))
        handling.report_to_superior(current, incident, **data, by=actor(), at=utcnow())
    return incident


@blp.post("/<number>/decision")
@requires("incident.decide", reading=True)
@idempotent
@blp.arguments(IncidentDecisionIn)
@blp.response(200, IncidentOut)
@blp.doc(operationId="decideIncident")
def decide_incident(data: dict[str, Any], number: str) -> Any:
    goes_up = data.pop("outcome") == "raised"
    with transaction() as current:
        incident = operations.find_incident(current, number, by=actor())
        handling.decide(current, incident, goes_up=goes_up, **data, by=actor(), at=utcnow())
    return incident


@blp.post("/<number>/order")
@requires("request.register")
@idempotent
@blp.arguments(FollowUpIn)
@blp.response(201, IncidentOut)
@blp.doc(operationId="issueIncidentOrder")
def issue_incident_order(data: dict[str, Any], number: str) -> Any:
    wanted = follow_up(data)
    with transaction() as current:
        incident = operations.find_incident(current, number, by=actor())
        handling.issue_order(current, settings(), incident, wanted, by=actor(), at=utcnow())
    return incident


def follow_up(data: dict[str, Any]) -> FollowUp:
    """What `FollowUpIn` has read, as the operation takes it."""
    customer = data.pop("customer")
    return FollowUp(caller=Caller(**customer), **data)


def mine_or_handled(incident: Incident) -> Incident:
    """An incident that whoever is asking has found himself or handles. Raises Denied."""
    if incident.found_by != actor().user_id and level("incident.handle") not in DOES:
        raise Denied("not-your-incident", "这条事件不是您发现的。", "You did not find this.")
    return incident
