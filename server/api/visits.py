"""Return visits of orders over HTTP (RV1–RV7, F-16); complaints' visits are read here only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask import current_app, request
from flask_smorest import Blueprint
from marshmallow import validate

from server.accounts.queries import find_user, names_of
from server.api.fields import Body, Moment, Text, one_of
from server.db import session, transaction, utcnow
from server.errors import NotFound
from server.evidence import signed_here
from server.evidence.photos import Limits
from server.evidence.storage import STORE, PhotoStore
from server.http import actor, idempotent, requires, settings
from server.return_visits import (
    attempting,
    cohort,
    correcting,
    planning,
    queries,
    signing,
    spot_checks,
)
from server.return_visits import operations as visits
from server.return_visits.queries import LISTS, OPEN_LIST, Entry, Filter
from server.return_visits.risk import MOST
from server.work_orders import queries as orders

blp = Blueprint("visits", __name__, url_prefix="/api/v1", description="回访 Return visits")
MONTH = validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$")


def _risk(row: Any) -> int:
    place: int = row["risk_place"] if isinstance(row, dict) else row.risk_place
    return MOST - place


class VisitIn(ma.Schema):
    method = one_of(*visits.METHODS, required=True)
    satisfied = ma.fields.Boolean(required=True)
    comment = Text(2000, required=True)
    customer_signature = ma.fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp("^[0-9a-f]{64}$")
    )
    fixed = ma.fields.Boolean(load_default=None, allow_none=True)
    cause = one_of(*visits.CAUSES, load_default=None, allow_none=True)
    signer_name = Text(60, load_default=None, allow_none=True)


class VisitOut(ma.Schema):
    number = ma.fields.String()
    state = ma.fields.String()
    due_at = Moment()
    method = ma.fields.String(allow_none=True)
    satisfied = ma.fields.Boolean(allow_none=True)
    comment = ma.fields.String(allow_none=True)
    customer_signature = ma.fields.String(attribute="customer_signature_sha256", allow_none=True)
    recorded_by = ma.fields.UUID(allow_none=True)
    done_at = Moment(allow_none=True)
    purpose = ma.fields.String()
    cohort_on = ma.fields.Date(allow_none=True)
    assignee_id = ma.fields.UUID(allow_none=True)
    assign_reason = ma.fields.String(allow_none=True)
    risk = ma.fields.Function(_risk, metadata={"type": "integer"})
    risks = ma.fields.List(ma.fields.Dict(), allow_none=True)
    on_site_wanted = ma.fields.Boolean()
    round = ma.fields.Integer()
    attempts = ma.fields.Integer()
    fixed = ma.fields.Boolean(allow_none=True)
    cause = ma.fields.String(allow_none=True)
    reopened_request = ma.fields.Function(
        lambda row: queries.reopened_request(session(), row),
        metadata={"type": ["string", "null"]},
    )


class ListedVisitOut(VisitOut):
    """A visit of a list, with what it is about; nothing that asks the database row by row."""

    class Meta:
        exclude = ("reopened_request",)

    order_number = ma.fields.String(allow_none=True)
    complaint_number = ma.fields.String(allow_none=True)
    unit_code = ma.fields.String(allow_none=True)
    assignee = ma.fields.String(allow_none=True)


class VisitPageIn(ma.Schema):
    state = one_of(*LISTS, load_default=OPEN_LIST)
    assignee = Text(40, load_default=None)
    cohort = ma.fields.String(load_default=None, validate=MONTH)
    method = one_of(*visits.METHODS, load_default=None)
    on_site_wanted = ma.fields.Boolean(load_default=None, allow_none=True)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(80, load_default=None)


class VisitPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ListedVisitOut))
    next_cursor = ma.fields.String(allow_none=True)


class CohortIn(ma.Schema):
    month = ma.fields.String(required=True, validate=MONTH)


class CohortOut(ma.Schema):
    month = ma.fields.String()
    due_at = Moment()
    total = ma.fields.Integer()
    done = ma.fields.Integer()
    open = ma.fields.Integer()
    unreachable = ma.fields.Integer()
    on_site = ma.fields.Integer()
    on_site_due = ma.fields.Integer()
    late = ma.fields.Integer()


class AssignIn(Body):
    assignee = Text(40, required=True)
    reason = Text(200, load_default=None, allow_none=True)
    on_site = ma.fields.Boolean(load_default=None, allow_none=True)


class AttemptIn(ma.Schema):
    method = one_of(*visits.METHODS, load_default="phone")
    note = Text(200, required=True)


class ClosureIn(ma.Schema):
    reason = Text(200, required=True)


class SpotCheckIn(Body):
    asked = one_of("customer", "record", required=True)
    agrees = ma.fields.Boolean(required=True)
    note = Text(2000, blank=True, load_default="")


class SpotCheckOut(ma.Schema):
    checker_id = ma.fields.UUID()
    asked = ma.fields.String()
    agrees = ma.fields.Boolean()
    note = ma.fields.String()
    at = Moment()


class RectificationIn(Body):
    owner = Text(40, required=True)
    due_on = ma.fields.Date(required=True)
    text = Text(2000, required=True)


class PutRightIn(ma.Schema):
    text = Text(2000, required=True)


class VisitRectificationOut(ma.Schema):
    round = ma.fields.Integer()
    text = ma.fields.String()
    owner_id = ma.fields.UUID()
    due_on = ma.fields.Date()
    opened_at = Moment()
    done_text = ma.fields.String(allow_none=True)
    done_by = ma.fields.UUID(allow_none=True)
    done_at = Moment(allow_none=True)


class SignatureOut(ma.Schema):
    sha256 = ma.fields.String()


@blp.get("/return-visits")
@requires("visit.make", reading=True)
@blp.arguments(VisitPageIn, location="query")
@blp.response(200, VisitPageOut)
@blp.doc(operationId="listReturnVisits")
def list_return_visits(wanted: dict[str, Any]) -> Any:
    by = actor()
    assignee = wanted["assignee"]
    person = find_user(session(), by.estate_id, assignee) if assignee else None
    if assignee and person is None:
        return {"items": [], "next_cursor": None}
    found = queries.page(
        session(),
        by.estate_id,
        Filter(
            state=wanted["state"],
            assignee_id=person.id if person else None,
            cohort_on=month_of(wanted["cohort"]) if wanted["cohort"] else None,
            method=wanted["method"],
            on_site_wanted=wanted["on_site_wanted"],
        ),
        after=wanted["cursor"],
        limit=wanted["limit"],
    )
    ids = {one.visit.assignee_id for one in found.entries if one.visit.assignee_id}
    names = names_of(session(), ids)
    items = [_listed(one, names) for one in found.entries]
    return {"items": items, "next_cursor": found.after}


@blp.get("/return-visits/cohort")
@requires("visit.make", reading=True)
@blp.arguments(CohortIn, location="query")
@blp.response(200, CohortOut)
@blp.doc(operationId="getReturnVisitCohort")
def get_return_visit_cohort(wanted: dict[str, Any]) -> Any:
    month, zone = month_of(wanted["month"]), settings().zone
    counts = cohort.of_month(session(), actor().estate_id, month, zone=zone, at=utcnow())
    return {
        "month": wanted["month"],
        "due_at": cohort.due_of(month, zone),
        **counts.to_json(),
    }


@blp.get("/orders/<number>/return-visit")
@requires("order.read")
@blp.response(200, VisitOut)
@blp.doc(operationId="getReturnVisit")
def get_return_visit(number: str) -> Any:
    order = orders.get_order(session(), actor().estate_id, number)
    visit = visits.visit_of_order(session(), order.id)
    if visit is None:
        raise NotFound("no-such-visit", "没有回访。", "There is no return visit.")
    return visit


@blp.post("/return-visits/<number>/results")
@requires("visit.make")
@idempotent
@blp.arguments(VisitIn)
@blp.response(200, VisitOut)
@blp.doc(operationId="recordReturnVisit")
def record_return_visit(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        visit = visits.find_visit(current, number, by=actor())
        visits.record_visit(current, settings(), visit, **data, by=actor(), at=utcnow())
    return visit


@blp.post("/return-visits/<number>/signature")
@requires("visit.make")
@idempotent
@blp.response(201, SignatureOut)
@blp.doc(
    operationId="uploadReturnVisitSignature",
    requestBody={
        "required": True,
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    },
)
def upload_return_visit_signature(number: str) -> Any:
    # The picture first: nothing waits for it while the order is locked.
    queries.get_visit(session(), number, by=actor())
    store: PhotoStore = current_app.extensions[STORE]
    limits = Limits(max_pixels=settings().photo_max_pixels)
    picture, media_type = signed_here.receive(request.get_data(), store, limits=limits)
    with transaction() as current:
        return signing.keep(current, number, picture, media_type, by=actor(), at=utcnow())


@blp.post("/return-visits/<number>/assignment")
@requires("visit.plan")
@idempotent
@blp.arguments(AssignIn)
@blp.response(200, VisitOut)
@blp.doc(operationId="assignReturnVisit")
def assign_return_visit(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        visit = visits.find_visit(current, number, by=by)
        user = find_user(current, by.estate_id, data.pop("assignee"))
        planning.assign(current, visit, user, **data, by=by, at=utcnow())
    return visit


@blp.post("/return-visits/<number>/attempts")
@requires("visit.make")
@idempotent
@blp.arguments(AttemptIn)
@blp.response(200, VisitOut)
@blp.doc(operationId="noteReturnVisitAttempt")
def note_return_visit_attempt(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        visit = visits.find_visit(current, number, by=actor())
        attempting.note_attempt(current, visit, **data, by=actor(), at=utcnow())
    return visit


@blp.post("/return-visits/<number>/closure")
@requires("visit.close")
@idempotent
@blp.arguments(ClosureIn)
@blp.response(200, VisitOut)
@blp.doc(operationId="closeReturnVisit")
def close_return_visit(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        visit = visits.find_visit(current, number, by=actor())
        attempting.close_unreachable(
            current, settings(), visit, reason=data["reason"], by=actor(), at=utcnow()
        )
    return visit


@blp.post("/return-visits/<number>/spot-checks")
@requires("visit.spot_check")
@idempotent
@blp.arguments(SpotCheckIn)
@blp.response(201, SpotCheckOut)
@blp.doc(operationId="spotCheckReturnVisit")
def spot_check_return_visit(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        visit = visits.find_visit(current, number, by=actor())
        return spot_checks.check(current, visit, **data, by=actor(), at=utcnow())


@blp.post("/return-visits/<number>/rectification")
@requires("visit.plan")
@idempotent
@blp.arguments(RectificationIn)
@blp.response(200, VisitRectificationOut)
@blp.doc(operationId="changeReturnVisitRectification")
def change_return_visit_rectification(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        visit = visits.find_visit(current, number, by=by)
        owner = find_user(current, by.estate_id, data.pop("owner"))
        return correcting.change(
            current, settings(), visit, owner=owner, **data, by=by, at=utcnow()
        )


@blp.post("/return-visits/<number>/rectification/done")
@requires("rectification.carry_out", reading=True)
@idempotent
@blp.arguments(PutRightIn)
@blp.response(200, VisitOut)
@blp.doc(operationId="carryOutReturnVisitRectification")
def carry_out_return_visit_rectification(data: dict[str, Any], number: str) -> Any:
    # Whoever it is for, or a manager: the operation asks whose it is.
    with transaction() as current:
        visit = visits.find_visit(current, number, by=actor())
        correcting.put_right(current, visit, text=data["text"], by=actor(), at=utcnow())
    return visit


def month_of(text: str) -> dt.date:
    """The first day of a month such as 2025-03."""
    return dt.date.fromisoformat(f"{text}-01")


def _listed(one: Entry, names: dict[Any, str]) -> dict[str, Any]:
    about = one.order or one.complaint
    fields = ListedVisitOut().fields
    return {
        **{name: getattr(one.visit, name, None) for name in fields},
        "customer_signature_sha256": one.visit.customer_signature_sha256,
        "risk_place": one.visit.risk_place,
        "order_number": one.order.number if one.order else None,
        "complaint_number": one.complaint.number if one.complaint else None,
        "unit_code": about.unit.code if about else None,
        "assignee": names.get(one.visit.assignee_id),
    }
