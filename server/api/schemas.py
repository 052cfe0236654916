"""Shapes of the desk's API: what is taken in and what is given out (docs/wire.md)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from contracts import vocabulary as words
from server.api.customers import customer_json
from server.api.fields import Body, Moment, Several, Text, one_of
from server.estate.operations import UNIT_CODE
from server.work_orders.models import WorkOrder
from server.work_orders.operations.escalating import DECISIONS

CATEGORIES = tuple(words.Category)
URGENCIES = tuple(words.Urgency)
CHANNELS = tuple(words.IntakeChannel)
MAX_FEN = 2_000_000_000


def copies_json(order: WorkOrder) -> list[dict[str, str]]:
    """The three copies of a slip that was written off (R-073), with their numbers."""
    if order.closed_at is None:
        return []
    return [
        {"number": f"{order.number}/{suffix}", "holder": holder}
        for suffix, holder in enumerate(("owner", "cs_file", "finance"), start=1)
    ]


class CustomerIn(Body):
    name = Text(40, required=True)
    unit_code = Text(20, required=True, metadata={"pattern": UNIT_CODE.pattern})
    phone = Text(20, required=True)
    relation = one_of(*words.Relation, load_default="owner")


class RequestIn(Body):
    customer = ma.fields.Nested(CustomerIn, required=True)
    content = Text(4000, required=True)
    channel = one_of(*CHANNELS, required=True)
    kind = one_of(*words.RequestKind, load_default="service_need")
    urgency = one_of(*URGENCIES, load_default="normal")
    appointment_at = Moment(load_default=None, allow_none=True)
    received_at = Moment(load_default=None, allow_none=True)
    department = Text(40, load_default=None, allow_none=True)
    read_back = ma.fields.Boolean(load_default=False)
    concerns_charges = ma.fields.Boolean(load_default=False)


class CaptureIn(ma.Schema):
    customer = ma.fields.Nested(CustomerIn, required=True)
    content = Text(4000, required=True)
    kind = one_of(*words.RequestKind, load_default="service_need")
    urgency = one_of(*URGENCIES, load_default="normal")
    appointment_at = Moment(load_default=None, allow_none=True)


class CaptureOut(ma.Schema):
    id = ma.fields.UUID()
    data = ma.fields.Dict()
    raised_at = Moment()


class CustomerOut(ma.Schema):
    name = ma.fields.String()
    unit_code = ma.fields.String()
    phone = ma.fields.String()
    relation = ma.fields.String()


class RequestOut(ma.Schema):
    number = ma.fields.String()
    state = ma.fields.String()
    version = ma.fields.Integer()
    kind = ma.fields.String()
    channel = ma.fields.String()
    urgency = ma.fields.String()
    nature = ma.fields.String(allow_none=True)
    category = ma.fields.String(allow_none=True)
    content = ma.fields.String()
    customer = ma.fields.Function(
        lambda row: {
            "name": row.person.name,
            "unit_code": row.unit.code,
            "phone": row.person.phone,
            "relation": row.person.relation,
        },
        metadata={"type": "object"},
    )
    appointment_at = Moment(allow_none=True)
    offered_at = Moment(allow_none=True)
    customer_reconfirmed_at = Moment(allow_none=True)
    received_at = Moment()
    registered_at = Moment()
    reply_due_at = Moment()
    replied_at = Moment(allow_none=True)
    judged_at = Moment(allow_none=True)
    explanation = ma.fields.String(allow_none=True)
    finance_notified_at = Moment(allow_none=True)


class JudgementIn(Body):
    outcome = one_of(
        "accepted",
        "declined",
        "answered",
        "to_complaint",
        "time_pending",
        "time_confirmed",
        "time_refused",
        "withdrawn",
        required=True,
    )
    nature = one_of(*words.ServiceNature)
    category = one_of(*CATEGORIES)
    price_item = Text(20)
    technician = Text(40)
    explanation = Text(2000, blank=True)
    attempts = ma.fields.List(Text(400, blank=True), validate=validate.Length(max=20))
    #: of a decline (R-032), and of a complaint that somebody speaks to us about (R-102)
    apology = ma.fields.Boolean()
    #: what improvement the complainant was told of (R-103)
    improvement = Text(2000)
    notice_promised = ma.fields.Boolean()
    department_informed = Text(40, blank=True)
    demand_item = Text(60, blank=True)
    text = Text(2000)
    channel = one_of(*CHANNELS)
    target = one_of("service", "staff", "facility", "cs_centre", "other")
    offered_at = Moment()
    appointment_at = Moment()
    reason = Text(400)

    @ma.post_load
    def one_name_each(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The new time may be called `appointment_at`, an answer `explanation`."""
        offered, told = data.pop("appointment_at", None), data.get("explanation")
        named = {"offered_at": offered, "text": told}
        return {name: value for name, value in named.items() if value} | data


