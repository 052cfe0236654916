"""WO1: the order that puts right what somebody complains of (R-114)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.complaints import moving
from server.complaints.models import Complaint
from server.history import Actor
from server.requests import operations as requests
from server.requests.operations import Caller
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching


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
    request = requests.register(
        session,
        settings,
        caller=Caller(
            name=person.name,
            unit_code=complaint.unit.code,
            phone=person.phone,
            relation=person.relation,
        ),
        content=moving.needed(wanted.content, "content"),
        channel="other",
        kind="service_need",
        urgency=wanted.urgency,
        appointment_at=wanted.appointment_at,
        category=wanted.category,
        by=by,
        at=at,
    )
    requests.judge_accepted(
        session,
        request,
        nature="paid_special",
        category=wanted.category,
        price_item_code=None,
        price_list_version=None,
        slot_technician_id=None,
        by=by,
        at=at,
    )
    order = dispatching.issue(
        session, settings, request, category=None, appointment_at=None, urgency=None, by=by, at=at
    )
    complaint.linked_order_id = order.id
    moving.record(session, "complaint.order_issued", complaint, by, at, {"order": order.number})
    return order
