"""The month's end over HTTP: its steps, the Statistics Summary (F-06), weekly reports (F-18)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.accounts.permissions import may
from server.api.fields import Body, Moment, Text
from server.db import session, transaction, utcnow
from server.http import actor, etag, expected_version, idempotent, requires, settings
from server.month_end import steps, summary, weekly
from server.month_end.models import MonthlySummary
from server.month_end.standing import Month
from server.month_end.taking import take_step
from server.month_end.weekly_counts import monday_of
from server.paper.periods import month_of_key

blp = Blueprint("month_ends", __name__, url_prefix="/api/v1", description="月末 Month's end")


class StepOut(ma.Schema):
    code = ma.fields.String()
    rule = ma.fields.String()
    done = ma.fields.Boolean()
    open = ma.fields.Integer()
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
    state = ma.fields.String()
    ready = ma.fields.Boolean()
    #: whether whoever asks may take it
    mine = ma.fields.Boolean()
    taken_at = Moment(allow_none=True)
    taken_by = ma.fields.UUID(allow_none=True)


class MonthEndOut(ma.Schema):
    month = ma.fields.String()
    over = ma.fields.Boolean()
    steps = ma.fields.List(ma.fields.Nested(StepOut))


class SummaryOut(ma.Schema):
    month = ma.fields.Function(lambda one: f"{one.month:%Y-%m}")
    version = ma.fields.Integer()
    figures = ma.fields.Dict()
    satisfied_items = ma.fields.String()
    dissatisfied_items = ma.fields.String()
    concerns = ma.fields.String()
    causes = ma.fields.String()
    measures = ma.fields.String()
    author_id = ma.fields.UUID()
    made_at = Moment()
    submitted_at = Moment(allow_none=True)
    read_by = ma.fields.UUID(allow_none=True)
    read_at = Moment(allow_none=True)


class SummaryTextsIn(Body):
    satisfied_items = Text(4000, blank=True)
    dissatisfied_items = Text(4000, blank=True)
    concerns = Text(4000, blank=True)
    causes = Text(4000, blank=True)
    measures = Text(4000, blank=True)


class WeeklyOut(ma.Schema):
    id = ma.fields.UUID()
    week_on = ma.fields.Date()
    author_id = ma.fields.UUID()
    figures = ma.fields.Dict()
    summary = ma.fields.String()
    plan = ma.fields.String()
    version = ma.fields.Integer()
    written_at = Moment()
    submitted_at = Moment(allow_none=True)
    read_by = ma.fields.UUID(allow_none=True)
    read_at = Moment(allow_none=True)


class WeeklyIn(Body):
    week_on = ma.fields.Date(required=True)
    summary = Text(4000, load_default="", blank=True)
    plan = Text(4000, load_default="", blank=True)
    submit = ma.fields.Boolean(load_default=False)


class WeekIn(ma.Schema):
    week_on = ma.fields.Date(load_default=None)


@blp.get("/month-ends/<month>")
@requires("month.read", reading=True)
@blp.response(200, MonthEndOut)
@blp.doc(operationId="getMonthEnd")
def get_month_end(month: str) -> Any:
    by, now = actor(), utcnow()
    here = Month(session(), settings(), by.estate_id, month_of_key(month), now=now)
    taken = steps.taken(session(), by, here.month)
    return {
        "month": f"{here.month:%Y-%m}",
        "over": here.over,
        "steps": [
            {
                "code": code,
                "rule": steps.STEPS[code].rule,
                "done": one.done,
                "open": one.open,
                "counts": one.counts,
                "state": one.state,
                "ready": one.ready,
                "mine": may(steps.STEPS[code].permission, by.roles),
                "taken_at": taken[code].taken_at if code in taken else None,
                "taken_by": taken[code].taken_by if code in taken else None,
            }
            for code, one in steps.standings(here).items()
        ],
    }


@blp.post("/month-ends/<month>/steps/<code>")
@requires("month.read", reading=True)
@idempotent
@blp.response(200)
@blp.doc(operationId="takeMonthStep")
def take_month_step(month: str, code: str) -> Any:
    # Each step has an action of its own: `take` asks the matrix for it.
    result = take_step(settings(), code, month_of_key(month), by=actor(), at=utcnow())
    return {"step": code, "result": result}


@blp.get("/monthly-summaries/<month>")
@requires("summary.write", reading=True)
@blp.response(200, SummaryOut)
@blp.doc(operationId="getMonthlySummary")
def get_summary(month: str) -> Any:
    return _told(summary.get(session(), actor().estate_id, month_of_key(month)))


@blp.post("/monthly-summaries/<month>/comments")
@requires("summary.write")
@idempotent
@blp.arguments(SummaryTextsIn)
@blp.response(200, SummaryOut)
@blp.doc(operationId="commentMonthlySummary")
def comment_summary(data: dict[str, Any], month: str) -> Any:
    with transaction() as current:
        found = summary.get(current, actor().estate_id, month_of_key(month), lock=True)
        summary.comment(
            current, found, data, expected_version=expected_version(), by=actor(), at=utcnow()
        )
    return _told(found)


@blp.post("/monthly-summaries/<month>/recount")
@requires("summary.write")
@idempotent
@blp.response(200, SummaryOut)
@blp.doc(operationId="recountMonthlySummary")
def recount_summary(month: str) -> Any:
    with transaction() as current:
        found = summary.get(current, actor().estate_id, month_of_key(month), lock=True)
        summary.recount(current, settings(), found, by=actor(), at=utcnow())
    return _told(found)


@blp.post("/monthly-summaries/<month>/submission")
@requires("summary.write")
@idempotent
@blp.response(200, SummaryOut)
@blp.doc(operationId="submitMonthlySummary")
def submit_summary(month: str) -> Any:
    with transaction() as current:
        found = summary.get(current, actor().estate_id, month_of_key(month), lock=True)
        summary.submit(current, found, by=actor(), at=utcnow())
    return _told(found)


@blp.post("/monthly-summaries/<month>/reading")
@requires("summary.read")
@idempotent
@blp.response(200, SummaryOut)
@blp.doc(operationId="readMonthlySummary")
def read_summary(month: str) -> Any:
    with transaction() as current:
        found = summary.get(current, actor().estate_id, month_of_key(month), lock=True)
        summary.mark_read(current, found, by=actor(), at=utcnow())
    return _told(found)


@blp.get("/weekly-reports")
@requires("weekly.read", reading=True)
@blp.arguments(WeekIn, location="query")
@blp.response(200)
@blp.doc(operationId="listWeeklyReports")
def list_weekly_reports(wanted: dict[str, Any]) -> Any:
    today = utcnow().astimezone(settings().zone).date()
    week_on = monday_of(wanted["week_on"] or today)
    estate_id = actor().estate_id
    return {
        "week_on": week_on.isoformat(),
        "items": WeeklyOut(many=True).dump(weekly.of_week(session(), estate_id, week_on)),
        "missing": [
            {"id": str(one.id), "name": one.name}
            for one in weekly.missing(session(), estate_id, week_on)
        ],
        "next_cursor": None,
    }


@blp.post("/weekly-reports")
@requires("weekly.write")
@idempotent
@blp.arguments(WeeklyIn)
@blp.response(200, WeeklyOut)
@blp.doc(operationId="writeWeeklyReport")
def write_weekly_report(data: dict[str, Any]) -> Any:
    with transaction() as current:
        return weekly.write(
            current,
            settings(),
            data["week_on"],
            summary=data["summary"],
            plan=data["plan"],
            submits=data["submit"],
            by=actor(),
            at=utcnow(),
        )


@blp.post("/weekly-reports/<uuid:report_id>/reading")
@requires("weekly.read")
@idempotent
@blp.response(200, WeeklyOut)
@blp.doc(operationId="readWeeklyReport")
def read_weekly_report(report_id: uuid.UUID) -> Any:
    with transaction() as current:
        report = weekly.get(current, report_id, by=actor(), lock=True)
        weekly.mark_read(current, report, by=actor(), at=utcnow())
    return report


def _told(found: MonthlySummary) -> Any:
    return found, 200, etag(found.version)
