"""Letting go of a fee: asked for by one, decided by another (B6, R-062, R-063, X-021).

A waiver lessens what the order is charged and, with it, what the ledger says. It is decided while
the month is with finance: once the month's report has gone up, the general property manager has to
send it back first, so that notices and orders still agree (R-077). What has been paid is not
waived; giving money back is not the system's.
"""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.billing import ledger
from server.billing.lifecycle import FREE, EntryState, after, allowed
from server.billing.models import BillingEntry, Waiver
from server.errors import Conflict, Denied, Invalid, NotFound
from server.history import Actor
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import GOODWILL

ASKED = "waiver.asked"


def ask(
    session: Session,
    settings: Settings,
    number: str,
    *,
    amount_fen: int,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> Waiver:
    """Somebody asks that part or all of an order's fee is let go of.

    Raises NotFound; Conflict for an order that is not in the ledger, is paid, reported or already
    asked about; Invalid for an amount that is nothing or more than the charge.
    """
    if by.user_id is None:
        raise Invalid("nobody-asks", "申请人不明。", "It is not known who asks.")
    order, entry = _of(session, settings, number, by=by, at=at)
    _refuse_if_shut(entry)
    if not 0 < amount_fen <= order.charge_fen:
        raise _above(order)
    if session.scalar(_undecided(order.id)) is not None:
        raise Conflict(
            "waiver-asked",
            "这张单已有减免申请等待决定。",
            "A waiver of this order waits for a decision already.",
            rule="R-062",
        )
    waiver = Waiver(
        estate_id=order.estate_id,
        order_id=order.id,
        amount_fen=amount_fen,
        reason=reason,
        asked_by=by.user_id,
        asked_at=at,
    )
    session.add(waiver)
    session.flush()
    data = {"amount_fen": amount_fen, "reason": reason}
    moving.record(session, order, "waiver.asked", by=by, at=at, data=data)
    alerts.raise_alert(
        session,
        ASKED,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=[Role.CS_MANAGER.value, Role.GPM.value, Role.SITE_PM.value],
        rule="R-062",
        by=by,
        at=at,
        data={"author": by.name, **data},
    )
    return waiver


def decide(
    session: Session,
    settings: Settings,
    waiver_id: uuid.UUID,
    *,
    approved: bool,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> Waiver:
    """B6: a manager who did not ask for it lets go of the fee, or says why not.

    The same decision again changes nothing. Raises NotFound, Denied for whoever asked (X-021),
    Conflict where it was decided otherwise, or the month has gone up meanwhile.
    """
    waiver = session.get(Waiver, waiver_id)
    order = session.get(WorkOrder, waiver.order_id) if waiver is not None else None
    if waiver is None or order is None or waiver.estate_id != by.estate_id:
        raise NotFound("no-such-waiver", "没有这份减免申请。", "There is no such waiver.")
    order, entry = _of(session, settings, order.number, by=by, at=at)
    session.refresh(waiver, with_for_update=True)
    if waiver.asked_by == by.user_id:
        raise Denied(
            "own-waiver",
            "减免由他人决定,申请人不能自己批。",
            "Somebody else decides on a waiver, never whoever asked for it.",
            rule="X-021",
        )
    if waiver.decided_at is not None:
        if waiver.approved == approved and waiver.decided_by == by.user_id:
            return waiver
        raise Conflict(
            "waiver-decided", "这份申请已经决定了。", "It has been decided already.", rule="R-062"
        )
    if not approved and not note:
        raise Invalid(
            "reason-missing",
            "不同意须写明原因。",
            "Say why not.",
            rule="R-062",
            errors={"note": ["必填 required"]},
        )
    if approved:
        _let_go(session, order, entry, waiver, by=by, at=at)
    waiver.approved, waiver.decision_note = approved, note
    waiver.decided_by, waiver.decided_at = by.user_id, at
    session.flush()
    if not approved:
        moving.record(session, order, "waiver.refused", by=by, at=at, data={"reason": note or ""})
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=[ASKED],
        at=at,
        how="approved" if approved else "refused",
    )
    return waiver


def _let_go(
    session: Session,
    order: WorkOrder,
    entry: BillingEntry,
    waiver: Waiver,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    _refuse_if_shut(entry)
    if waiver.amount_fen > order.charge_fen:
        raise _above(order)
    order.charge_fen -= waiver.amount_fen
    entry.charge_fen = order.charge_fen
    entry.waived_fen += waiver.amount_fen
    if order.charge_fen == 0:
        order.warranty_code, order.payment_method = GOODWILL, FREE
        entry.payment_method = FREE
        entry.state = after("waive", EntryState(entry.state))
    moving.changed(
        session,
        order,
        "waiver.approved",
        by=by,
        at=at,
        data={
            "amount_fen": waiver.amount_fen,
            "charge_fen": order.charge_fen,
            "reason": waiver.reason,
        },
    )


def _of(
    session: Session, settings: Settings, number: str, *, by: Actor, at: dt.datetime
) -> tuple[WorkOrder, BillingEntry]:
    order = moving.find_order(session, number, by=by)
    entry = next(iter(ledger.enter(session, settings, [order], at=at)), None)
    if entry is None:
        raise Conflict(
            "not-in-the-ledger",
            "这张单还没有核销;没有核销的单由经理在工单上决定费用。",
            "The order is not written off; until then its charge is decided on the order itself.",
            rule="R-062",
            extra={"state": order.state},
        )
    return order, entry


def _refuse_if_shut(entry: BillingEntry) -> None:
    if entry.report_id is not None:
        raise Conflict(
            "already-reported",
            "这张单已随月报上报;要减免,先由总物业经理退回月报。",
            "It stands in a report that has gone up; the general property manager has to return"
            " the report first.",
            rule="R-075",
            extra={"state": entry.state},
        )
    if not allowed("waive", EntryState(entry.state)):
        raise Conflict(
            "already-paid",
            "这张单已收款或已免收,不能再减免。",
            "It is paid, or nothing is charged; there is nothing to let go of.",
            rule="R-062",
            extra={"state": entry.state},
        )


def _undecided(order_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    return sa.select(Waiver.id).where(Waiver.order_id == order_id, Waiver.decided_at.is_(None))


def _above(order: WorkOrder) -> Invalid:
    return Invalid(
        "amount-out-of-range",
        "减免金额须大于零,且不超过应收金额。",
        "An amount above nothing and not above the charge.",
        rule="R-024",
        errors={"amount_fen": [f"1 … {order.charge_fen}"]},
        extra={"charge_fen": order.charge_fen},
    )
