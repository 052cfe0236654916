"""One fault on one riser or lift, many households: their requests go onto one order."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.errors import Conflict
from server.history import Actor
from server.requests import repeating
from server.requests.models import ServiceRequest
from server.work_orders.models import JoinedRequest, WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import TERMINAL, State

#: Still being worked on: whoever joins now is helped by it.
JOINABLE = frozenset(State) - TERMINAL - {State.ACCEPTED, State.CLOSED, State.CANCEL_PENDING}


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


def _entrance(of: ServiceRequest | WorkOrder) -> tuple[object, object]:
    return of.unit.building_id, of.unit.entrance
