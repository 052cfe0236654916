"""C3 to C8: the nature of a complaint is judged, and what is invalid is explained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.complaints import moving, queries
from server.complaints.lifecycle import MAJOR_REASONS, ComplaintState
from server.complaints.models import Complaint
from server.complaints.who import Person, may_be_handler
from server.errors import Denied, Invalid
from server.history import Actor
from server.work_orders.models import WorkOrder

OUTCOMES = ("valid", "invalid", "unclear")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What somebody makes of a complaint."""

    #: valid (R-106), invalid (R-107), or unclear: the manager judges (R-113)
    outcome: str
    #: why; it goes on the follow-up record (R-112)
    text: str
    major: bool = False
    #: higher_authority, reputation or economic (R-108)
    major_reason: str | None = None
    handler: User | None = None
    target_on: dt.date | None = None
    #: the order through which a paid service is put right (R-114)
    order: WorkOrder | None = None


def judge(
    session: Session, complaint: Complaint, judged: Judgement, *, by: Actor, at: dt.datetime
) -> None:
    """C3, C5 to C8. Raises Denied for whom it is not, Conflict for the state, Invalid for what is
    missing; a valid petition is major whatever was said (R-108)."""
    petition = complaint.channel == "petition"
    major = judged.outcome == "valid" and (judged.major or petition)
    moving.demand("judge", replace(moving.case_of(complaint), major=major), by)
    judged = replace(judged, order=judged.order or _issued_meanwhile(session, complaint))
    text = moving.needed(judged.text, "text", rule="R-112")
    if judged.major and judged.outcome != "valid":
        raise Invalid(
            "major-must-be-valid",
            "只有有效投诉才能是重大投诉。",
            "Only a complaint that is valid can be major.",
            rule="R-108",
            errors={"major": ["须先判为有效 only where it is valid"]},
        )
    if judged.outcome == "unclear":
        _hand_up(session, complaint, text, by=by, at=at)
        return
    if judged.outcome == "invalid":
        moving.go(session, complaint, "judge_invalid")
        complaint.validity = "invalid"
    elif major:
        _becomes_major(session, complaint, judged, petition=petition)
    else:
        _becomes_valid(session, complaint, judged)
    complaint.judged_by, complaint.judged_at = by.user_id, at
    moving.enter(session, complaint, "judgement", text, by=by, at=at, due_on=complaint.target_on)
    moving.record(session, "complaint.judged", complaint, by, at, _said(complaint, text))
    moving.settle(session, complaint, ["complaint.recorded", "complaint.to_judge"], at)
    _tell(session, complaint, petition=petition, by=by, at=at)


def explain(
    session: Session,
    complaint: Complaint,
    *,
    text: str,
    closes: bool = True,
    by: Actor,
    at: dt.datetime,
) -> None:
    """C4: the reasons are explained politely, by the manager where needed, and recorded; then it is
    closed. Without an explanation on the record it does not close (R-110)."""
    moving.demand("explain", moving.case_of(complaint), by)
    said = text.strip()
    if closes:
        moving.go(session, complaint, "close_explained", **({"explained": True} if said else {}))
    else:
        moving.needed(text, "text", rule="R-110")
        moving.go(session, complaint, "explain")
    if said:
        moving.enter(session, complaint, "explanation", said, by=by, at=at)
        moving.record(session, "complaint.explained", complaint, by, at, {"text": said})
        moving.told(session, complaint, by=by, at=at)
    if closes:
        moving.enter(
            session, complaint, "closure", "解释后结案 Closed after explaining", by=by, at=at
        )
        moving.close(session, complaint, by=by, at=at)
        moving.record(session, "complaint.closed", complaint, by, at, {"validity": "invalid"})


def _hand_up(
    session: Session, complaint: Complaint, text: str, *, by: Actor, at: dt.datetime
) -> None:
    """C5: the duty officer cannot tell; the manager is told promptly (R-113). Of what is against
    the centre that is the general manager (A-26)."""
    moving.go(session, complaint, "hand_to_manager")
    moving.enter(session, complaint, "judgement", text, by=by, at=at)
    moving.record(session, "complaint.handed_up", complaint, by, at, {"text": text})
    centre = moving.case_of(complaint).about_centre
    moving.settle(session, complaint, ["complaint.recorded"], at)
    moving.alert(
        session,
        "complaint.to_judge",
        complaint,
        audience=moving.GENERAL if centre else moving.MANAGERS,
        rule="R-113",
        by=by,
        at=at,
    )