class ReplyIn(ma.Schema):
    channel = one_of(*CHANNELS, required=True)
    text = Text(2000, required=True)


class ReplyOut(ma.Schema):
    request = ma.fields.String()
    channel = ma.fields.String()
    text = ma.fields.String()
    replied_at = Moment()
    in_time = ma.fields.Boolean()
    suspect = ma.fields.List(ma.fields.String())
    version = ma.fields.Integer()


class IssueIn(ma.Schema):
    category = one_of(*CATEGORIES, load_default=None, allow_none=True)
    appointment_at = Moment(load_default=None, allow_none=True)
    urgency = one_of(*URGENCIES, load_default=None, allow_none=True)


class DispatchIn(ma.Schema):
    technician = Text(40, required=True)
    appointment_at = Moment(load_default=None, allow_none=True)
    customer_reconfirmed = ma.fields.Boolean(load_default=False)


class HandOverIn(ma.Schema):
    technician = Text(40, required=True)
    reason = Text(400, required=True)


class ReasonIn(ma.Schema):
    reason = Text(400, required=True)


class CancelIn(ma.Schema):
    by = Text(40, load_default="客户")
    reason = Text(400, required=True)


class WriteOffIn(ma.Schema):
    return_point = one_of("front_desk", "dispatch", required=True)


