"""Figures over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.api.fields import Moment
from server.db import session, utcnow
from server.errors import Invalid, NotFound
from server.http import actor, level, requires, settings
from server.month_end.summary import told
from server.reports import queries
from server.reports.days import read_span
from server.reports.figures import MEASURES, Asked, of_span
from server.reports.measures.case import COMPLAINT, DAMAGE, INCIDENT, ORDER, REQUEST
from server.reports.measures.intakes import reply_in_time, unmet_demand
from server.reports.measures.listing import page_of, read_place, write_place
from server.reports.month_figures import MONTHLY, AskedMonth, Groups, of_month
from server.reports.replaying import replays

blp = Blueprint("reports", __name__, url_prefix="/api/v1/reports", description="统计 Reports")
#: What is open has no past; what was declined has a list of what was asked for in vain.
OPEN, DECLINES = "K-23", "K-08"


class MonthIn(ma.Schema):
    month = ma.fields.String(
        load_default=None, validate=ma.validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$")
    )


class StretchOut(ma.Schema):
    from_at = Moment()
    until_at = Moment()
    counted = ma.fields.Boolean()
    why = ma.fields.String()


class ReplayOut(ma.Schema):
    kind = ma.fields.String()
    rule = ma.fields.String()
    calendar = ma.fields.String()
    started_at = Moment()
    due_at = Moment()
    done_at = Moment(allow_none=True)
    in_time = ma.fields.Boolean(allow_none=True)
    late_s = ma.fields.Integer()
    agrees = ma.fields.Boolean()
    stretches = ma.fields.List(ma.fields.Nested(StretchOut))


@blp.get("/deadlines/<number>")
@requires("report.read", reading=True)
@blp.response(200)
@blp.doc(operationId="replayDeadlines")
def replay_deadlines(number: str) -> Any:
    found = replays(session(), settings(), actor().estate_id, number)
    return {"items": ReplayOut(many=True).dump(found), "next_cursor": None}


class FigureIn(MonthIn):
    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(min=1, max=200))
    cursor = ma.fields.String(load_default=None, validate=ma.validate.Length(max=400))


#: Where a case is read; lists of slips and visits are told by their number alone.
_READ_AT = {
    ORDER: "/api/v1/orders",
    REQUEST: "/api/v1/requests",
    COMPLAINT: "/api/v1/complaints",
    INCIDENT: "/api/v1/incidents",
    DAMAGE: "/api/v1/damages",
}


class CaseOut(ma.Schema):
    subject = ma.fields.String()
    number = ma.fields.String()
    url = ma.fields.Function(
        lambda case: f"{_READ_AT[case.subject]}/{case.number}" if case.subject in _READ_AT else None
    )
    at = Moment()
    verdict = ma.fields.String()
    value = ma.fields.Float(allow_none=True)
    note = ma.fields.String()


@blp.get("/months/<code>")
@requires("report.read", reading=True)
@blp.arguments(FigureIn, location="query")
@blp.response(200)
@blp.doc(operationId="getMonthFigure")
def get_month_figure(wanted: dict[str, Any], code: str) -> Any:
    """One of K-09 to K-19, K-21 and K-22 in a month, with the cases behind it, missed ones first."""
    if code not in MONTHLY:
        raise NotFound("no-such-figure", f"没有指标 {code}。", f"There is no figure {code}.")
    now = utcnow()
    month = _month(wanted["month"], now)
    asked = AskedMonth(
        session(),
        settings(),
        actor().estate_id,
        month,
        now=now,
        with_amounts=level("damage.settle") is not None,
    )
    measured, measure = of_month(asked, code), MONTHLY[code]
    cases, following = page_of(
        measured.cases, after=read_place(wanted["cursor"]), limit=wanted["limit"]
    )
    return {
        "kpi": code,
        "rule": measure.rule,
        "month": f"{month:%Y-%m}",
        **told(measure.unit, measured.figure, measured.quotas),
        "groups": _groups(measured.groups or {}),
        "case_unit": measure.case_unit,
        "items": CaseOut(many=True).dump(cases),
        "next_cursor": write_place(following) if following else None,
    }


class DaysIn(ma.Schema):
    first = ma.fields.String(data_key="from", load_default=None)
    last = ma.fields.String(data_key="to", load_default=None)
    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(min=1, max=200))
    cursor = ma.fields.String(load_default=None, validate=ma.validate.Length(max=400))


@blp.get("/days/<code>")
@requires("report.read", reading=True)
@blp.arguments(DaysIn, location="query")
@blp.response(200)
@blp.doc(operationId="getDayFigure")
def get_day_figure(wanted: dict[str, Any], code: str) -> Any:
    """One of K-01 to K-08, K-20, K-23 and K-24 over some days (today where none are said), with the
    orders or requests behind it, missed ones first. K-23 is what is open now: of today alone."""
    if code not in MEASURES:
        raise NotFound("no-such-figure", f"没有指标 {code}。", f"There is no figure {code}.")
    now = utcnow()
    measure, today = MEASURES[code], now.astimezone(settings().zone).date()
    span = read_span(
        wanted["first"],
        wanted["last"],
        today=today,
        zone=settings().zone,
        longest_days=measure.longest_days,
    )
    if code == OPEN and span.first != today:
        raise Invalid("open-now", "未结事项只有现在的数。", "What is open is told of now alone.")
    asked = Asked(session(), settings(), actor().estate_id, span, now=now)
    figure, found = of_span(asked, code)
    cases, following = page_of(found, after=read_place(wanted["cursor"]), limit=wanted["limit"])
    groups = {"unmet_demand": unmet_demand(found)} if code == DECLINES else {}
    return {
        "kpi": code,
        "rule": measure.rule,
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        **told(measure.unit, figure),
        "target": measure.target(asked),
        "weight": measure.weight,
        "groups": _groups(groups),
        "case_unit": measure.case_unit,
        "items": CaseOut(many=True).dump(cases),
        "next_cursor": write_place(following) if following else None,
    }


@blp.get("/reply-in-time")
@requires("report.read", reading=True)
@blp.arguments(MonthIn, location="query")
@blp.response(200)
@blp.doc(operationId="getReplyInTime")
def get_reply_in_time(wanted: dict[str, Any]) -> Any:
    zone = settings().zone
    now = utcnow()
    month = _month(wanted["month"], now)
    rows = queries.intakes_of_month(session(), actor().estate_id, month, zone)
    figure = reply_in_time(rows, now=now)
    return {
        "kpi": "K-01",
        "month": month.strftime("%Y-%m"),
        "intakes": figure.intakes,
        "in_time": figure.in_time,
        "breaches": [{"number": number, "late_s": late} for number, late in figure.breaches],
    }


def _groups(groups: Groups) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{"name": word, "count": count} for word, count in pairs]
        for name, pairs in groups.items()
    }


def _month(text: str | None, now: dt.datetime) -> dt.date:
    if text:
        return dt.date.fromisoformat(f"{text}-01")
    return now.astimezone(settings().zone).date().replace(day=1)
