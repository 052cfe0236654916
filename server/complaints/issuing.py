"""WO1: the order that puts right what somebody complains of (R-114)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.complaints import moving
from server.complaints.models import Complaint
from server.history import Actor
from server.requests.operations import Caller
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations.issuing import Wanted, issue_at_once


@dataclass(frozen=True, kw_only=True)
class Rework:
    """What is to be done again at the complainant's."""

    content: str
    category: str
    urgency: str = "normal"
    appointment_at: dt.datetime | None = None


def issue_order(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    wanted: Rework,
    *,
    by: Actor,
    at: dt.datetime,
) -> WorkOrder:
    """The complaint came first; its slip is registered and issued as any other, and linked to it.

    Raises Denied for whom it is not, Conflict for the state, or where its order is still being
    done.
    """
    moving.demand("issue_order", moving.case_of(complaint), by)
    moving.go(session, complaint, "issue_order")
    person = complaint.person
    order = issue_at_once(
        session,
        settings,
        Wanted(
            caller=Caller(
                name=person.name,
                unit_code=complaint.unit.code,
                phone=person.phone,
                relation=person.relation,
            ),
            content=moving.needed(wanted.content, "content"),
            category=wanted.category,
            nature="paid_special",
            urgency=wanted.urgency,
            appointment_at=wanted.appointment_at,
        ),
        by=by,
        at=at,
    )
    complaint.linked_order_id = order.id
    moving.record(session, "complaint.order_issued", complaint, by, at, {"order": order.number})
    return order