class DecisionIn(Body):
    decision = one_of(*DECISIONS, required=True)
    text = Text(2000, required=True)
    technician = Text(40, load_default=None, allow_none=True)
    charge_fen = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=MAX_FEN),
    )
    total_fen = ma.fields.Integer(strict=True, validate=validate.Range(min=0, max=MAX_FEN))
    charge = one_of("kept", "reduced", "waived")

    @ma.post_load
    def one_amount(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The amount may be called `total_fen`; a waived charge needs no amount (WO19)."""
        amount, charge = data.pop("total_fen", None), data.pop("charge", None)
        if data["charge_fen"] is None:
            data["charge_fen"] = 0 if charge == "waived" else amount
        if charge == "reduced" and data["charge_fen"] is None:
            raise ma.ValidationError("须写明金额 Say the amount.", "charge_fen")
        return data


class PriceApprovalIn(ma.Schema):
    description = Text(120, required=True)
    price_fen = ma.fields.Integer(
        strict=True, required=True, validate=validate.Range(min=0, max=MAX_FEN)
    )
    reason = Text(400, required=True)


class OverrideIn(ma.Schema):
    step = Text(20, required=True)
    reason = Text(400, required=True)


class FindingIn(ma.Schema):
    step = Text(20, required=True)
    reason = Text(400, required=True)


class ReviewIn(ma.Schema):
    outcome = one_of("passed", "returned", "failed", required=True)
    steps = ma.fields.List(
        ma.fields.Nested(FindingIn), load_default=list, validate=validate.Length(max=60)
    )
    note = Text(2000, load_default=None, allow_none=True, blank=True)
    correction = Text(2000, load_default=None, allow_none=True)
    due_on = ma.fields.Date(load_default=None, allow_none=True)


class OrderOut(ma.Schema):
    number = ma.fields.String()
    version = ma.fields.Integer()
    state = ma.fields.String()
    nature = ma.fields.String()
    category = ma.fields.String()
    urgency = ma.fields.String()
    content = ma.fields.String()
    customer = ma.fields.Function(customer_json, metadata={"type": "object"})
    technician = ma.fields.Function(
        lambda row: row.technician.username if row.technician else None,
        metadata={"type": ["string", "null"]},
    )
    technician_name = ma.fields.Function(
        lambda row: row.technician.name if row.technician else None,
        metadata={"type": ["string", "null"]},
    )
    checklist = ma.fields.Function(
        lambda row: (
            {"code": row.checklist_code, "version": row.checklist_version}
            if row.checklist_code
            else None
        ),
        metadata={"type": ["object", "null"]},
    )
    copies = ma.fields.Function(copies_json, metadata={"type": "array"})
    appointment_at = Moment(allow_none=True)
    intake_point = ma.fields.String()
    return_point = ma.fields.String(allow_none=True)
    issued_at = Moment()
    updated_at = Moment()
    dispatched_at = Moment(allow_none=True)
    received_at = Moment(allow_none=True)
    opened_at = Moment(allow_none=True)
    acknowledged_at = Moment(allow_none=True)
    set_out_at = Moment(allow_none=True)
    arrived_at = Moment(allow_none=True)
    late = ma.fields.Boolean()
    inspected_at = Moment(allow_none=True)
    quote_confirmed_at = Moment(allow_none=True)
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    accepted_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    written_off_at = Moment(allow_none=True)
    rework_round = ma.fields.Integer()
    hazard = ma.fields.Boolean()
    suspension = ma.fields.String(allow_none=True)
    next_contact_at = Moment(allow_none=True)
    total_fen = ma.fields.Integer()
    charge_fen = ma.fields.Integer()
    billing_held = ma.fields.Boolean()
    payment_method = ma.fields.String()
    warranty_code = ma.fields.String()
    unsigned_reason = ma.fields.String(allow_none=True)
    closed_by_decision = ma.fields.Boolean()
    comment = ma.fields.String(allow_none=True)
    cancel_reason = ma.fields.String(allow_none=True)
    qa_state = ma.fields.String()


class OrderPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OrderOut))
    next_cursor = ma.fields.String(allow_none=True)


class OrderListIn(ma.Schema):
    state = Several(*words.OrderState, load_default=list)
    technician = Text(40, load_default=None)
    unit_code = Text(20, load_default=None)
    qa_state = one_of("none", "pending", "passed", "returned", "failed", load_default=None)
    updated_since = Moment(load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(400, load_default=None)


class EventOut(ma.Schema):
    position = ma.fields.Integer()
    kind = ma.fields.String()
    actor = ma.fields.String()
    actor_name = ma.fields.String()
    at = Moment()
    device_at = Moment(allow_none=True)
    data = ma.fields.Dict()
    hash = ma.fields.String()
    previous_hash = ma.fields.String()


class EventPageIn(ma.Schema):
    limit = ma.fields.Integer(load_default=100, validate=validate.Range(min=1, max=500))
    cursor = ma.fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))


class EventPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(EventOut))
    next_cursor = ma.fields.String(allow_none=True)


class TokenIn(ma.Schema):
    username = Text(40, required=True)
    password = Text(200, required=True)


class UserOut(ma.Schema):
    id = ma.fields.UUID()
    username = ma.fields.String()
    name = ma.fields.String()
    roles = ma.fields.List(ma.fields.String())
    must_change_password = ma.fields.Boolean()


class TokenOut(ma.Schema):
    token = ma.fields.String()
    expires_at = Moment()
    user = ma.fields.Nested(UserOut)


class EnrolIn(ma.Schema):
    label = Text(60, required=True)
    technician = Text(40, required=True)


class EnrolledOut(ma.Schema):
    id = ma.fields.String()
    label = ma.fields.String()
    pairing_code = ma.fields.String()
    pairing_url = ma.fields.String()
    expires_at = Moment()


class DeviceOut(ma.Schema):
    id = ma.fields.String()
    label = ma.fields.String()
    state = ma.fields.String()
    online = ma.fields.Boolean()
    last_seen_at = Moment(allow_none=True)
    last_seq = ma.fields.Integer()
    queued = ma.fields.Integer(allow_none=True)
    battery_percent = ma.fields.Integer(allow_none=True)
    clock_skew_s = ma.fields.Integer(allow_none=True)
    app_version = ma.fields.String(allow_none=True)
    revoked_at = Moment(allow_none=True)
    revoked_reason = ma.fields.String(allow_none=True)


class RevokeIn(ma.Schema):
    reason = Text(200, required=True)
    lost = ma.fields.Boolean(load_default=None, allow_none=True)
