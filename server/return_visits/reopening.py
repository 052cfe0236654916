"""The customer says that the fault is still there: it is reported anew, the old order stays closed.

First-time acceptance and rework are figures of the order that was closed; a second fault is
another request and, if need be, another order.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server import history
from server.history import Actor
from server.requests import operations as requests
from server.requests.models import ServiceRequest
from server.requests.operations import Caller
from server.return_visits.models import ReturnVisit
from server.return_visits.states import SUBJECT
from server.settings import Settings
from server.work_orders.models import WorkOrder

#: By which way the customer was heard.
CHANNEL = {"on_site": "visit", "phone": "phone"}
#: What a request's text holds at most.
LONGEST = 4000


def report_again(
    session: Session,
    settings: Settings,
    visit: ReturnVisit,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
) -> ServiceRequest:
    """Register the same fault for the same household, naming the order that did not mend it."""
    content = f"回访 {visit.number}:客户说没有修好(原工单 {order.number})。{order.content}"
    request = requests.register(
        session,
        settings,
        caller=Caller(
            name=order.person.name,
            unit_code=order.unit.code,
            phone=order.person.phone,
            relation=order.person.relation,
        ),
        content=content[:LONGEST],
        channel=CHANNEL.get(visit.method or "", "other"),
        kind="service_need",
        urgency=order.urgency,
        appointment_at=None,
        category=order.category,
        by=by,
        at=at,
    )
    visit.reopened_request_id = request.id
    history.record(
        session,
        "visit.fault_reported",
        subject_kind=SUBJECT,
        subject=visit.number,
        by=by,
        at=at,
        data={"request": request.number, "order": order.number},
    )
    return request
