"""One fault on one riser or lift, many households: their requests go onto one order."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.alerts import operations as alerts
from server.deadlines import timers
from server.errors import Conflict
from server.history import Actor
from server.requests import changing, repeating
from server.requests.models import ServiceRequest
from server.work_orders import of_unit
from server.work_orders.models import JoinedRequest, WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import JOINABLE, State


def join(
    session: Session, request: ServiceRequest, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> JoinedRequest:
    """SR8: do a request by an order of another household in the same entrance.

    The request keeps its number, its reply clock and its history (R-001). Raises Conflict where
    the order is over, hangs on another riser, or the request is past that.
    """
    if State(order.state) not in JOINABLE:
        raise Conflict(
            "order-over",
            f"{order.number} 已经结束,不能再并入。请另行开单。",
            f"{order.number} is over; nothing can join it. Issue an order of its own.",
            rule="R-001",
            extra={"state": order.state},
        )
    if _entrance(request) != _entrance(order):
        raise Conflict(
            "another-riser",
            f"{order.number} 不在同一单元,不能并入。请另行开单。",
            f"{order.number} is in another entrance. Issue an order of its own.",
            extra={"unit_code": order.unit.code},
        )
    repeating.join(session, request, order=order.number, by=by, at=at)
    joined = JoinedRequest(
        estate_id=by.estate_id,
        request_id=request.id,
        order_id=order.id,
        joined_at=at,
        joined_by=by.user_id,
    )
    session.add(joined)
    session.flush()
    moving.record(
        session,
        order,
        "order.request_joined",
        by=by,
        at=at,
        data={"request": request.number, "unit": request.unit.code},
    )
    return joined


def tell_joined(session: Session, order: WorkOrder, *, by: Actor, at: dt.datetime) -> None:
    """The order is over, one way or the other: each household that joined it is told (R-001)."""
    for request in of_unit.requests_joined(session, order.id):
        alerts.raise_alert(
            session,
            "request.joined_over",
            subject_kind=changing.SUBJECT,
            subject=request.number,
            audience=timers.DESK,
            rule="R-001",
            by=by,
            at=at,
            data={"order": order.number, "state": order.state},
        )


def _entrance(of: ServiceRequest | WorkOrder) -> tuple[object, object]:
    return of.unit.building_id, of.unit.entrance
