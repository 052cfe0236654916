"""C9 to C12: a complaint is dealt with, told about, verified; who was dissatisfied is put right."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.complaints import moving
from server.complaints.models import Complaint
from server.complaints.who import Person, may_be_delegate
from server.errors import Conflict, Invalid
from server.history import Actor
from server.rectifications import operations as rectifications
from server.rectifications import queries as rectifying


def note_action(
    session: Session, complaint: Complaint, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """What was done, as it happens; a line of F-05 that nobody changes (R-115)."""
    moving.demand("handle", moving.case_of(complaint), by)
    moving.go(session, complaint, "note")
    entry = moving.enter(session, complaint, "action", text, by=by, at=at)
    moving.record(session, "complaint.action", complaint, by, at, {"text": entry.text})


def tell(session: Session, complaint: Complaint, *, text: str, by: Actor, at: dt.datetime) -> None:
    """C11: the complainant is told how far it has come; the silence begins anew (R-119, P-10)."""
    moving.demand("tell", moving.case_of(complaint), by)
    moving.go(session, complaint, "tell")
    entry = moving.enter(session, complaint, "progress_notice", text, by=by, at=at)
    moving.told(session, complaint, by=by, at=at)
    moving.record(session, "complaint.told", complaint, by, at, {"text": entry.text})


def name_delegate(
    session: Session, complaint: Complaint, delegate: User, *, by: Actor, at: dt.datetime
) -> None:
    """R-111: the general manager names who deals with a major complaint in his place; of one
    against the centre, somebody outside it (A-26)."""
    moving.demand("name_delegate", moving.case_of(complaint), by)
    case = moving.case_of(complaint)
    if not complaint.major:
        raise Conflict(
            "not-major",
            "只有重大投诉才指定代理人。",
            "A delegate is named for a major complaint only.",
            rule="R-111",
        )
    if not may_be_delegate(Person(id=delegate.id, roles=frozenset(delegate.roles)), case):
        raise Invalid(
            "not-a-delegate",
            f"{delegate.name} 不能代理。",
            f"{delegate.name} cannot stand in.",
            rule="R-034" if case.about_centre else "R-111",
            errors={"delegate": ["不能代理 cannot stand in"]},
        )
    moving.go(session, complaint, "note")
    complaint.delegate_id = complaint.handler_id = delegate.id
    moving.enter(
        session,
        complaint,
        "action",
        f"指定代理人 Delegate named: {delegate.name}",
        by=by,
        at=at,
    )
    moving.record(session, "complaint.delegated", complaint, by, at, {"name": delegate.name})
    moving.alert_one(session, "complaint.yours", complaint, delegate.id, rule="R-111", by=by, at=at)


def refer(session: Session, complaint: Complaint, *, text: str, by: Actor, at: dt.datetime) -> None:
    """C9: what cannot be solved here goes to the company, by the general manager (R-116)."""
    moving.demand("refer", moving.case_of(complaint), by)
    moving.go(session, complaint, "refer")
    complaint.referred_at = at
    entry = moving.enter(session, complaint, "referral", text, by=by, at=at)
    moving.record(session, "complaint.referred", complaint, by, at, {"text": entry.text})


def report_done(
    session: Session, complaint: Complaint, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """C10: what was to be done is done; somebody else verifies it (R-117, R-118)."""
    moving.demand("handle", moving.case_of(complaint), by)
    moving.go(session, complaint, "report_done")
    entry = moving.enter(session, complaint, "action", text, by=by, at=at)
    moving.record(session, "complaint.done", complaint, by, at, {"text": entry.text})
    _to_verify(session, complaint, by=by, at=at)


def verify(
    session: Session, complaint: Complaint, *, ok: bool, text: str, by: Actor, at: dt.datetime
) -> None:
    """C12: the outcome is seen to be so, or it goes back to be dealt with (R-117, R-118, A-26)."""
    moving.demand("verify", moving.case_of(complaint), by)
    moving.go(session, complaint, "verify" if ok else "reject")
    entry = moving.enter(session, complaint, "verification", text, by=by, at=at)
    moving.settle(session, complaint, ["complaint.to_verify", "complaint.not_verified"], at)
    if ok:
        complaint.verified_by, complaint.verified_at = by.user_id, at
    kind = "complaint.verified" if ok else "complaint.not_verified"
    moving.record(session, kind, complaint, by, at, {"text": entry.text})
    if ok:
        _to_visit(session, complaint, by=by, at=at)
    else:
        moving.alert_one(session, kind, complaint, complaint.handler_id, rule="R-117", by=by, at=at)


def rectified(
    session: Session, complaint: Complaint, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """C14: whoever was set to put it right has; it is verified and visited again (R-128)."""
    row = rectifying.open_one(session, complaint.estate_id, moving.SUBJECT, complaint.number)
    if row is None or row.owner_id != by.user_id:
        moving.demand("handle", moving.case_of(complaint), by)
    moving.go(session, complaint, "rectified")
    if row is not None:
        rectifications.carry_out(session, row, text=text, by=by, at=at)
    moving.enter(session, complaint, "rectification", text, by=by, at=at)
    moving.record(session, "complaint.rectified", complaint, by, at, {"text": text})
    _to_verify(session, complaint, by=by, at=at)


def _to_verify(session: Session, complaint: Complaint, *, by: Actor, at: dt.datetime) -> None:
    """Whoever verifies it is told: by whom, depends on what it is (R-117, R-118, A-26)."""
    moving.settle(session, complaint, ["complaint.yours", "complaint.not_verified"], at)
    centre, major = complaint.target == "cs_centre", complaint.major
    if centre:
        audience: tuple[str, ...] = moving.GENERAL if major else moving.HR
    elif major:
        audience = moving.MANAGERS
    else:
        audience = (Role.DISPATCH_ASSISTANT.value, Role.DISPATCH_HEAD.value)
    moving.alert(
        session,
        "complaint.to_verify",
        complaint,
        audience=audience,
        rule="R-118" if major else "R-117",
        by=by,
        at=at,
    )


def _to_visit(session: Session, complaint: Complaint, *, by: Actor, at: dt.datetime) -> None:
    """Whoever visits it is told: by whom, depends on what it is (R-120, R-121, A-26)."""
    centre, major = moving.case_of(complaint).about_centre, complaint.major
    if centre:
        audience: tuple[str, ...] = moving.GENERAL if major else moving.HR
    elif major:
        audience = moving.MANAGERS
    else:
        audience = moving.VISITORS
    moving.alert(
        session,
        "complaint.to_visit",
        complaint,
        audience=audience,
        rule="R-121" if major else "R-120",
        by=by,
        at=at,
    )
