"""Shapes of complaints and clusters in the desk's API; the console's forms are read by them too."""

from __future__ import annotations

import marshmallow as ma

from server.api.fields import Body, Moment, Text, one_of
from server.api.schemas import CATEGORIES, URGENCIES, CustomerIn, CustomerOut
from server.complaints.judging import OUTCOMES
from server.complaints.lifecycle import (
    CHANNELS,
    MAJOR_REASONS,
    TARGETS,
    VISIT_METHODS,
    ComplaintState,
)

#: What a complaint is about: the categories of orders, or something else.
COMPLAINT_CATEGORIES = (*CATEGORIES, "other")
VALIDITIES = ("undetermined", "valid", "invalid")
#: Why somebody was dissatisfied (R-095).
CAUSES = ("speed", "attitude", "quality", "price", "time", "other")
SHA256 = ma.validate.Regexp("^[0-9a-f]{64}$")


class ComplaintIn(Body):
    customer = ma.fields.Nested(CustomerIn, required=True)
    content = Text(4000, required=True)
    channel = one_of(*CHANNELS, required=True)
    target = one_of(*TARGETS, required=True)
    category = one_of(*COMPLAINT_CATEGORIES, load_default="other")
    apology = ma.fields.Boolean(load_default=False)
    improvement = Text(2000, load_default=None, allow_none=True)
    received_by = Text(60, load_default=None, allow_none=True)
    #: user name, staff code or name of whoever is complained of
    about = Text(80, load_default=None, allow_none=True)


class RelayIn(Body):
    customer = ma.fields.Nested(CustomerIn, required=True)
    content = Text(4000, required=True)
    channel = one_of(*CHANNELS, load_default="other")
    target = one_of(*TARGETS, load_default="other")
    category = one_of(*COMPLAINT_CATEGORIES, load_default="other")
    reason = Text(200, required=True)
    minor = ma.fields.Boolean(required=True)


class RecordIn(Body):
    target = one_of(*TARGETS, required=True)
    category = one_of(*COMPLAINT_CATEGORIES, load_default="other")
    apology = ma.fields.Boolean(load_default=False)
    improvement = Text(2000, load_default=None, allow_none=True)
    received_by = Text(60, load_default=None, allow_none=True)
    about = Text(80, load_default=None, allow_none=True)


class TargetIn(Body):
    target = one_of(*TARGETS, required=True)
    category = one_of(*COMPLAINT_CATEGORIES, required=True)
    about = Text(80, load_default=None, allow_none=True)


class ComplaintJudgementIn(Body):
    outcome = one_of(*OUTCOMES, required=True)
    text = Text(2000, required=True)
    major = ma.fields.Boolean(load_default=False)
    major_reason = one_of(*MAJOR_REASONS, load_default=None, allow_none=True)
    handler = Text(80, load_default=None, allow_none=True)
    target_on = ma.fields.Date(load_default=None, allow_none=True)
    order = Text(20, load_default=None, allow_none=True)


class ReworkIn(Body):
    content = Text(2000, required=True)
    category = one_of(*CATEGORIES, load_default="household_other")
    urgency = one_of(*URGENCIES, load_default="normal")
    appointment_at = Moment(load_default=None, allow_none=True)


class ExplanationIn(Body):
    #: without a word it closes only what was explained before (R-110)
    text = Text(2000, blank=True, load_default="")
    closes = ma.fields.Boolean(load_default=True)


class SaidIn(Body):
    text = Text(2000, required=True)


class DelegateIn(Body):
    delegate = Text(80, required=True)


class VerificationIn(Body):
    ok = ma.fields.Boolean(required=True)
    text = Text(2000, required=True)


class CorrectionIn(Body):
    text = Text(2000, load_default="")
    owner = Text(80, load_default=None, allow_none=True)
    due_on = ma.fields.Date(load_default=None, allow_none=True)


