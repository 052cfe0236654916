"""Complaints over HTTP: recorded, judged, followed up, verified, visited."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from server.accounts.permissions import READS
from server.api import complaint_acts as acts
from server.api import complaint_shapes as shapes
from server.complaints import listing, moving, queries
from server.complaints.lifecycle import ComplaintState
from server.complaints.models import Complaint
from server.complaints.options import Option, options
from server.db import session, transaction, utcnow
from server.errors import Denied, NotFound
from server.estate.listing import unit_id_of
from server.history import Actor
from server.http import actor, etag, expected_version, idempotent, level, requires, settings
from server.keyset import read_place
from server.rectifications import queries as rectifications
from server.return_visits import of_complaints

blp = Blueprint(
    "complaints", __name__, url_prefix="/api/v1/complaints", description="投诉 Complaints"
)


@blp.get("")
@requires("complaint.read", reading=True)
@blp.arguments(shapes.ComplaintPageIn, location="query")
@blp.response(200, shapes.ComplaintListOut)
@blp.doc(operationId="listComplaints")
def list_complaints(wanted: dict[str, Any]) -> Any:
    by, cursor, limit = actor(), wanted.pop("cursor"), wanted.pop("limit")
    state, unit_code = wanted.pop("state"), wanted.pop("unit_code")
    unit_id = unit_id_of(session(), by.estate_id, unit_code) if unit_code else None
    if unit_code and unit_id is None:
        return {"items": [], "next_cursor": None}
    asked = listing.Filter(
        **wanted,
        under_way=state == "open",
        state=state if state not in {"open", "all"} else None,
        unit_id=unit_id,
        handler_id=by.user_id if level("complaint.read") == "O" else None,
    )
    after = read_place(cursor) if cursor else None
    leaf = listing.complaints(session(), by.estate_id, asked, limit=limit, after=after)
    return {"items": leaf.rows, "next_cursor": leaf.older.spelled() if leaf.older else None}


@blp.post("")
@requires("complaint.record")
@idempotent
@blp.arguments(shapes.ComplaintIn)
@blp.response(201, shapes.ComplaintOut)
@blp.doc(operationId="recordComplaint")
def record_complaint(data: dict[str, Any]) -> Any:
    with transaction() as current:
        row = acts.record(current, settings(), data, by=actor(), at=utcnow())
    return dumped(row), 201, etag(row.version)


@blp.post("/relays")
@requires("complaint.relay")
@idempotent
@blp.arguments(shapes.RelayIn)
@blp.response(201, shapes.ComplaintRowOut)
@blp.doc(operationId="relayComplaint")
def relay_complaint(data: dict[str, Any]) -> Any:
    with transaction() as current:
        by = actor()
        row = acts.relay(current, settings(), data, by=by, at=utcnow())
    # Whoever relays it need not be somebody who reads complaints.
    (line,) = listing.complaints_numbered(session(), by.estate_id, [row.number])
    return line, 201, etag(row.version)


@blp.get("/<number>")
@requires("complaint.read", reading=True)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="getComplaint")
def get_complaint(number: str) -> Any:
    row = readable(number)
    return dumped(row), 200, etag(row.version)


@blp.post("/<number>/record")
@requires("complaint.record")
@idempotent
@blp.arguments(shapes.RecordIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="takeOnComplaint")
def take_on_complaint(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.take_on, data)


@blp.post("/<number>/target")
@requires("complaint.judge")
@idempotent
@blp.arguments(shapes.TargetIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="retargetComplaint")
def retarget_complaint(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.retarget, data)


@blp.post("/<number>/judgement")
@requires("complaint.judge")
@idempotent
@blp.arguments(shapes.ComplaintJudgementIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="judgeComplaint")
def judge_complaint(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.judge, data)


@blp.post("/<number>/order")
@requires("order.issue")
@idempotent
@blp.arguments(shapes.ReworkIn)
@blp.response(201, shapes.ComplaintOut)
@blp.doc(operationId="issueComplaintOrder")
def issue_complaint_order(data: dict[str, Any], number: str) -> Any:
    return _add(number, acts.issue_order, data)


@blp.post("/<number>/explanation")
@requires("complaint.handle", reading=True)
@idempotent
@blp.arguments(shapes.ExplanationIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="explainComplaint")
def explain_complaint(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.explain, data)


@blp.post("/<number>/entries")
@requires("complaint.handle", reading=True)
@idempotent
@blp.arguments(shapes.SaidIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="noteComplaintAction")
def note_complaint_action(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.note, data)


@blp.post("/<number>/progress-notices")
@requires("complaint.handle", reading=True)
@idempotent
@blp.arguments(shapes.SaidIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="tellComplainant")
def tell_complainant(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.tell, data)


@blp.post("/<number>/delegate")
@requires("complaint.handle_major")
@idempotent
@blp.arguments(shapes.DelegateIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="nameComplaintDelegate")
def name_complaint_delegate(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.name_delegate, data)


@blp.post("/<number>/referral")
@requires("complaint.handle", reading=True)
@idempotent
@blp.arguments(shapes.SaidIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="referComplaintToCompany")
def refer_complaint(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.refer, data)


@blp.post("/<number>/completion")
@requires("complaint.handle", reading=True)
@idempotent
@blp.arguments(shapes.SaidIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="reportComplaintDone")
def report_complaint_done(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.report_done, data)


@blp.post("/<number>/verification")
@requires("complaint.verify", reading=True)
@idempotent
@blp.arguments(shapes.VerificationIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="verifyComplaint")
def verify_complaint(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.verify, data)


@blp.post("/<number>/visits")
@requires("complaint.visit")
@idempotent
@blp.arguments(shapes.ComplaintVisitIn)
@blp.response(201, shapes.ComplaintOut)
@blp.doc(operationId="recordComplaintVisit")
def record_complaint_visit(data: dict[str, Any], number: str) -> Any:
    return _add(number, acts.visit, data)


@blp.post("/<number>/visit-attempts")
@requires("complaint.visit")
@idempotent
@blp.arguments(shapes.ComplaintAttemptIn)
@blp.response(201, shapes.ComplaintOut)
@blp.doc(operationId="noteComplaintVisitAttempt")
def note_complaint_visit_attempt(data: dict[str, Any], number: str) -> Any:
    return _add(number, acts.visit_attempt, data)


@blp.post("/<number>/rectification")
@requires("rectification.carry_out", reading=True)
@idempotent
@blp.arguments(shapes.SaidIn)
@blp.response(200, shapes.ComplaintOut)
@blp.doc(operationId="reportComplaintRectified")
def report_complaint_rectified(data: dict[str, Any], number: str) -> Any:
    return _change(number, acts.rectified, data)


def readable(number: str) -> Complaint:
    """The complaint, where whoever asks may read it (5.1).

    Raises NotFound; Denied for somebody who has no business with complaints but his own.
    """
    row = moving.find(session(), number, by=actor(), lock=False)
    if reads(row):
        return row
    if level("complaint.read") is None:
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    raise NotFound("no-such-complaint", f"没有投诉 {number}。", f"There is no complaint {number}.")


def reads(row: Complaint) -> bool:
    """Whether whoever asks reads complaints, or has to deal with this one or put it right."""
    mine = actor().user_id in {row.handler_id, _owner(row)}
    return mine or level("complaint.read") in READS


def offered(current: Session, row: Complaint, by: Actor) -> list[Option]:
    """What the state allows, and what of it whoever asks may do."""
    return options(
        ComplaintState(row.state),
        moving.case_of(row),
        moving.facts_of(current, row),
        moving.person(by),
        owner_id=_owner(row),
    )


def dumped(row: Complaint) -> dict[str, Any]:
    """The complaint with all that belongs to it."""
    current = session()
    order, cluster = queries.order_of(current, row), queries.cluster_of(current, row)
    fields = {name: getattr(row, name, None) for name in _COLUMNS}
    return {
        **fields,
        "customer": {
            "name": row.person.name,
            "unit_code": row.unit.code,
            "phone": row.person.phone,
            "relation": row.person.relation,
        },
        "linked_order": order.number if order else None,
        "cluster": cluster.number if cluster else None,
        "entries": queries.entries_of(current, row),
        "rectifications": rectifications.rectifications_of(
            current, moving.SUBJECT, row.number, estate_id=row.estate_id
        ),
        "visits": of_complaints.results_of_complaint(current, row),
        "options": offered(current, row, actor()),
    }


_COLUMNS = [column.key for column in Complaint.__table__.columns]


def _owner(row: Complaint) -> Any:
    found = rectifications.open_one(session(), row.estate_id, moving.SUBJECT, row.number)
    return found.owner_id if found else None


def _change(number: str, act: acts.Act, data: dict[str, Any]) -> Any:
    with transaction() as current:
        row = moving.find(current, number, by=actor(), expected_version=expected_version())
        act(current, row, data, by=actor(), at=utcnow())
    return dumped(row), 200, etag(row.version)


def _add(number: str, act: acts.Act, data: dict[str, Any]) -> Any:
    """The same for what is new beside the complaint, and asks the settings."""
    with transaction() as current:
        row = moving.find(current, number, by=actor(), expected_version=expected_version())
        act(current, settings(), row, data, by=actor(), at=utcnow())
    return dumped(row), 201, etag(row.version)
