"""The ledger: copy 3 of every order that is over, registered by payment method (B1, R-074).

Locks are taken in this order everywhere in the room: orders, reports, entries.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.alerts import operations as alerts
from server.billing.amounts import amounts_of
from server.billing.lifecycle import (
    AT_ONCE,
    CORRECTABLE,
    FREE,
    METHODS,
    OUT,
    EntryState,
    after,
    billable,
    does_not_fit,
    proposed_method,
    registering,
)
from server.billing.models import BillingEntry, FinanceReport
from server.billing.sums import Amounts, holds_fast
from server.deadlines import policy
from server.errors import Conflict, Invalid
from server.history import Actor
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import State

CHUNK = 500
OVER = frozenset({State.CLOSED, State.ARCHIVED, State.CANCELLED})
SAYS_OTHERWISE = "billing.order_says_otherwise"


def is_held(order: WorkOrder) -> bool:
    """Whether nobody may bill the order yet: a manager decides first, or the customer signs what
    was changed (A-15)."""
    return order.billing_held or State(order.state) not in OVER


def follow(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> BillingEntry | None:
    """The ledger after something happened to an order: its entry is opened, or says what the order
    says. What stands in a report stays as it is; then finance is told of the difference (R-075)."""
    entry = next(iter(enter(session, settings, [order], at=at)), None)
    if entry is None or entry.report_id is None or entry.charge_fen == order.charge_fen:
        return entry
    alerts.raise_alert(
        session,
        SAYS_OTHERWISE,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=["finance", "gpm"],
        rule="R-075",
        by=by,
        at=at,
        data={"booked_fen": entry.charge_fen, "charge_fen": order.charge_fen},
    )
    return entry


def enter(
    session: Session, settings: Settings, orders: Sequence[WorkOrder], *, at: dt.datetime
) -> list[BillingEntry]:
    """Open the entries of orders (which the caller has locked) that belong in the ledger, and bring
    those up to date that stand in no report. Doing it again changes nothing."""
    if not orders:
        return []
    estate_id, ids = orders[0].estate_id, [order.id for order in orders]
    shut = _shut_months(session, estate_id)
    known = {
        entry.order_id: entry
        for entry in session.scalars(
            sa.select(BillingEntry)
            .where(BillingEntry.order_id.in_(ids))
            .execution_options(populate_existing=True)
        )
    }
    fresh = [
        order
        for order in orders
        if (entry := known.get(order.id)) is None or entry.report_id is None
    ]
    amounts = amounts_of(session, estate_id, [one.id for one in fresh])
    for order in fresh:
        entry = known.get(order.id)
        if entry is None:
            if not billable(order.state, charge_fen=order.charge_fen, held=order.billing_held):
                continue
            known[order.id] = entry = BillingEntry(
                estate_id=order.estate_id,
                order_id=order.id,
                unit_id=order.unit_id,
                category=order.category,
                state=EntryState.UNBILLED,
            )
            session.add(entry)
        if State(order.state) in OVER:
            over_at = order.closed_at or order.written_off_at or at
            own = order.month or policy.month_of(over_at, settings.zone)
            entry.month = open_month(own, shut)
        _say_what_the_order_says(entry, order, amounts.get(order.id, Amounts()))
    session.flush()
    return [known[order.id] for order in orders if order.id in known]


def catch_up(
    session: Session, settings: Settings, estate_id: uuid.UUID, month: dt.date, *, at: dt.datetime
) -> None:
    """Everything that was over in a month stands in the ledger, also what was closed before there
    was one; and what an earlier month left over is billed in this one."""
    begin = dt.datetime.combine(month, dt.time(), settings.zone)
    end = dt.datetime.combine(following(month), dt.time(), settings.zone)
    behind = sa.select(BillingEntry.order_id).where(
        BillingEntry.estate_id == estate_id,
        BillingEntry.state.in_([EntryState.UNBILLED, EntryState.REGISTERED]),
        BillingEntry.month < month,
    )
    for wanted in (
        (WorkOrder.month == month, WorkOrder.state.in_([State.CLOSED, State.ARCHIVED])),
        (
            WorkOrder.written_off_at >= begin,
            WorkOrder.written_off_at < end,
            WorkOrder.state == State.CANCELLED,
            sa.or_(WorkOrder.charge_fen > 0, WorkOrder.billing_held),
        ),
        (WorkOrder.id.in_(behind),),
    ):
        rows = session.scalars(
            sa.select(WorkOrder)
            .where(WorkOrder.estate_id == estate_id, *wanted)
            .order_by(WorkOrder.id)
            .with_for_update(of=WorkOrder)
            .execution_options(populate_existing=True)
        ).all()
        for start in range(0, len(rows), CHUNK):
            enter(session, settings, rows[start : start + CHUNK], at=at)


def register_order(
    session: Session,
    settings: Settings,
    number: str,
    *,
    payment_method: str | None,
    note: str | None = None,
    reason: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> BillingEntry:
    """B1: finance puts copy 3 down under the way in which it is paid (R-074, A-17).

    Once more in the same way changes nothing; in another it corrects, with a `reason`, until the
    month is reported. Raises NotFound, Invalid without a method, Conflict for an order that is not
    over, is held (A-15), is reported, or whose charge the method contradicts.
    """
    if payment_method not in METHODS:
        raise Invalid(
            "payment-method-missing",
            "请先选付款方式,再登记。",
            "Say how it is paid before it is registered.",
            rule="R-074",
            errors={"payment_method": [f"one of {', '.join(METHODS)}"]},
        )
    order = moving.find_order(session, number, by=by)
    entry = next(iter(enter(session, settings, [order], at=at)), None)
    if entry is None:
        raise Conflict(
            "not-in-the-ledger",
            "这张单还没有核销,或没有费用可登记。",
            "The order is not written off, or there is nothing to bill.",
            rule="R-071",
            extra={"state": order.state},
        )
    if entry.state != EntryState.UNBILLED:
        if entry.payment_method != payment_method:
            _correct(session, order, entry, payment_method, note=note, reason=reason, by=by, at=at)
        return entry
    if is_held(order):
        raise Conflict(
            "billing-held",
            "这张单等经理决定或客户补签,暂不入账。",
            "A manager has to decide, or the customer to sign again, before this can be billed.",
            rule="A-15",
            extra={"state": order.state},
        )
    _put_down(entry, order, payment_method, note=note, by=by, at=at)
    _tell(session, order, "billing.registered", {"method": payment_method}, by=by, at=at)
    return entry


def fee_is_out(session: Session, order: WorkOrder) -> bool:
    """Whether a notice asks for the fee of an order (which the caller has locked), or it is paid.

    Its month is locked with the answer: no notice goes out until the caller is through.
    """
    entry = session.scalar(sa.select(BillingEntry).where(BillingEntry.order_id == order.id))
    if entry is None:
        return False
    lock_month(session, entry.estate_id, entry.month)
    session.refresh(entry)
    return EntryState(entry.state) in OUT


def lock_month(session: Session, estate_id: uuid.UUID, month: dt.date) -> FinanceReport | None:
    """The month's report, locked: nothing of the month changes while it is told upwards."""
    return session.scalar(
        sa.select(FinanceReport)
        .where(FinanceReport.estate_id == estate_id, FinanceReport.month == month)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def following(month: dt.date) -> dt.date:
    """The first day of the month after this one."""
    return (month + dt.timedelta(days=31)).replace(day=1)


def before(month: dt.date) -> dt.date:
    """The first day of the month before this one."""
    return (month - dt.timedelta(days=1)).replace(day=1)


def open_month(month: dt.date, shut: Collection[dt.date]) -> dt.date:
    """The month itself or, where its report has gone up (`shut`), the first later one that is
    open: what becomes billable late is billed with that (R-070)."""
    while month in shut:
        month = following(month)
    return month


def _shut_months(session: Session, estate_id: uuid.UUID) -> set[dt.date]:
    """Months whose report has gone up; all reports are locked, twelve a year, so that none goes up
    while an entry moves."""
    reports = session.scalars(
        sa.select(FinanceReport)
        .where(FinanceReport.estate_id == estate_id)
        .order_by(FinanceReport.month)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {report.month for report in reports if holds_fast(report.state)}


def _say_what_the_order_says(entry: BillingEntry, order: WorkOrder, amounts: Amounts) -> None:
    entry.labour_fen, entry.material_fen = amounts.labour_fen, amounts.material_fen
    entry.charge_fen = order.charge_fen
    entry.waived_fen = max(0, amounts.total_fen - order.charge_fen)
    if entry.state == EntryState.UNBILLED:
        entry.payment_method = proposed_method(order.payment_method, order.charge_fen)
    elif entry.state == EntryState.REGISTERED and order.charge_fen == 0:
        # B6: a manager let go of all of it after it had been registered.
        entry.state, entry.payment_method = after("waive", EntryState.REGISTERED), FREE


def _put_down(
    entry: BillingEntry,
    order: WorkOrder,
    method: str,
    *,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    if does_not_fit(method, order.charge_fen):
        raise Conflict(
            "method-does-not-fit",
            "有费用的单不能登记为免费;没有费用的单只能登记为免费。",
            "An order with a charge is not free of charge, and one without can be nothing else.",
            rule="A-17",
            errors={"payment_method": ["与费用不符 does not fit the charge"]},
            extra={"charge_fen": order.charge_fen},
        )
    # A correction begins anew, as if the copy had just come in.
    entry.state = after(registering(method), EntryState.UNBILLED)
    entry.payment_method = method
    entry.registered_by, entry.registered_at = by.user_id, at
    entry.paid_at = at if method in AT_ONCE else None
    entry.paid_note = note


def _correct(
    session: Session,
    order: WorkOrder,
    entry: BillingEntry,
    method: str,
    *,
    note: str | None,
    reason: str | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    if entry.report_id is not None or EntryState(entry.state) not in CORRECTABLE:
        raise Conflict(
            "already-reported",
            "这张单已随月报上报,付款方式不能再改。",
            "It stands in a report that has gone up; its method can no longer be corrected.",
            rule="R-075",
            extra={"state": entry.state},
        )
    if not reason:
        raise Invalid(
            "reason-missing",
            "更正付款方式须写明原因。",
            "Say why the method is corrected.",
            rule="R-074",
            errors={"reason": ["必填 required"]},
        )
    was = entry.payment_method
    _put_down(entry, order, method, note=note, by=by, at=at)
    data = {"method": method, "was": was, "reason": reason}
    _tell(session, order, "billing.corrected", data, by=by, at=at)


def _tell(
    session: Session,
    order: WorkOrder,
    kind: str,
    data: dict[str, str],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """History on the order; where it said otherwise how it is paid, it changes with it."""
    if order.payment_method == data["method"] or order.state == State.ARCHIVED:
        moving.record(session, order, kind, by=by, at=at, data=data)
    else:
        order.payment_method = data["method"]
        moving.changed(session, order, kind, by=by, at=at, data=data)
    session.flush()