class ComplaintVisitIn(Body):
    method = one_of(*VISIT_METHODS, required=True)
    satisfied = ma.fields.Boolean(required=True)
    comment = Text(2000, required=True)
    customer_signature = ma.fields.String(load_default=None, allow_none=True, validate=SHA256)
    signer_name = Text(60, load_default=None, allow_none=True)
    cause = one_of(*CAUSES, load_default=None, allow_none=True)
    correction = ma.fields.Nested(CorrectionIn, load_default=None, allow_none=True)
    #: the same words count for the visit of the linked order, and whether that was repaired (A-28)
    serves_order = ma.fields.Boolean(load_default=False)
    fixed = ma.fields.Boolean(load_default=None, allow_none=True)


class ComplaintAttemptIn(Body):
    method = one_of(*VISIT_METHODS, load_default="phone")
    note = Text(200, required=True)


class ComplaintPageIn(ma.Schema):
    state = one_of("open", "all", *ComplaintState, load_default="open")
    validity = one_of(*VALIDITIES, load_default=None)
    major = ma.fields.Boolean(load_default=False)
    category = one_of(*COMPLAINT_CATEGORIES, load_default=None)
    channel = one_of(*CHANNELS, load_default=None)
    target = one_of(*TARGETS, load_default=None)
    building = ma.fields.Integer(load_default=None, validate=ma.validate.Range(min=1, max=999))
    unit_code = ma.fields.String(load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(min=1, max=200))
    cursor = ma.fields.String(load_default=None)


class ComplaintRowOut(ma.Schema):
    number = ma.fields.String()
    version = ma.fields.Integer()
    state = ma.fields.String()
    validity = ma.fields.String()
    major = ma.fields.Boolean()
    channel = ma.fields.String()
    target = ma.fields.String()
    category = ma.fields.String()
    content = ma.fields.String()
    unit_code = ma.fields.String(attribute="unit")
    name = ma.fields.String(attribute="person")
    recorded_at = Moment()
    last_told_at = Moment(allow_none=True)
    target_on = ma.fields.Date(allow_none=True)
    closed_at = Moment(allow_none=True)


class ComplaintListOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ComplaintRowOut))
    next_cursor = ma.fields.String(allow_none=True)


class EntryOut(ma.Schema):
    position = ma.fields.Integer()
    kind = ma.fields.String()
    text = ma.fields.String()
    at = Moment()
    by = ma.fields.String(attribute="by_name")
    due_on = ma.fields.Date(allow_none=True)


class OptionOut(ma.Schema):
    action = ma.fields.String()
    possible = ma.fields.Function(
        lambda option: option.reason is None, metadata={"type": "boolean"}
    )
    rule = ma.fields.Function(
        lambda option: option.reason.rule if option.reason else None, metadata={"type": "string"}
    )
    why_not = ma.fields.Function(
        lambda option: f"{option.reason.zh} {option.reason.en}" if option.reason else None,
        metadata={"type": "string"},
    )


class RectificationOut(ma.Schema):
    round = ma.fields.Integer()
    text = ma.fields.String()
    owner_id = ma.fields.UUID()
    due_on = ma.fields.Date()
    opened_at = Moment()
    done_text = ma.fields.String(allow_none=True)
    done_at = Moment(allow_none=True)


class VisitResultOut(ma.Schema):
    round = ma.fields.Integer()
    method = ma.fields.String()
    satisfied = ma.fields.Boolean()
    comment = ma.fields.String()
    cause = ma.fields.String(allow_none=True)
    signer_name = ma.fields.String(allow_none=True)
    customer_signature = ma.fields.String(attribute="customer_signature_sha256", allow_none=True)
    recorded_by = ma.fields.String(attribute="recorded_by_name")
    at = Moment()


