"""C1 and C2: a complaint is recorded, relayed and taken on, and put into the right queue."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.complaints import moving
from server.complaints.finding import index_complaint
from server.complaints.lifecycle import CHANNELS
from server.complaints.models import Complaint
from server.complaints.who import Case
from server.errors import Invalid
from server.estate import operations as estate
from server.estate.operations import next_number
from server.history import Actor
from server.requests.models import ServiceRequest
from server.requests.operations import Caller
from server.settings import Settings

#: What the way of a request is called among complaints (R-101).
CHANNEL_OF = {
    "hotline": "phone",
    "control_room": "phone",
    "service_desk": "visit",
    "complaint_box": "letter",
    "app": "online",
}
#: Ways by which somebody speaks to us and hears an apology first (R-102, R-103).
SPOKEN = frozenset({"phone", "visit"})


def record_from_request(
    session: Session,
    settings: Settings,
    request: ServiceRequest,
    *,
    target: str,
    apology: bool = False,
    improvement: str | None = None,
    recorded_by: uuid.UUID | None = None,
    by: Actor,
    at: dt.datetime,
) -> Complaint:
    """SR2, C1, C2: same data; against the CS centre it goes to Administration & HR (R-034).

    `recorded_by`: who judged the request and so made the record (R-105), where `by` is the house.
    Doing it twice gives the same complaint.
    """
    known = session.scalar(sa.select(Complaint).where(Complaint.request_id == request.id))
    if known is not None:
        return known
    complaint = Complaint(
        estate_id=request.estate_id,
        number=next_number(session, request.estate_id, "TS", at, settings.zone),
        request_id=request.id,
        person=request.person,
        unit=request.unit,
        channel=_way_of(request),
        target=target,
        category=request.category or "other",
        content=request.content,
        state="judging",
        recorded_at=at,
        recorded_by=recorded_by or by.user_id,
        apology=apology,
        improvement=improvement,
    )
    _stands(session, complaint, by=by, at=at, request=request.number)
    return complaint


def demand_apology(request: ServiceRequest, *, apology: bool | None) -> None:
    """R-102 for a request that is judged to be a complaint. Raises Invalid where somebody who spoke
    to us was not apologised to; a neighbour system that says nothing of it (None) is not asked."""
    if apology is not None:
        _apologised(_way_of(request), apology=apology)


def _way_of(request: ServiceRequest) -> str:
    channel = CHANNEL_OF.get(request.channel, request.channel)
    return channel if channel in CHANNELS else "other"


def record(
    session: Session,
    settings: Settings,
    *,
    caller: Caller,
    content: str,
    channel: str,
    target: str,
    category: str = "other",
    apology: bool = False,
    improvement: str | None = None,
    received_by: str | None = None,
    about_user_id: uuid.UUID | None = None,
    by: Actor,
    at: dt.datetime,
) -> Complaint:
    """C1, C2: the duty officer takes it down (R-036, R-101…R-104).

    `improvement`: what a visitor was told is meant to get better (R-103); `received_by`: who
    received them in person (R-104). Raises Denied, and Invalid for what is missing.
    """
    target = _against(session, target, about_user_id)
    moving.demand("record", Case(target=target), by)
    _apologised(channel, apology=apology)
    complaint = _new(session, settings, caller, content, at=at, by=by)
    complaint.channel, complaint.target, complaint.category = channel, target, category
    complaint.apology, complaint.improvement = apology, improvement
    complaint.received_by, complaint.about_user_id = received_by, about_user_id
    complaint.state, complaint.recorded_by = "judging", by.user_id
    _stands(session, complaint, by=by, at=at)
    return complaint


def relay(
    session: Session,
    settings: Settings,
    *,
    caller: Caller,
    content: str,
    channel: str,
    target: str,
    reason: str,
    minor: bool,
    category: str = "other",
    by: Actor,
    at: dt.datetime,
) -> Complaint:
    """C1: whoever hears one takes it in and tells the duty officer, who makes the record (R-105).

    `reason`: why the complainant was not led to the centre; `minor`: whether it is a small matter,
    which alone may be relayed instead (R-035). Against the centre it goes to HR (R-034).
    """
    complaint = _new(session, settings, caller, content, at=at, by=by)
    complaint.channel, complaint.target, complaint.category = channel, target, category
    complaint.state, complaint.relayed_by = "recorded", by.user_id
    complaint.relay_reason = moving.needed(reason, "reason", rule="R-035")
    complaint.relay_minor = minor
    session.add(complaint)
    session.flush()
    index_complaint(session, complaint)
    moving.record(
        session,
        "complaint.relayed",
        complaint,
        by,
        at,
        {"target": target, "content": content, "reason": complaint.relay_reason, "minor": minor},
    )
    audience = moving.HR if target == "cs_centre" else (Role.DISPATCH_DUTY, Role.CONTROL_DUTY)
    moving.alert(
        session, "complaint.relayed", complaint, audience=audience, rule="R-105", by=by, at=at
    )
    moving.watch_silence(session, complaint, since=at, by=by, at=at)
    return complaint


def take_on(
    session: Session,
    complaint: Complaint,
    *,
    apology: bool,
    target: str,
    category: str,
    improvement: str | None = None,
    received_by: str | None = None,
    about_user_id: uuid.UUID | None = None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """C2: the duty officer makes the record of what was relayed; the words stay as they came.

    What was relayed as against the centre is not made something else by the centre (R-034).
    """
    target = _against(session, target, about_user_id)
    moving.demand("record", Case(target=target), by)
    stored = moving.case_of(complaint)
    if stored.about_centre and target != complaint.target:
        moving.demand("judge", stored, by)
    _apologised(complaint.channel, apology=apology)
    moving.go(session, complaint, "take_on")
    complaint.apology, complaint.improvement = apology, improvement
    complaint.received_by, complaint.about_user_id = received_by, about_user_id
    complaint.target, complaint.category = target, category
    complaint.recorded_by, complaint.recorded_at = by.user_id, at
    _stands(session, complaint, by=by, at=at)


def retarget(
    session: Session,
    complaint: Complaint,
    *,
    target: str,
    category: str,
    about_user_id: uuid.UUID | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """C2: it turns out to be against something else, or to be about somebody; another queue may be
    the right one then (R-034)."""
    moving.demand("judge", moving.case_of(complaint), by)
    target = _against(session, target, about_user_id)
    moving.go(session, complaint, "retarget")
    moved = complaint.target != target
    complaint.target, complaint.category = target, category
    complaint.about_user_id = about_user_id
    moving.record(
        session, "complaint.retargeted", complaint, by, at, {"target": target, "category": category}
    )
    if moved:
        moving.settle(session, complaint, ["complaint.recorded", "complaint.to_judge"], at)
        _queue(session, complaint, by=by, at=at)
        since = complaint.last_told_at or complaint.recorded_at
        moving.watch_silence(session, complaint, since=since, by=by, at=at)


def _against(session: Session, target: str, about_user_id: uuid.UUID | None) -> str:
    """Whom it is against. What is about the CS manager is against the centre whatever was ticked:
    those whom he leads do not judge it, and nobody else verifies it where it is major (A-26)."""
    about = session.get(User, about_user_id) if about_user_id else None
    return "cs_centre" if about is not None and Role.CS_MANAGER in about.roles else target


def _apologised(channel: str, *, apology: bool) -> None:
    """R-102: on the telephone, and face to face, the apology comes first. Raises Invalid."""
    if channel in SPOKEN and not apology:
        raise Invalid(
            "no-apology",
            "请先向客户致歉,再记录。",
            "Apologise first, then take it down.",
            rule="R-102",
            errors={"apology": ["必填 required"]},
        )


def _new(
    session: Session,
    settings: Settings,
    caller: Caller,
    content: str,
    *,
    at: dt.datetime,
    by: Actor,
) -> Complaint:
    unit = estate.find_unit(session, by.estate_id, caller.unit_code)
    return Complaint(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "TS", at, settings.zone),
        person=estate.person_for(
            session, unit, name=caller.name, phone=caller.phone, relation=caller.relation
        ),
        unit=unit,
        content=content,
        recorded_at=at,
    )


def _stands(
    session: Session,
    complaint: Complaint,
    *,
    by: Actor,
    at: dt.datetime,
    request: str | None = None,
) -> None:
    """It stands on the record: written down, findable, in its queue, its silence watched."""
    session.add(complaint)
    session.flush()
    index_complaint(session, complaint)
    moving.settle(session, complaint, ["complaint.relayed"], at)
    data = {"target": complaint.target, "content": complaint.content}
    moving.record(
        session,
        "complaint.recorded",
        complaint,
        by,
        at,
        {"request": request, **data} if request else data,
    )
    _queue(session, complaint, by=by, at=at, request=request)
    moving.watch_silence(session, complaint, since=at, by=by, at=at)


def _queue(
    session: Session,
    complaint: Complaint,
    *,
    by: Actor,
    at: dt.datetime,
    request: str | None = None,
) -> None:
    """Whoever judges it is told: Administration & HR of what is against the centre (R-034)."""
    desk = (Role.DISPATCH_DUTY, Role.CS_MANAGER)
    moving.alert(
        session,
        "complaint.recorded",
        complaint,
        audience=moving.HR if complaint.target == "cs_centre" else desk,
        rule="R-034",
        by=by,
        at=at,
        data={"request": request} if request else None,
    )