def _becomes_major(
    session: Session,
    complaint: Complaint,
    judged: Judgement,
    *,
    petition: bool,
) -> None:
    """C8: the general manager deals with it in person, or whom he names (R-108, R-111)."""
    reason = "higher_authority" if petition else judged.major_reason
    if reason not in MAJOR_REASONS:
        raise Invalid(
            "no-major-reason",
            "请说明为何是重大投诉。",
            "Say why it is major.",
            rule="R-108",
            errors={"major_reason": ["必填 required"]},
        )
    if judged.handler is not None and Role.GPM not in judged.handler.roles:
        raise Denied(
            "major-handler",
            "重大投诉由总物业经理或他指定的人处理。",
            "A major complaint is dealt with by the general manager or whom he named.",
            rule="R-111",
        )
    moving.go(session, complaint, "judge_major", **_about_order(session, complaint, judged))
    complaint.validity, complaint.major, complaint.major_reason = "valid", True, reason
    chiefs = users_with_role(session, complaint.estate_id, Role.GPM)
    handler = judged.handler or (chiefs[0] if len(chiefs) == 1 else None)
    complaint.handler_id = handler.id if handler else None
    complaint.target_on = judged.target_on
    complaint.linked_order_id = judged.order.id if judged.order else None


def _becomes_valid(session: Session, complaint: Complaint, judged: Judgement) -> None:
    """C6, or C7 where an order puts it right (R-106, R-114)."""
    handler = judged.handler
    if handler is not None:
        asked = Person(id=handler.id, roles=frozenset(handler.roles))
        if not may_be_handler(asked, moving.case_of(complaint)):
            raise Invalid(
                "not-a-handler",
                f"{handler.name} 不能处理这条投诉。",
                f"{handler.name} cannot deal with this complaint.",
                rule="R-034" if complaint.target == "cs_centre" else "R-033",
                errors={"handler": ["不能处理 cannot deal with it"]},
            )
    moving.go(
        session,
        complaint,
        "judge_service" if judged.order is not None else "judge_valid",
        has_handler=handler is not None,
        target_on=judged.target_on,
        **_about_order(session, complaint, judged),
    )
    complaint.validity = "valid"
    complaint.handler_id = handler.id if handler else None
    complaint.target_on = judged.target_on
    complaint.linked_order_id = judged.order.id if judged.order else None


def _issued_meanwhile(session: Session, complaint: Complaint) -> WorkOrder | None:
    """The order that was issued for it before it was judged, and puts it right (WO1)."""
    order = queries.order_of(session, complaint)
    return None if order is None or moving.is_over(order) else order


def _about_order(session: Session, complaint: Complaint, judged: Judgement) -> dict[str, bool]:
    """What the table asks of the order that is being named (R-114)."""
    order = judged.order
    if order is None:
        return {}
    return {
        "order_linked": True,
        "order_ahead": not moving.is_over(order),
        "order_theirs": moving.is_theirs(session, complaint, order),
    }


def _tell(
    session: Session, complaint: Complaint, *, petition: bool, by: Actor, at: dt.datetime
) -> None:
    centre = moving.case_of(complaint).about_centre
    if complaint.major:
        # The centre's manager is not asked about what is said against the centre.
        second = moving.HR if centre else moving.MANAGERS
        moving.alert(
            session,
            "complaint.major",
            complaint,
            audience=(*moving.GENERAL, *second),
            rule="R-111",
            by=by,
            at=at,
        )
    elif petition and complaint.state == ComplaintState.EXPLAINING:
        # unfounded, so not major; the manager hears of it all the same.
        moving.alert(
            session,
            "complaint.petition",
            complaint,
            audience=moving.GENERAL if centre else moving.MANAGERS,
            rule="R-003",
            by=by,
            at=at,
        )
    else:
        moving.alert_one(
            session, "complaint.yours", complaint, complaint.handler_id, rule="R-106", by=by, at=at
        )


def _said(complaint: Complaint, text: str) -> dict[str, Any]:
    return {
        "text": text,
        "validity": complaint.validity,
        "major": complaint.major,
        "major_reason": complaint.major_reason,
        "handler": str(complaint.handler_id) if complaint.handler_id else None,
        "target_on": complaint.target_on.isoformat() if complaint.target_on else None,
    }
