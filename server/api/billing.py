"""The ledger and the month's charge report over HTTP (B1–B3, F-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api.fields import Body, Moment, Several, Text, one_of
from server.billing import ledger, queries, reports
from server.billing.lifecycle import METHODS, EntryState
from server.billing.queries import EntryFilter, read_month
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.http import actor, etag, expected_version, idempotent, requires, settings

blp = Blueprint("billing", __name__, url_prefix="/api/v1", description="账务 Money")
#: So many copies are registered at once.
MOST_AT_ONCE = 200


class Month(ma.fields.String):
    """A month as 2025-03; inside, its first day."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else f"{value:%Y-%m}"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return read_month(str(super()._deserialize(value, *args, **kwargs)))
        except Invalid as error:
            raise ma.ValidationError("月份须写成 2025-03 Write a month as 2025-03.") from error


class BillingEntryOut(ma.Schema):
    order = ma.fields.String(attribute="number")
    unit_code = ma.fields.String(attribute="unit")
    month = Month()
    state = ma.fields.String()
    payment_method = ma.fields.String()
    category = ma.fields.String()
    labour_fen = ma.fields.Integer()
    material_fen = ma.fields.Integer()
    waived_fen = ma.fields.Integer()
    charge_fen = ma.fields.Integer()
    held = ma.fields.Boolean()
    registered_at = Moment(allow_none=True)
    registered_by = ma.fields.UUID(allow_none=True)
    paid_at = Moment(allow_none=True)
    note = ma.fields.String(attribute="paid_note", allow_none=True)


class BillingEntryPageIn(ma.Schema):
    month = Month(load_default=None)
    state = Several(*EntryState, load_default=list)
    payment_method = one_of(*METHODS, load_default=None)
    unit_code = Text(20, load_default=None)
    held = ma.fields.Boolean(load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = ma.fields.UUID(load_default=None)


class BillingEntryPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BillingEntryOut))
    next_cursor = ma.fields.UUID(allow_none=True)


class CopyRegistrationIn(Body):
    payment_method = Text(16, load_default=None, allow_none=True)
    note = Text(200, load_default=None, allow_none=True)
    reason = Text(200, load_default=None, allow_none=True)


class OneCopyIn(CopyRegistrationIn):
    order = Text(20, required=True)


class CopyRegistrationsIn(Body):
    items = ma.fields.List(
        ma.fields.Nested(OneCopyIn),
        required=True,
        validate=validate.Length(min=1, max=MOST_AT_ONCE),
    )


class CopyRegistrationsOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BillingEntryOut))


class FinanceReportOut(ma.Schema):
    number = ma.fields.String()
    version = ma.fields.Integer()
    month = Month()
    state = ma.fields.String()
    totals = ma.fields.Dict()
    note = ma.fields.String(allow_none=True)
    author = ma.fields.UUID(attribute="author_id")
    made_at = Moment()
    submitted_at = Moment(allow_none=True)
    reviewed_by = ma.fields.UUID(allow_none=True)
    reviewed_at = Moment(allow_none=True)
    review_note = ma.fields.String(allow_none=True)


class FinanceReportsOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(FinanceReportOut))
    next_cursor = ma.fields.String(allow_none=True)


class ReportSubmissionIn(Body):
    note = Text(2000, load_default=None, allow_none=True)


class ReportReviewIn(Body):
    outcome = one_of("approved", "returned", required=True)
    note = Text(2000, load_default=None, allow_none=True)


@blp.get("/billing-entries")
@requires("billing.register", reading=True)
@blp.arguments(BillingEntryPageIn, location="query")
@blp.response(200, BillingEntryPageOut)
@blp.doc(operationId="listBillingEntries")
def list_entries(wanted: dict[str, Any]) -> Any:
    rows, following = queries.entries(
        session(),
        actor().estate_id,
        EntryFilter(
            month=wanted["month"],
            states=wanted["state"],
            method=wanted["payment_method"],
            unit=wanted["unit_code"],
            held=wanted["held"],
        ),
        limit=wanted["limit"],
        after=wanted["cursor"],
    )
    return {"items": rows, "next_cursor": following}


