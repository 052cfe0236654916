"""Figures over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.api.fields import Moment
from server.db import session, utcnow
from server.http import actor, requires, settings
from server.reports import queries
from server.reports.measures.intakes import reply_in_time
from server.reports.replaying import replays

blp = Blueprint("reports", __name__, url_prefix="/api/v1/reports", description="统计 Reports")


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


@blp.get("/reply-in-time")
@requires("report.read", reading=True)
@blp.arguments(MonthIn, location="query")
@blp.response(200)
@blp.doc(operationId="getReplyInTime")
def get_reply_in_time(wanted: dict[str, Any]) -> Any:
    zone = settings().zone
    now = utcnow()
    month = (
        dt.date.fromisoformat(f"{wanted['month']}-01")
        if wanted["month"]
        else now.astimezone(zone).date().replace(day=1)
    )
    rows = queries.intakes_of_month(session(), actor().estate_id, month, zone)
    figure = reply_in_time(rows, now=now)
    return {
        "kpi": "K-01",
        "month": month.strftime("%Y-%m"),
        "intakes": figure.intakes,
        "in_time": figure.in_time,
        "breaches": [{"number": number, "late_s": late} for number, late in figure.breaches],
    }
