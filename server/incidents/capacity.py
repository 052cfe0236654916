"""Applying for a stronger supply where a circuit is overloaded (F-20, R-163, A-39)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.errors import Conflict, Invalid, NotFound
from server.history import Actor
from server.incidents.models import CapacityApplication
from server.work_orders.models import WorkOrder
from server.work_orders.operations.moving import SUBJECT as ORDER
from server.work_orders.states import State

REASON = "capacity_increase"
APPLIED, DECIDED = "capacity.applied", "capacity.decided"
DECISIONS = ("granted", "refused")
_DESK = (Role.DISPATCH_DUTY, Role.CONTROL_DUTY, Role.FRONT_DESK)


def applies(order: WorkOrder) -> bool:
    """Whether the order waits for a stronger supply (A-39)."""
    return order.state == State.SUSPENDED and order.suspension == REASON


def apply(
    session: Session,
    order: WorkOrder,
    *,
    circuit: str,
    load_a: Decimal,
    rating_a: Decimal,
    wish: str,
    by: Actor,
    at: dt.datetime,
) -> CapacityApplication:
    """Write F-20 for an order that is suspended for it; loads and ratings in ampere.

    Raises Conflict for any other order or where one was written, Invalid where nothing is overloaded.
    """
    if not applies(order):
        raise Conflict(
            "not-waiting-for-capacity",
            "只有因等增容而暂停的工单可以申请。",
            "Only for an order that is suspended for a capacity increase.",
            rule="R-163",
            extra={"state": order.state},
        )
    if of_order(session, order) is not None:
        raise Conflict(
            "already-applied",
            "这张单已经申请过增容。",
            "The increase was applied for already.",
            rule="R-163",
        )
    if load_a <= rating_a:
        raise Invalid(
            "not-overloaded",
            "负荷没有超过额定电流。",
            "The load is within the rating.",
            rule="R-163",
            errors={"load_a": [f"> {rating_a}"]},
        )
    made = CapacityApplication(
        estate_id=order.estate_id,
        order_id=order.id,
        circuit=circuit,
        load_a=load_a,
        rating_a=rating_a,
        wish=wish,
        applied_by=by.user_id,
        applied_at=at,
    )
    session.add(made)
    session.flush()
    data = {"circuit": circuit, "load_a": str(load_a), "rating_a": str(rating_a), "text": wish}
    history.record(
        session, APPLIED, subject_kind=ORDER, subject=order.number, by=by, at=at, data=data
    )
    alerts.raise_alert(
        session,
        APPLIED,
        subject_kind=ORDER,
        subject=order.number,
        audience=[Role.CS_MANAGER, Role.GPM],
        rule="R-163",
        by=by,
        at=at,
        data={"circuit": circuit},
    )
    return made


def decide(
    session: Session,
    order: WorkOrder,
    application: CapacityApplication,
    *,
    decision: str,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Granted or refused; the desk tells the customer and takes the order further."""
    if application.decided_at is not None:
        raise Conflict("already-decided", "已经决定过。", "It is decided already.")
    if decision not in DECISIONS:
        raise Invalid(
            "unknown-decision",
            "没有这种决定。",
            "There is no such decision.",
            errors={"decision": [f"one of {', '.join(DECISIONS)}"]},
        )
    application.decision, application.decision_text = decision, text
    application.decided_by, application.decided_at = by.user_id, at
    history.record(
        session,
        DECIDED,
        subject_kind=ORDER,
        subject=order.number,
        by=by,
        at=at,
        data={"capacity_decision": decision, "text": text},
    )
    alerts.resolve(
        session, subject_kind=ORDER, subject=order.number, kinds=[APPLIED], at=at, how=decision
    )
    alerts.raise_alert(
        session,
        DECIDED,
        subject_kind=ORDER,
        subject=order.number,
        audience=[role.value for role in _DESK],
        rule="R-163",
        by=by,
        at=at,
        data={"capacity_decision": decision},
    )


def of_order(session: Session, order: WorkOrder) -> CapacityApplication | None:
    """The application that was written for an order."""
    return session.scalar(
        sa.select(CapacityApplication).where(CapacityApplication.order_id == order.id)
    )


def find(session: Session, order: WorkOrder) -> CapacityApplication:
    """The same, to be decided; the order is locked first. Raises NotFound."""
    found = of_order(session, order)
    if found is None:
        raise NotFound("no-such-application", "没有增容申请。", "There is no application.")
    return found
