"""Fee notices and waivers over HTTP (B4–B6, F-09, R-009)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api.billing import Month
from server.api.fields import Body, Moment, Text, one_of
from server.billing import notices, queries, waivers
from server.billing.lifecycle import AT_ONCE, NoticeState
from server.billing.models import FeeNotice, Waiver
from server.billing.queries import NoticeFilter, NoticePlace
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.estate.models import Unit
from server.http import actor, idempotent, requires, settings
from server.work_orders.models import WorkOrder

blp = Blueprint("fees", __name__, url_prefix="/api/v1", description="缴费与减免 Fees")
#: The most that one waiver can be about, in fen.
MOST_FEN = 100_000_000


class FeeNoticeLineOut(ma.Schema):
    order = ma.fields.String()
    amount_fen = ma.fields.Integer()


class FeeNoticeOut(ma.Schema):
    number = ma.fields.String()
    unit_code = ma.fields.String()
    month = Month()
    state = ma.fields.String()
    lines = ma.fields.List(ma.fields.Nested(FeeNoticeLineOut))
    total_fen = ma.fields.Integer()
    due_on = ma.fields.Date()
    issued_at = Moment()
    delivered_at = Moment(allow_none=True)
    reminders = ma.fields.Integer()
    paid_at = Moment(allow_none=True)
    paid_method = ma.fields.String(allow_none=True)


class FeeNoticePageIn(ma.Schema):
    month = Month(load_default=None)
    unit_code = Text(20, load_default=None)
    state = one_of(*NoticeState, load_default=None)
    unpaid = ma.fields.Boolean(load_default=False)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(60, load_default=None)


class FeeNoticePageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(FeeNoticeOut))
    next_cursor = ma.fields.String(allow_none=True)


class FeeNoticesIssueIn(Body):
    month = Month(required=True)


class FeeNoticesIssuedOut(ma.Schema):
    month = Month()
    notices = ma.fields.Integer()
    total_fen = ma.fields.Integer()


class FeeReminderIn(Body):
    channel = one_of(*notices.CHANNELS, required=True)
    note = Text(200, required=True)


class FeePaymentIn(Body):
    method = one_of(*AT_ONCE, required=True)


class WaiverIn(Body):
    order = Text(20, required=True)
    amount_fen = ma.fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=MOST_FEN)
    )
    reason = Text(400, required=True)


class WaiverDecisionIn(Body):
    approved = ma.fields.Boolean(required=True)
    note = Text(400, load_default=None, allow_none=True)


class WaiverPageIn(ma.Schema):
    undecided = ma.fields.Boolean(load_default=True)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = ma.fields.UUID(load_default=None)


class WaiverOut(ma.Schema):
    id = ma.fields.UUID()
    order = ma.fields.String()
    amount_fen = ma.fields.Integer()
    reason = ma.fields.String()
    asked_by = ma.fields.UUID()
    asked_at = Moment()
    approved = ma.fields.Boolean(allow_none=True)
    note = ma.fields.String(allow_none=True)
    decided_by = ma.fields.UUID(allow_none=True)
    decided_at = Moment(allow_none=True)


class WaiverPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(WaiverOut))
    next_cursor = ma.fields.UUID(allow_none=True)


@blp.get("/fee-notices")
@requires("fee_notice.read", reading=True)
@blp.arguments(FeeNoticePageIn, location="query")
@blp.response(200, FeeNoticePageOut)
@blp.doc(operationId="listFeeNotices")
def list_notices(wanted: dict[str, Any]) -> Any:
    rows, following = queries.notices(
        session(),
        actor().estate_id,
        NoticeFilter(
            month=wanted["month"],
            state=wanted["state"],
            unit=wanted["unit_code"],
            unpaid=wanted["unpaid"],
        ),
        limit=wanted["limit"],
        after=read_place(wanted["cursor"]) if wanted["cursor"] else None,
    )
    return {
        "items": [notice_json(notice, unit, reminded) for notice, unit, reminded in rows],
        "next_cursor": spelled_place(following) if following else None,
    }


@blp.post("/fee-notices")
@requires("fee_notice.issue")
@idempotent
@blp.arguments(FeeNoticesIssueIn)
@blp.response(200, FeeNoticesIssuedOut)
@blp.doc(operationId="issueFeeNotices")
def issue(data: dict[str, Any]) -> Any:
    """B4: after approval, one notice for each unit that owes (R-075, R-077)."""
    with transaction() as current:
        issued = notices.issue_notices(current, settings(), data["month"], by=actor(), at=utcnow())
    return {
        "month": data["month"],
        "notices": len(issued),
        "total_fen": sum(notice.total_fen for notice in issued),
    }


@blp.get("/fee-notices/<number>")
@requires("fee_notice.read", reading=True)
@blp.response(200, FeeNoticeOut)
@blp.doc(operationId="getFeeNotice")
def get_notice(number: str) -> Any:
    return _one(queries.get_notice(session(), actor().estate_id, number))


@blp.post("/fee-notices/<number>/delivery")
@requires("fee_notice.deliver")
@idempotent
@blp.response(200, FeeNoticeOut)
@blp.doc(operationId="deliverFeeNotice")
def deliver(number: str) -> Any:
    with transaction() as current:
        notice = notices.find_notice(current, number, by=actor())
        notices.deliver(current, notice, by=actor(), at=utcnow())
    return _one(notice)


@blp.post("/fee-notices/<number>/reminders")
@requires("fee_notice.deliver")
@idempotent
@blp.arguments(FeeReminderIn)
@blp.response(200, FeeNoticeOut)
@blp.doc(operationId="remindOfFeeNotice")
def remind(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = notices.find_notice(current, number, by=actor())
        notices.remind(current, notice, **data, by=actor(), at=utcnow())
    return _one(notice)


@blp.post("/fee-notices/<number>/payment")
@requires("fee_notice.issue")
@idempotent
@blp.arguments(FeePaymentIn)
@blp.response(200, FeeNoticeOut)
@blp.doc(operationId="payFeeNotice")
def pay(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = notices.find_notice(current, number, by=actor())
        notices.pay(current, notice, **data, by=actor(), at=utcnow())
    return _one(notice)


@blp.get("/waivers")
@requires("billing.register", reading=True)
@blp.arguments(WaiverPageIn, location="query")
@blp.response(200, WaiverPageOut)
@blp.doc(operationId="listWaivers")
def list_waivers(wanted: dict[str, Any]) -> Any:
    rows, following = queries.waivers(
        session(),
        actor().estate_id,
        undecided=wanted["undecided"],
        limit=wanted["limit"],
        after=wanted["cursor"],
    )
    return {
        "items": [waiver_json(waiver, number) for waiver, number, _unit_code, _charge in rows],
        "next_cursor": following,
    }


@blp.post("/waivers")
@requires("waiver.ask")
@idempotent
@blp.arguments(WaiverIn)
@blp.response(201, WaiverOut)
@blp.doc(operationId="askForWaiver")
def ask(data: dict[str, Any]) -> Any:
    number = data.pop("order")
    with transaction() as current:
        waiver = waivers.ask(current, settings(), number, **data, by=actor(), at=utcnow())
    return waiver_json(waiver, number)


@blp.post("/waivers/<uuid:waiver_id>/decision")
@requires("order.approve_price")
@idempotent
@blp.arguments(WaiverDecisionIn)
@blp.response(200, WaiverOut)
@blp.doc(operationId="decideWaiver")
def decide(data: dict[str, Any], waiver_id: uuid.UUID) -> Any:
    with transaction() as current:
        waiver = waivers.decide(current, settings(), waiver_id, **data, by=actor(), at=utcnow())
        order = current.get_one(WorkOrder, waiver.order_id)
    return waiver_json(waiver, order.number)


def notice_json(notice: FeeNotice, unit: str, reminders: int) -> dict[str, Any]:
    """A notice as the API tells it."""
    return {
        "number": notice.number,
        "unit_code": unit,
        "month": notice.month,
        "state": notice.state,
        "lines": notice.lines,
        "total_fen": notice.total_fen,
        "due_on": notice.due_on,
        "issued_at": notice.issued_at,
        "delivered_at": notice.delivered_at,
        "reminders": reminders,
        "paid_at": notice.paid_at,
        "paid_method": notice.paid_method,
    }


def waiver_json(waiver: Waiver, number: str) -> dict[str, Any]:
    """A waiver as the API tells it."""
    return {
        "id": waiver.id,
        "order": number,
        "amount_fen": waiver.amount_fen,
        "reason": waiver.reason,
        "asked_by": waiver.asked_by,
        "asked_at": waiver.asked_at,
        "approved": waiver.approved,
        "note": waiver.decision_note,
        "decided_by": waiver.decided_by,
        "decided_at": waiver.decided_at,
    }


def spelled_place(place: NoticePlace) -> str:
    """Where a page of notices ended, as it stands in an address."""
    return f"{place[0].isoformat()}_{place[1]}"


def read_place(text: str) -> NoticePlace:
    """What `spelled_place` wrote. Raises Invalid."""
    day, _, last = text.partition("_")
    try:
        return dt.date.fromisoformat(day), uuid.UUID(last)
    except ValueError as error:
        raise Invalid(
            "bad-cursor",
            "分页位置无效。",
            "The cursor is not one of ours.",
            errors={"cursor": ["无效 not one of ours"]},
        ) from error


def _one(notice: FeeNotice) -> dict[str, Any]:
    unit = session().get_one(Unit, notice.unit_id)
    return notice_json(notice, unit.code, len(queries.reminders_of(session(), notice.id)))
