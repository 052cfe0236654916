"""Work orders over HTTP: read, dispatch, recall, decide, write off, review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from server.accounts.permissions import READS
from server.accounts.queries import find_user, technician
from server.api import schemas
from server.api.assessments import assessment_json
from server.api.fields import Z_FORMAT
from server.billing import ledger
from server.checklist_runs import queries as run_queries
from server.db import session, transaction, utcnow
from server.errors import Denied
from server.history import HistoryRow
from server.http import actor, etag, expected_version, idempotent, level, requires, settings
from server.quality import operations as quality
from server.work_orders import queries
from server.work_orders.facts import missing_items
from server.work_orders.models import WorkOrder
from server.work_orders.operations import (
    closing,
    dispatching,
    escalating,
    executing,
    moving,
    off_list,
    pausing,
)
from server.work_orders.snapshot import asset_json, quote_json, run_json

blp = Blueprint("orders", __name__, url_prefix="/api/v1/orders", description="工单 Work orders")


class OrderDetailOut(schemas.OrderOut):
    """One order, with how far its newest snapshot came: queued, sent, then what it reports."""

    sent_at = ma.fields.Function(
        lambda order: (
            sent.strftime(Z_FORMAT) if (sent := queries.sent_at(session(), order)) else None
        ),
        metadata={"type": ["string", "null"], "format": "date-time"},
    )
    asset = ma.fields.Function(
        lambda order: asset_json(session(), order), metadata={"type": ["object", "null"]}
    )
    assessment = ma.fields.Function(assessment_json, metadata={"type": ["object", "null"]})


@blp.get("")
@requires("order.read", reading=True)
@blp.arguments(schemas.OrderListIn, location="query")
@blp.response(200, schemas.OrderPageOut)
@blp.doc(operationId="listOrders")
def list_orders(wanted: dict[str, Any]) -> Any:
    by = actor()
    technician_id = None
    if level("order.read") == "O":
        technician_id = by.user_id
    elif wanted["technician"] is not None:
        user = find_user(session(), by.estate_id, wanted["technician"])
        if user is None:
            return {"items": [], "next_cursor": None}
        technician_id = user.id
    page = queries.list_orders(
        session(),
        by.estate_id,
        states=wanted["state"],
        technician_id=technician_id,
        unit_code=wanted["unit_code"],
        qa_state=wanted["qa_state"],
        updated_since=wanted["updated_since"],
        limit=wanted["limit"],
        cursor=wanted["cursor"],
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.get("/<number>")
@requires("order.read", reading=True)
@blp.response(200, OrderDetailOut)
@blp.doc(operationId="getOrder")
def get_order(number: str) -> Any:
    order = readable(number)
    return order, 200, etag(order.version)


@blp.get("/<number>/events")
@requires("order.read", reading=True)
@blp.arguments(schemas.EventPageIn, location="query")
@blp.response(200, schemas.EventPageOut)
@blp.doc(operationId="listOrderEvents")
def list_order_events(wanted: dict[str, Any], number: str) -> Any:
    order = readable(number)
    rows = list(
        session().scalars(
            sa.select(HistoryRow)
            .where(
                HistoryRow.subject_kind == moving.SUBJECT,
                HistoryRow.subject == order.number,
                HistoryRow.position > wanted["cursor"],
            )
            .order_by(HistoryRow.position)
            .limit(wanted["limit"] + 1)
        )
    )
    page = rows[: wanted["limit"]]
    more = len(rows) > len(page)
    return {"items": page, "next_cursor": str(page[-1].position) if more else None}


@blp.get("/<number>/checklist")
@requires("order.read", reading=True)
@blp.response(200)
@blp.doc(operationId="getChecklistRun")
def get_checklist_run(number: str) -> Any:
    order = readable(number)
    return {
        "number": order.number,
        "version": order.version,
        "checklist": (
            {"code": order.checklist_code, "version": order.checklist_version}
            if order.checklist_code
            else None
        ),
        "steps": run_json(session(), order),
        "missing": [
            {"step": item.step, "tag": item.tag, "code": item.code}
            for item in missing_items(session(), order)
        ],
        "returned_steps": [
            {"step": row.step, "reason": row.reason}
            for row in run_queries.returned(session(), order.id)
        ],
        "quotes": [quote_json(quote) for quote in queries.quotes_of(session(), order.id)],
    }


@blp.post("/<number>/dispatch")
@requires("order.dispatch")
@idempotent
@blp.arguments(schemas.DispatchIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="dispatchOrder")
def dispatch_order(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, order: WorkOrder) -> None:
        by = actor()
        chosen = technician(current, by.estate_id, data["technician"])
        dispatching.dispatch(
            current,
            settings(),
            order,
            chosen,
            appointment_at=data["appointment_at"],
            customer_reconfirmed=data["customer_reconfirmed"],
            # Without If-Match nobody says that he has seen with whom the order is.
            reassign=expected_version() is not None,
            by=by,
            at=utcnow(),
        )

    return _change(number, act)


@blp.post("/<number>/recall")
@requires("order.recall")
@idempotent
@blp.arguments(schemas.ReasonIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="recallOrder")
def recall_order(data: dict[str, Any], number: str) -> Any:
    return _change(
        number,
        lambda current, order: dispatching.recall(
            current, settings(), order, **data, by=actor(), at=utcnow()
        ),
    )


@blp.post("/<number>/hand-over")
@requires("order.dispatch")
@idempotent
@blp.arguments(schemas.HandOverIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="handOverOrder")
def hand_over_order(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, order: WorkOrder) -> None:
        by = actor()
        chosen = technician(current, by.estate_id, data["technician"])
        dispatching.hand_over(
            current, settings(), order, chosen, reason=data["reason"], by=by, at=utcnow()
        )

    return _change(number, act)


@blp.post("/<number>/cancel")
@requires("order.recall")
@idempotent
@blp.arguments(schemas.CancelIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="cancelOrder")
def cancel_order(data: dict[str, Any], number: str) -> Any:
    return _change(
        number,
        lambda current, order: dispatching.cancel(
            current,
            settings(),
            order,
            whom=data["by"],
            reason=data["reason"],
            by=actor(),
            at=utcnow(),
        ),
    )


@blp.post("/<number>/void")
@requires("order.void")
@idempotent
@blp.arguments(schemas.ReasonIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="voidOrder")
def void_order(data: dict[str, Any], number: str) -> Any:
    return _change(
        number,
        lambda current, order: dispatching.void(
            current, settings(), order, **data, by=actor(), at=utcnow()
        ),
    )


@blp.post("/<number>/write-off")
@requires("order.write_off")
@idempotent
@blp.arguments(schemas.WriteOffIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="writeOffOrder")
def write_off_order(data: dict[str, Any], number: str) -> Any:
    return _change(
        number,
        lambda current, order: closing.write_off(
            current, settings(), order, **data, by=actor(), at=utcnow()
        ),
    )


@blp.post("/<number>/decisions")
@requires("order.decide")
@idempotent
@blp.arguments(schemas.DecisionIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="decideEscalation")
def decide_escalation(data: dict[str, Any], number: str) -> Any:
    return _change(number, lambda current, order: decide(current, order, data))


@blp.post("/<number>/price-approvals")
@requires("order.approve_price")
@idempotent
@blp.arguments(schemas.PriceApprovalIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="approveOffListPrice")
def approve_off_list_price(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, order: WorkOrder) -> None:
        off_list.approve(current, order, **data, by=actor(), at=utcnow())

    return _change(number, act)


@blp.post("/<number>/overrides")
@requires("order.override_limit")
@idempotent
@blp.arguments(schemas.OverrideIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="overrideLimit")
def override_limit(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, order: WorkOrder) -> None:
        executing.allow_deviation(current, order, **data, by=actor(), at=utcnow())

    return _change(number, act)


@blp.post("/<number>/reviews")
@requires("quality.review")
@idempotent
@blp.arguments(schemas.ReviewIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="reviewOrder")
def review_order(data: dict[str, Any], number: str) -> Any:
    def act(current: Session, order: WorkOrder) -> None:
        steps = {finding["step"]: finding["reason"] for finding in data.pop("steps")}
        quality.review(current, settings(), order, steps=steps, **data, by=actor(), at=utcnow())

    return _change(number, act)


def readable(number: str) -> WorkOrder:
    """One order that whoever is asking may see: technicians only their own (5.1).

    Raises NotFound, Denied.
    """
    by = actor()
    order = queries.get_order(session(), by.estate_id, number)
    if level("order.read") not in READS and order.technician_id != by.user_id:
        raise Denied("not-your-order", "这张单不是您的。", "This order is not yours.")
    return order


def decide(current: Session, order: WorkOrder, data: dict[str, Any]) -> None:
    """A manager's decision: `resume` clears a hazard (P-22), the others close an escalation."""
    by, at = actor(), utcnow()
    if data["decision"] == "resume":
        pausing.clear_hazard(current, settings(), order, text=data["text"], by=by, at=at)
        return
    chosen = technician(current, by.estate_id, data["technician"]) if data["technician"] else None
    escalating.decide(
        current,
        settings(),
        order,
        decision=data["decision"],
        text=data["text"],
        technician=chosen,
        charge_fen=data["charge_fen"],
        fee_is_out=ledger.fee_is_out(current, order),
        by=by,
        at=at,
    )


def _change(number: str, act: Callable[[Session, WorkOrder], None]) -> Any:
    with transaction() as current:
        order = moving.find_order(current, number, by=actor(), expected_version=expected_version())
        act(current, order)
    return order, 200, etag(order.version)
