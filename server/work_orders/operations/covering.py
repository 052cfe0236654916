"""Whose appliance an order is about, and whether the repair is free (X-001 to X-006).

The answer stands in `order.warranty_code`: in warranty the lines of a quote keep their prices and
nothing is charged. What the customer has agreed to is never raised behind his back: where a repair
turns out to be paid after all, the next quote says so and he confirms it (R-056).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.assets import checks
from server.assets.models import Asset, WarrantyCheck, WarrantyClass
from server.assets.replacing import OPEN_DAYS
from server.assets.warranty import PAID_CASES, Case, Code, Entitlement
from server.deadlines import timers
from server.errors import Conflict, Invalid
from server.history import Actor
from server.prices.pricing import Line
from server.requests.models import ServiceRequest
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.operations.revisions import add_revision, current_quote
from server.work_orders.states import GOODWILL, TERMINAL, State

#: Somebody is there so many hours after the report (X-005); a stand-by unit after so many (X-006).
ON_SITE_HOURS, STAND_BY_HOURS = 24, 48
#: What runs until an asset works again (X-006, X-011).
UNTIL_RESTORED = ("stand_by", "repair_60d")
#: What is charged is settled by then; a manager may still waive it.
SETTLED = TERMINAL | {State.ACCEPTED, State.CLOSED, State.CANCEL_PENDING}
#: Work that nobody reported as a fault: no clock of repairs runs for it.
ROUTINE = "routine"
FREE, TO_BE_PAID = "free_of_charge", "monthly_notice"


def link_asset(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    asset: Asset,
    *,
    by: Actor,
    at: dt.datetime,
) -> WarrantyCheck | None:
    """The order is about this asset; whether it is free is asked for the day of the report.

    `order` must be locked. None where the charge is settled already. Raises Invalid for an asset
    that is retired or belongs to another unit, Conflict once all is over.
    """
    moving.refuse_if_ended(order)
    if asset.estate_id != order.estate_id or asset.unit_id not in {None, order.unit_id}:
        raise _wrong_asset("这台设备不在这一户。", "This asset belongs to another unit.")
    if asset.retired_at is not None:
        raise _wrong_asset("这台设备已停用。", "This asset is retired.")
    order.asset_id = asset.id
    check = None
    if not _is_settled(order):
        warranty_class = checks.class_of(session, asset)
        reported_at = reported(session, order)
        day = reported_at.astimezone(settings.zone).date()
        found = checks.ask(settings, asset, warranty_class, day)
        check = _apply(session, order, asset, found, by=by, at=at)
        _start_clocks(session, order, warranty_class, reported_at, by=by, at=at)
    moving.changed(
        session,
        order,
        "order.asset_linked",
        by=by,
        at=at,
        data={"asset": asset.label, "warranty": check.code if check else None},
    )
    return check


def rule(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    case: Case | None,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> WarrantyCheck:
    """What was found on site overrides the calendar (X-002, X-003); no case: the calendar again.

    Misuse and alteration are confirmed by the technician who is there. `order` must be locked.
    Raises Conflict without an asset, before anybody was on site, or once the charge is settled.
    """
    asset = session.get(Asset, order.asset_id) if order.asset_id else None
    if asset is None:
        raise _no("no-asset", "请先关联设备。", "Name the asset first.", order, "X-002")
    if _is_settled(order) or order.warranty_code == GOODWILL:
        raise _no(
            "charge-settled",
            "费用已定,只有经理可以减免。",
            "What is charged is settled; only a manager can waive it.",
            order,
            "R-024",
        )
    there = order.arrived_at is not None and order.technician_id is not None
    if case in PAID_CASES and not there:
        raise _no(
            "nobody-there",
            "使用不当、改动须由到场的技工确认。",
            "Misuse and alteration are confirmed by the technician on site.",
            order,
            "X-002",
        )
    day = reported(session, order).astimezone(settings.zone).date()
    found = checks.ask(settings, asset, checks.class_of(session, asset), day, case=case)
    check = _apply(
        session, order, asset, found, reason=reason, confirmed=there and bool(case), by=by, at=at
    )
    moving.changed(
        session,
        order,
        "order.warranty_ruled",
        by=by,
        at=at,
        data={"asset": asset.label, "warranty": check.code, "found": case, "reason": reason},
    )
    return check


def lock_open_orders(session: Session, asset: Asset, *, by: Actor) -> list[WorkOrder]:
    """The orders about an asset whose charge is not settled, locked: before the asset itself is."""
    numbers = session.scalars(
        sa.select(WorkOrder.number)
        .where(
            WorkOrder.asset_id == asset.id,
            WorkOrder.state.not_in([state.value for state in SETTLED]),
            WorkOrder.written_off_at.is_(None),
        )
        .order_by(WorkOrder.number)
    ).all()
    return [moving.find_order(session, number, by=by) for number in numbers]


def ask_again(
    session: Session,
    settings: Settings,
    asset: Asset,
    orders: Sequence[WorkOrder],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """What is known of the asset has changed: its open orders, locked, are asked for anew.

    What a person has ruled stays.
    """
    warranty_class = checks.class_of(session, asset)
    for order in orders:
        last = checks.last_of_order(session, order.estate_id, order.number)
        if last is not None and last.finding is not None:
            continue
        day = reported(session, order).astimezone(settings.zone).date()
        found = checks.ask(settings, asset, warranty_class, day)
        if last is None or (last.code, last.until_on) != (found.code, found.until_on):
            check = _apply(session, order, asset, found, by=by, at=at)
            data = {"asset": asset.label, "warranty": check.code}
            moving.changed(session, order, "order.warranty_ruled", by=by, at=at, data=data)


def reported(session: Session, order: WorkOrder) -> dt.datetime:
    """When the fault was reported: what a warranty and its clocks count from (X-005, A-44)."""
    request = session.get(ServiceRequest, order.request_id) if order.request_id else None
    return request.received_at if request is not None else order.issued_at


def _is_settled(order: WorkOrder) -> bool:
    # An order that QA sent back goes on; its slip has been written off, and its fee may be out.
    return State(order.state) in SETTLED or order.written_off_at is not None


def _apply(
    session: Session,
    order: WorkOrder,
    asset: Asset,
    found: Entitlement,
    *,
    reason: str | None = None,
    confirmed: bool = False,
    by: Actor,
    at: dt.datetime,
) -> WarrantyCheck:
    # What a manager has waived stays waived.
    if order.warranty_code != GOODWILL:
        was_free = order.warranty_code == Code.IN_WARRANTY
        order.warranty_code = found.code
        if found.covered:
            order.payment_method = FREE
            order.total_fen = order.charge_fen = 0
        elif was_free and order.payment_method == FREE:
            order.payment_method = TO_BE_PAID
        if found.covered != was_free:
            _price_anew(session, order, free=found.covered, at=at)
    return checks.keep(
        session,
        asset,
        found,
        order_number=order.number,
        reason=reason,
        confirmed_by=order.technician_id if confirmed else None,
        by=by,
        at=at,
    )


def _price_anew(session: Session, order: WorkOrder, *, free: bool, at: dt.datetime) -> None:
    """A quote that waits for the customer is said anew; one that he confirmed stays."""
    quote = current_quote(session, order)
    if quote is None or quote.confirmed_at is not None:
        return
    lines = [
        Line(
            code=line.item,
            description=line.description,
            qty=line.qty,
            unit_price_fen=line.unit_price_fen,
            owner_supplied=line.owner_supplied,
            in_warranty=free,
        )
        for line in quote.lines
    ]
    add_revision(session, order, lines, version=quote.price_list_version, quoted_at=at)


def _start_clocks(
    session: Session,
    order: WorkOrder,
    warranty_class: WarrantyClass | None,
    reported_at: dt.datetime,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    timers.stop(
        session,
        ["on_site_24h", *UNTIL_RESTORED],
        subject_kind=moving.SUBJECT,
        subject=order.number,
        at=at,
    )
    if order.nature == ROUTINE:
        return
    spans = {
        "stand_by": dt.timedelta(hours=STAND_BY_HOURS),
        "repair_60d": dt.timedelta(days=OPEN_DAYS),
    }
    if warranty_class is not None and warranty_class.on_site_24h and order.arrived_at is None:
        spans["on_site_24h"] = dt.timedelta(hours=ON_SITE_HOURS)
    for kind, span in spans.items():
        timers.start(
            session,
            kind,
            subject_kind=moving.SUBJECT,
            subject=order.number,
            due_at=reported_at + span,
            by=by,
            at=at,
        )


def _wrong_asset(zh: str, en: str) -> Invalid:
    return Invalid("wrong-asset", zh, en, rule="X-017", errors={"asset": [f"{zh}{en}"]})


def _no(slug: str, zh: str, en: str, order: WorkOrder, rule: str) -> Conflict:
    extra = {"state": order.state, "version": order.version}
    return Conflict(slug, zh, en, rule=rule, extra=extra)