class ComplaintOut(ma.Schema):
    number = ma.fields.String()
    version = ma.fields.Integer()
    state = ma.fields.String()
    customer = ma.fields.Nested(CustomerOut)
    channel = ma.fields.String()
    target = ma.fields.String()
    category = ma.fields.String()
    content = ma.fields.String()
    about = ma.fields.UUID(attribute="about_user_id", allow_none=True)
    recorded_at = Moment()
    recorded_by = ma.fields.UUID(allow_none=True)
    received_by = ma.fields.String(allow_none=True)
    apology = ma.fields.Boolean()
    improvement = ma.fields.String(allow_none=True)
    relayed_by = ma.fields.UUID(allow_none=True)
    relay_reason = ma.fields.String(allow_none=True)
    relay_minor = ma.fields.Boolean(allow_none=True)
    validity = ma.fields.String()
    major = ma.fields.Boolean()
    major_reason = ma.fields.String(allow_none=True)
    judged_by = ma.fields.UUID(allow_none=True)
    judged_at = Moment(allow_none=True)
    handler_id = ma.fields.UUID(allow_none=True)
    delegate_id = ma.fields.UUID(allow_none=True)
    target_on = ma.fields.Date(allow_none=True)
    linked_order = ma.fields.String(allow_none=True)
    cluster = ma.fields.String(allow_none=True)
    referred_at = Moment(allow_none=True)
    last_told_at = Moment(allow_none=True)
    verified_by = ma.fields.UUID(allow_none=True)
    verified_at = Moment(allow_none=True)
    closed_by = ma.fields.UUID(allow_none=True)
    closed_at = Moment(allow_none=True)
    archived_at = Moment(allow_none=True)
    entries = ma.fields.List(ma.fields.Nested(EntryOut))
    rectifications = ma.fields.List(ma.fields.Nested(RectificationOut))
    visits = ma.fields.List(ma.fields.Nested(VisitResultOut))
    options = ma.fields.List(ma.fields.Nested(OptionOut))


class ClusterIn(Body):
    title = Text(120, required=True)
    category = one_of(*COMPLAINT_CATEGORIES, load_default="other")
    scope = Text(60, required=True)
    complaints = ma.fields.List(Text(20), required=True, validate=ma.validate.Length(1, 200))


class ClusterJoinIn(Body):
    complaint = Text(20, required=True)


class MinutesIn(Body):
    held_on = ma.fields.Date(required=True)
    place = Text(200, required=True)
    present = ma.fields.List(Text(80), required=True, validate=ma.validate.Length(1, 200))
    statements = Text(8000, required=True)
    result = Text(4000, required=True)


class ClusterClosureIn(Body):
    minutes = ma.fields.Nested(MinutesIn, load_default=None, allow_none=True)
    notice = Text(20, load_default=None, allow_none=True)


class ClusterPageIn(ma.Schema):
    state = one_of("open", "closed", load_default="open")
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(min=1, max=200))
    cursor = ma.fields.String(load_default=None)


class ClusterOut(ma.Schema):
    number = ma.fields.String()
    title = ma.fields.String()
    category = ma.fields.String()
    scope = ma.fields.String()
    found = ma.fields.Boolean()
    state = ma.fields.String()
    opened_at = Moment()
    outcome = ma.fields.String(allow_none=True)
    minutes = ma.fields.Dict(allow_none=True)
    notice_id = ma.fields.UUID(allow_none=True)
    closed_by = ma.fields.UUID(allow_none=True)
    closed_at = Moment(allow_none=True)
    complaints = ma.fields.List(ma.fields.String())


class ClusterRowOut(ma.Schema):
    number = ma.fields.String()
    title = ma.fields.String()
    category = ma.fields.String()
    scope = ma.fields.String()
    found = ma.fields.Boolean()
    state = ma.fields.String()
    opened_at = Moment()
    outcome = ma.fields.String(allow_none=True)
    closed_at = Moment(allow_none=True)
    complaints = ma.fields.Integer()


class ClusterListOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ClusterRowOut))
    next_cursor = ma.fields.String(allow_none=True)
