"""The technician's part up to the price: receipt, arrival, inspection, quote, confirmation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.vocabulary import ConfirmMethod
from server.alerts import operations as alerts
from server.assets.warranty import Code
from server.deadlines import policy, timers
from server.errors import Conflict, Invalid
from server.history import Actor
from server.prices import queries as prices
from server.prices.pricing import listed_fen, price_lines, read_qty, total_fen
from server.settings import Settings
from server.work_orders.facts import Given
from server.work_orders.models import Assignment, Quote, Signature, WorkOrder
from server.work_orders.operations import dispatching, moving
from server.work_orders.operations.revisions import add_revision, current_quote
from server.work_orders.states import GOODWILL, State


def reached(
    session: Session,
    order: WorkOrder,
    *,
    opened: bool,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """The handheld has the order, or the technician looked at it: news for the desk only."""
    kind = "order.opened" if opened else "order.received"
    if opened and order.opened_at is None:
        order.opened_at = device_at
    if not opened and order.received_at is None:
        order.received_at = device_at
    session.flush()
    moving.record(session, order, kind, by=by, at=at, device_at=device_at)


def acknowledge(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO3: the technician takes the order; receipt time by his own clock (R-052).

    One who is sent to redo another's work says so too; the order stays where it is.
    """
    if _joined_for_rework(session, order):
        moving.record(session, order, "order.acknowledged", by=by, at=at, device_at=device_at)
        return
    moving.move(session, settings, order, "acknowledge", by=by, at=at, device_at=device_at)
    order.acknowledged_at = device_at
    timers.stop(
        session, dispatching.LADDER, subject_kind=moving.SUBJECT, subject=order.number, at=at
    )


def set_out(
    session: Session, order: WorkOrder, *, by: Actor, at: dt.datetime, device_at: dt.datetime
) -> None:
    """The technician is on the way to an order that he took: news for the desk only.

    Told late, of an order that is further by now, it stands in the history and changes nothing
    else. Raises Conflict before the order was taken (R-052).
    """
    state = State(order.state)
    if state is State.DISPATCHED:
        raise Conflict(
            "not-acknowledged",
            "请先接单,再出发。",
            "Acknowledge the order before you set out.",
            rule="R-052",
            extra={"state": order.state, "version": order.version},
        )
    if state is State.ACKNOWLEDGED and order.set_out_at is None:
        order.set_out_at = device_at
    session.flush()
    moving.record(session, order, "order.set_out", by=by, at=at, device_at=device_at)


def _joined_for_rework(session: Session, order: WorkOrder) -> bool:
    """Whether a manager gave the rework to somebody who has not been there before (WO19)."""
    if State(order.state) is not State.REWORK or order.arrived_at is None:
        return False
    since = session.scalar(
        sa.select(sa.func.max(Assignment.from_at)).where(Assignment.order_id == order.id)
    )
    return since is not None and since > order.arrived_at