@blp.get("/billing-entries/<order>")
@requires("billing.register", reading=True)
@blp.response(200, BillingEntryOut)
@blp.doc(operationId="getBillingEntry")
def get_entry(order: str) -> Any:
    return queries.entry_of(session(), actor().estate_id, order)


@blp.post("/billing-entries/<order>/registration")
@requires("billing.register")
@idempotent
@blp.arguments(CopyRegistrationIn)
@blp.response(200, BillingEntryOut)
@blp.doc(operationId="registerCopy")
def register_copy(data: dict[str, Any], order: str) -> Any:
    """R-074: copy 3 by its payment method; in another one than before it needs a reason."""
    with transaction() as current:
        ledger.register_order(current, settings(), order, **data, by=actor(), at=utcnow())
        return queries.entry_of(current, actor().estate_id, order)


@blp.post("/billing-entries/registrations")
@requires("billing.register")
@idempotent
@blp.arguments(CopyRegistrationsIn)
@blp.response(200, CopyRegistrationsOut)
@blp.doc(operationId="registerCopies")
def register_copies(data: dict[str, Any]) -> Any:
    """Many at once: all of them, or, where one is refused, none."""
    items = {one.pop("order"): one for one in data["items"]}
    with transaction() as current:
        by, at = actor(), utcnow()
        for number in sorted(items):  # everybody locks orders in the same sequence
            ledger.register_order(current, settings(), number, **items[number], by=by, at=at)
        wanted = EntryFilter(orders=list(items))
        rows, _ = queries.entries(current, by.estate_id, wanted, limit=MOST_AT_ONCE)
        return {"items": rows}


@blp.get("/finance-reports")
@requires("billing.register", reading=True)
@blp.response(200, FinanceReportsOut)
@blp.doc(operationId="listFinanceReports")
def list_reports() -> Any:
    return {"items": queries.reports(session(), actor().estate_id), "next_cursor": None}


@blp.get("/finance-reports/<month>")
@requires("billing.register", reading=True)
@blp.response(200, FinanceReportOut)
@blp.doc(operationId="getFinanceReport")
def get_report(month: str) -> Any:
    report = queries.get_report(session(), actor().estate_id, read_month(month))
    return report, 200, etag(report.version)


@blp.post("/finance-reports/<month>")
@requires("billing.register")
@idempotent
@blp.response(200, FinanceReportOut)
@blp.doc(operationId="makeFinanceReport")
def make_report(month: str) -> Any:
    """B2: the draft of a month, made anew from the ledger; submitted it is left as it is."""
    wanted: dt.date = read_month(month)
    with transaction() as current:
        report = reports.make_report(current, settings(), wanted, by=actor(), at=utcnow())
    return report, 200, etag(report.version)


@blp.post("/finance-reports/<month>/submission")
@requires("billing.register")
@idempotent
@blp.arguments(ReportSubmissionIn)
@blp.response(200, FinanceReportOut)
@blp.doc(operationId="submitFinanceReport")
def submit_report(data: dict[str, Any], month: str) -> Any:
    with transaction() as current:
        report = reports.submit(
            current,
            settings(),
            read_month(month),
            note=data["note"],
            expected_version=expected_version(),
            by=actor(),
            at=utcnow(),
        )
    return report, 200, etag(report.version)


@blp.post("/finance-reports/<month>/review")
@requires("billing.review")
@idempotent
@blp.arguments(ReportReviewIn)
@blp.response(200, FinanceReportOut)
@blp.doc(operationId="reviewFinanceReport")
def review_report(data: dict[str, Any], month: str) -> Any:
    """B3: approved, or back to finance with the reason in `note` (R-075)."""
    with transaction() as current:
        by, at = actor(), utcnow()
        report = reports.find_report(
            current, read_month(month), by=by, expected_version=expected_version()
        )
        if data["outcome"] == "approved":
            reports.approve(current, report, note=data["note"], by=by, at=at)
        else:
            reports.give_back(current, report, reason=data["note"] or "", by=by, at=at)
    return report, 200, etag(report.version)
