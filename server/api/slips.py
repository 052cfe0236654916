"""Slips over HTTP: what is at the front desk, lists handed over and received (F-11, F-12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api.fields import Body, Moment
from server.db import session, transaction, utcnow
from server.errors import Denied
from server.handovers import slip_queries, slips
from server.handovers.models import SlipHandover
from server.handovers.slip_days import list_day, slips_of_day
from server.http import actor, idempotent, requires, settings
from server.work_orders.operations import moving

blp = Blueprint("slips", __name__, url_prefix="/api/v1", description="回单移交 Slips")


class GapOut(ma.Schema):
    number = ma.fields.String()
    state = ma.fields.String()


class SlipHandoverOut(ma.Schema):
    number = ma.fields.String()
    kind = ma.fields.String()
    period_on = ma.fields.Date()
    due_at = Moment()
    orders = ma.fields.List(ma.fields.String())
    gaps = ma.fields.List(ma.fields.Nested(GapOut))
    oral_reports = ma.fields.List(ma.fields.String())
    given_by = ma.fields.UUID()
    given_at = Moment()
    received_by = ma.fields.UUID(allow_none=True)
    received_at = Moment(allow_none=True)


class SlipHandoverPageIn(ma.Schema):
    kind = ma.fields.String(
        load_default=slips.DAILY, validate=validate.OneOf([slips.DAILY, slips.MONTHLY])
    )
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    #: only lists of periods before this day
    cursor = ma.fields.Date(load_default=None)


class SlipHandoverPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(SlipHandoverOut))
    next_cursor = ma.fields.String(allow_none=True)


class GiveSlipsIn(Body):
    kind = ma.fields.String(required=True, validate=validate.OneOf([slips.DAILY, slips.MONTHLY]))
    #: the day, or a day of the month
    period_on = ma.fields.Date(required=True)


class FrontDeskIn(ma.Schema):
    day = ma.fields.Date(load_default=None)


class FrontDeskSlipOut(ma.Schema):
    number = ma.fields.String()
    state = ma.fields.String()
    unit = ma.fields.String()
    content = ma.fields.String()
    written_off_at = Moment()
    oral_report_at = Moment(allow_none=True)


class OralReportOut(ma.Schema):
    number = ma.fields.String()
    oral_report_at = Moment()


@blp.get("/front-desk-slips")
@requires("slips.give", reading=True)
@blp.arguments(FrontDeskIn, location="query")
@blp.response(200)
@blp.doc(operationId="listFrontDeskSlips")
def list_front_desk_slips(wanted: dict[str, Any]) -> Any:
    zone = settings().zone
    day = wanted["day"] or list_day(utcnow(), zone)
    between = slips_of_day(day, zone)
    found = slip_queries.returned_at_front_desk(session(), actor().estate_id, between)
    known = slip_queries.find_list(session(), actor().estate_id, slips.DAILY, day)
    return {
        "day": day.isoformat(),
        "items": FrontDeskSlipOut(many=True).dump(found),
        "handover": SlipHandoverOut().dump(known) if known else None,
    }


@blp.post("/orders/<number>/oral-report")
@requires("slips.give")
@idempotent
@blp.response(200, OralReportOut)
@blp.doc(operationId="reportSlipOrally")
def report_orally(number: str) -> Any:
    with transaction() as current:
        by = actor()
        order = moving.find_order(current, number, by=by)
        slips.report_orally(current, order, by=by, at=utcnow())
    return order


@blp.get("/slip-handovers")
@requires("account.self")
@blp.arguments(SlipHandoverPageIn, location="query")
@blp.response(200, SlipHandoverPageOut)
@blp.doc(operationId="listSlipHandovers")
def list_slip_handovers(wanted: dict[str, Any]) -> Any:
    _refuse_strangers()
    limit: int = wanted["limit"]
    rows = slip_queries.page(
        session(), actor().estate_id, wanted["kind"], limit=limit, before=wanted["cursor"]
    )
    more = len(rows) > limit
    return {
        "items": rows[:limit],
        "next_cursor": rows[limit - 1].period_on.isoformat() if more else None,
    }


@blp.get("/slip-handovers/<number>")
@requires("account.self")
@blp.response(200, SlipHandoverOut)
@blp.doc(operationId="getSlipHandover")
def get_slip_handover(number: str) -> Any:
    _refuse_strangers()
    return slip_queries.find(session(), number, by=actor())


@blp.post("/slip-handovers")
@requires("slips.give")
@idempotent
@blp.arguments(GiveSlipsIn)
@blp.response(200, SlipHandoverOut)
@blp.doc(operationId="giveSlips")
def give_slips(data: dict[str, Any]) -> Any:
    period_on: dt.date = data["period_on"]
    with transaction() as current:
        return give(current, data["kind"], period_on)


@blp.post("/slip-handovers/<number>/receipt")
@requires("account.self")
@idempotent
@blp.response(200, SlipHandoverOut)
@blp.doc(operationId="receiveSlips")
def receive_slips(number: str) -> Any:
    # Who receives which list stands in two rows of the matrix: the operation asks them.
    with transaction() as current:
        by = actor()
        handover = slip_queries.find(current, number, by=by, lock=True)
        slips.receive(current, handover, by=by, at=utcnow())
    return handover


def give(current: Any, kind: str, period_on: dt.date) -> SlipHandover:
    """Hand over the list of a day or of the month of that day."""
    operation, period = (
        (slips.give_day, period_on)
        if kind == slips.DAILY
        else (slips.give_month, period_on.replace(day=1))
    )
    return operation(current, settings(), period, by=actor(), at=utcnow())


def _refuse_strangers() -> None:
    if not slips.may_see(actor().roles):
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