def give_back(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO4: the technician returns the order before work; the desk is alerted."""
    moving.move(
        session,
        settings,
        order,
        "return",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason),
        data={"reason": reason},
    )
    dispatching.release(session, order, reason=reason, at=at)
    dispatching.restart_dispatch_clock(session, settings, order, by=by, at=at)
    alerts.raise_alert(
        session,
        "order.returned",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=timers.DESK,
        by=by,
        at=at,
        rule="WO4",
        data={"reason": reason, "by": by.name},
    )


def arrive(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO5: on site; later than the appointment is flagged (R-053, A-03, P-04).

    One who is sent to redo another's work arrives too; the order stays where it is.
    """
    if _joined_for_rework(session, order):
        moving.record(session, order, "order.arrived", by=by, at=at, device_at=device_at)
        return
    late = order.appointment_at is not None and policy.late_arrival(
        device_at, order.appointment_at, settings.arrival_grace_minutes
    )
    moving.move(
        session, settings, order, "arrive", by=by, at=at, device_at=device_at, data={"late": late}
    )
    order.arrived_at, order.late = device_at, late
    on_site = ["arrival", "on_site_24h"]
    timers.stop(session, on_site, subject_kind=moving.SUBJECT, subject=order.number, at=at)


def inspect(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    note: str,
    photos: Sequence[Mapping[str, str]],
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO6, R-054: what the technician found, with the photos that show it."""
    moving.move(
        session,
        settings,
        order,
        "inspect",
        by=by,
        at=at,
        device_at=device_at,
        data={"note": note, "photos": list(photos)},
    )
    order.inspected_at = device_at
    order.inspection_note = f"{order.inspection_note}\n{note}" if order.inspection_note else note
    order.inspection_photos = [*order.inspection_photos, *photos]


def quote(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    lines: Sequence[Mapping[str, object]],
    stated_total_fen: int,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> Quote:
    """WO6, WO8: price the job from the list (R-021, R-055); an older revision stays as it was.

    Action steps are locked again until the customer confirms (R-056). In warranty the lines keep
    their prices and nothing is charged (X-001).
    """
    wanted: list[tuple[str, Decimal, bool]] = []
    for line in lines:
        qty = read_qty(str(line["qty"]))
        if qty is None:
            raise Invalid(
                "bad-quantity",
                "数量须为正数,最多两位小数。",
                "A quantity is positive with at most two decimals.",
                errors={"lines": [str(line["qty"])]},
            )
        wanted.append((str(line["item"]), qty, bool(line.get("owner_supplied", False))))
    day = at.astimezone(settings.zone).date()
    listed, version = prices.prices_for_order(session, order.estate_id, order.id, day)
    free = order.warranty_code == Code.IN_WARRANTY
    priced, unknown = price_lines(wanted, listed, in_warranty=free)
    total = total_fen(priced)
    # A handheld that has not heard of the warranty adds up the list's prices.
    agreed = {total, listed_fen(priced)}
    moving.move(
        session,
        settings,
        order,
        "quote",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(off_list_items=unknown, total_differs=stated_total_fen not in agreed),
        data={"total_fen": total, "lines": [{"item": p.code, "qty": str(p.qty)} for p in priced]},
    )
    order.quote_confirmed_at = None
    return add_revision(session, order, priced, version=version, quoted_at=device_at)


def confirm_quote(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    method: str,
    signer_name: str,
    relation: str | None,
    signature: str | None,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
    remotely: bool = False,
) -> None:
    """WO7: customer and technician agree on the price; action steps are unlocked (R-056).

    `remotely`: the customer himself says so, by his link, and not through the technician. What a
    handheld that was away confirms afterwards is the same word once more: its signature is kept.
    """
    current = current_quote(session, order)
    if current is not None and _agreed_remotely(order, current, by=by):
        moving.changed(
            session,
            order,
            "quote.confirmed",
            by=by,
            at=at,
            device_at=device_at,
            data={"method": method, "signer": signer_name, "signature": signature, "again": True},
        )
        _keep_signature(session, order, signer_name, relation, signature, device_at)
        return
    moving.move(
        session,
        settings,
        order,
        "confirm_remotely" if remotely else "confirm_quote",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(has_quote=current is not None, signer_name=signer_name),
        data={
            "method": method,
            "signer": signer_name,
            "signature": signature,
            "total_fen": current.total_fen if current else None,
        },
    )
    if current is None:
        raise Conflict("no-quote", "还没有报价。", "There is no quote.", rule="R-055")
    current.confirmed_at, current.method = device_at, method
    current.signer_name, current.signature_sha256 = signer_name, signature
    order.quote_confirmed_at = device_at
    order.started_at = order.started_at or device_at
    # What a manager has waived stays waived, whatever is agreed on later.
    if order.warranty_code != GOODWILL:
        order.total_fen = order.charge_fen = current.total_fen
    _keep_signature(session, order, signer_name, relation, signature, device_at)


def _agreed_remotely(order: WorkOrder, quote: Quote, *, by: Actor) -> bool:
    """Whether this technician's customer has agreed on just this price by his link."""
    mine = order.state == State.IN_PROGRESS and order.technician_id == by.user_id
    return mine and quote.confirmed_at is not None and quote.method == ConfirmMethod.CODE


def _keep_signature(
    session: Session,
    order: WorkOrder,
    signer_name: str,
    relation: str | None,
    signature: str | None,
    signed_at: dt.datetime,
) -> None:
    if signature:
        session.add(
            Signature(
                order_id=order.id,
                kind="price",
                signer_name=signer_name,
                relation=relation,
                sha256=signature,
                signed_at=signed_at,
            )
        )
    session.flush()
