"""How an order changes: find it locked, ask the table, raise the version, tell everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history, outbox
from server.checklist_runs import queries as runs
from server.devices.operations import devices_of
from server.errors import Conflict, NotFound, Stale
from server.history import Actor
from server.settings import Settings
from server.work_orders import lifecycle
from server.work_orders.facts import NOTHING_GIVEN, Given, OrderFacts
from server.work_orders.lifecycle import Refusal
from server.work_orders.models import WorkOrder
from server.work_orders.states import IN_THE_FIELD, READ_ONLY, State
from server.work_orders.transitions import Transition

SUBJECT = "order"


class Refused(Conflict):
    """The table or a guard says no; `by_state` when the order is simply elsewhere now."""

    def __init__(self, order: WorkOrder, refusal: Refusal) -> None:
        first = refusal.reasons[0]
        super().__init__(
            first.slug,
            "".join(reason.zh for reason in refusal.reasons),
            " ".join(reason.en for reason in refusal.reasons),
            rule=first.rule,
            extra={
                "state": order.state,
                "version": order.version,
                "reasons": [
                    {"code": r.slug, "rule": r.rule, "zh": r.zh, "en": r.en}
                    for r in refusal.reasons
                ],
            },
        )
        self.by_state = refusal.by_state


def find_order(
    session: Session, number: str, *, by: Actor, expected_version: int | None = None
) -> WorkOrder:
    """The order with this number, locked for a change.

    Raises NotFound, also for another estate's, and Stale where `expected_version` is not the
    present one.
    """
    order = session.scalar(
        sa.select(WorkOrder)
        .where(WorkOrder.estate_id == by.estate_id, WorkOrder.number == number)
        .with_for_update(of=WorkOrder)
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound("no-such-order", f"没有工单 {number}。", f"There is no order {number}.")
    if expected_version is not None and order.version != expected_version:
        raise Stale(
            "stale-order",
            f"工单已更新到第 {order.version} 版,请先查看变化。",
            f"The order is at version {order.version} now; look at what changed.",
            extra={"version": order.version, "state": order.state},
        )
    return order


def refuse_if_ended(order: WorkOrder) -> None:
    """An archived or void order is read only (WO21, WO22). Raises Conflict."""
    if State(order.state) in READ_ONLY:
        raise Conflict(
            "order-ended",
            "工单已归档或作废,只能查看。",
            "The order is archived or void; it can only be read.",
            rule="WO21",
            extra={"state": order.state, "version": order.version},
        )


def move(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    action: str,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime | None = None,
    given: Given = NOTHING_GIVEN,
    data: Mapping[str, Any] | None = None,
) -> Transition:
    """Take the one transition that the table allows, or raise Refused with its reasons."""
    facts = OrderFacts(session, order, settings.zone, by=by, at=at, given=given)
    decision = lifecycle.decide(action, State(order.state), facts)
    if isinstance(decision, Refusal):
        raise Refused(order, decision)
    before = order.state
    if decision.returns:
        decision = lifecycle.with_target(decision, State(order.resume_state or before))
        order.resume_state = None
    if decision.target is not None:
        order.state = decision.target
    changed(
        session,
        order,
        decision.event,
        by=by,
        at=at,
        device_at=device_at,
        data={"transition": decision.id, "from": before, "to": order.state, **(data or {})},
    )
    return decision


def changed(
    session: Session,
    order: WorkOrder,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Raise the version, write history, and owe the technician's handhelds the new snapshot."""
    order.version += 1
    order.updated_at = at
    session.flush()
    record(session, order, kind, by=by, at=at, device_at=device_at, data=data)
    push(session, order, at=at)


def record(
    session: Session,
    order: WorkOrder,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write into the order's chain without changing the order."""
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=order.number,
        by=by,
        at=at,
        device_at=device_at,
        data={"version": order.version, **(data or {})},
    )


def push(session: Session, order: WorkOrder, *, at: dt.datetime) -> None:
    """Owe the present state to every working handheld of the technician, if it belongs there."""
    if order.technician_id is None:
        return
    kind = outbox.ORDER if belongs_in_the_field(session, order) else outbox.WITHDRAWN
    for device in devices_of(session, order.technician_id):
        _owe(session, device.id, kind, order, at)


def withdraw_from(
    session: Session, order: WorkOrder, technician_id: object, *, at: dt.datetime
) -> None:
    """Tell the handhelds of a technician that the order is theirs no longer (WO4)."""
    for device in devices_of(session, technician_id):
        _owe(session, device.id, outbox.WITHDRAWN, order, at)


def belongs_in_the_field(session: Session, order: WorkOrder) -> bool:
    """Whether the order stands on its technician's handheld now."""
    if State(order.state) in IN_THE_FIELD:
        return True
    return State(order.state) is State.CLOSED and bool(runs.returned(session, order.id))


def _owe(session: Session, device_id: str, kind: str, order: WorkOrder, at: dt.datetime) -> None:
    other = outbox.WITHDRAWN if kind == outbox.ORDER else outbox.ORDER
    outbox.forget(session, device_id=device_id, kind=other, subject=order.number)
    outbox.note(
        session, device_id=device_id, kind=kind, subject=order.number, version=order.version, at=at
    )
