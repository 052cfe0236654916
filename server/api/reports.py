"""Figures over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.db import session, utcnow
from server.http import actor, requires, settings
from server.reports import queries
from server.reports.measures.intakes import reply_in_time

blp = Blueprint("reports", __name__, url_prefix="/api/v1/reports", description="统计 Reports")


class MonthIn(ma.Schema):
    month = ma.fields.String(
        load_default=None, validate=ma.validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$")
    )


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
