"""Opening the return visit of a closed order and recording what the customer said."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.deadlines.policy import return_visit_due
from server.errors import Conflict, Invalid, NotFound
from server.estate.operations import next_number
from server.history import Actor
from server.return_visits.models import ReturnVisit
from server.settings import Settings
from server.work_orders.models import WorkOrder


def open_visit(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> ReturnVisit | None:
    """RV1: every closed order is visited; cancelled ones are not (R-084, A-13). Once each."""
    if order.closed_at is None:
        return None
    known = session.scalar(sa.select(ReturnVisit).where(ReturnVisit.order_id == order.id))
    if known is not None:
        return known
    visit = ReturnVisit(
        estate_id=order.estate_id,
        number=next_number(session, order.estate_id, "HF", at, settings.zone),
        order_id=order.id,
        state="pending",
        due_at=return_visit_due(order.closed_at, settings.zone),
    )
    session.add(visit)
    session.flush()
    history.record(
        session,
        "visit.opened",
        subject_kind="visit",
        subject=visit.number,
        by=by,
        at=at,
        data={"order": order.number, "due_at": visit.due_at.isoformat()},
    )
    return visit


def record_visit(
    session: Session,
    visit: ReturnVisit,
    *,
    method: str,
    satisfied: bool,
    comment: str,
    customer_signature: str | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """RV3: on site the customer signs and writes (R-087); by phone the visitor records it
    truthfully and no signature is made up (R-088, A-24)."""
    if visit.state not in {"pending", "assigned"}:
        raise Conflict("visit-done", "已回访。", "The visit has been made.")
    errors: dict[str, list[str]] = {}
    if not comment.strip():
        errors["comment"] = ["须有意见 the customer's words are needed"]
    if method == "on_site" and not customer_signature:
        errors["customer_signature"] = ["上门回访须客户签名 signed by the customer"]
    if method != "on_site" and customer_signature:
        errors["customer_signature"] = ["电话回访没有客户签名 no signature by phone"]
    if errors:
        raise Invalid(
            "visit-incomplete",
            "回访记录不完整。",
            "The record of the visit is not complete.",
            rule="R-087" if method == "on_site" else "R-088",
            errors=errors,
        )
    visit.method, visit.satisfied, visit.comment = method, satisfied, comment
    visit.customer_signature_sha256 = customer_signature
    visit.recorded_by, visit.done_at = by.user_id, at
    visit.state = "satisfied" if satisfied else "dissatisfied"
    history.record(
        session,
        "visit.made",
        subject_kind="visit",
        subject=visit.number,
        by=by,
        at=at,
        data={
            "method": method,
            "satisfied": satisfied,
            "comment": comment,
            "signature": customer_signature,
        },
    )


def find_visit(session: Session, number: str, *, by: Actor) -> ReturnVisit:
    """One visit, locked. Raises NotFound."""
    visit = session.scalar(
        sa.select(ReturnVisit)
        .where(ReturnVisit.estate_id == by.estate_id, ReturnVisit.number == number)
        .with_for_update()
    )
    if visit is None:
        raise NotFound("no-such-visit", "没有这条回访。", "There is no such visit.")
    return visit


def visit_of_order(session: Session, order_id: uuid.UUID) -> ReturnVisit | None:
    """The return visit of an order, where there is one."""
    return session.scalar(sa.select(ReturnVisit).where(ReturnVisit.order_id == order_id))
