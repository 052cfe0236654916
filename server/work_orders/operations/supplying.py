"""Stock on an order, ST1–ST5: the warehouse's moves, with what the order's state allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.errors import Conflict
from server.history import Actor
from server.settings import Settings
from server.stores import old_parts
from server.stores import operations as stores
from server.stores.models import OldPart, StockLine
from server.work_orders import parts
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.operations.revisions import current_quote
from server.work_orders.states import State

HANDED_BACK = "stock.handed_back"
#: Before the receipt and after the write-off nothing moves: a closed order has no open line.
SHUT = frozenset(
    {State.CREATED, State.DISPATCHED, State.CLOSED, State.ARCHIVED, State.CANCELLED, State.VOID}
)


def request_stock(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    wanted: Sequence[tuple[str, Decimal]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST1: ask the warehouse, from an acknowledged order on (R-058)."""
    _own_and_open(order, by=by)
    stores.request_stock(session, settings, stock_ref(order), wanted=wanted, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)


def issue_stock(
    session: Session,
    order: WorkOrder,
    line: StockLine,
    *,
    qty: Decimal,
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST2: the storekeeper hands out; never on an order that is written off (R-072)."""
    _open(order)
    stores.issue(session, line, order.number, qty=qty, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at, data={"line": line.number})


def take_back_stock(
    session: Session,
    order: WorkOrder,
    line: StockLine,
    *,
    qty: Decimal,
    condition: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST4: unused material and borrowed tools come back to the storekeeper (R-072)."""
    stores.take_back(session, line, order.number, qty=qty, condition=condition, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at, data={"line": line.number})
    _tell_storekeeper(session, order, by=by, at=at)


def hand_back_stock(
    session: Session,
    order: WorkOrder,
    *,
    handed: Sequence[tuple[str, Decimal, str | None]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """Brought back to the store: the storekeeper is told, and takes it back himself (ST4)."""
    _own_and_open(order, by=by)
    stores.hand_back(session, stock_ref(order), handed=handed, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)
    _tell_storekeeper(session, order, by=by, at=at)


def use_stock(
    session: Session,
    order: WorkOrder,
    *,
    used: Sequence[tuple[str, Decimal]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST3: what was drawn went into the job (R-058)."""
    _own_and_open(order, by=by)
    stores.use(session, stock_ref(order), used=used, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)
    _tell_storekeeper(session, order, by=by, at=at)


def lose_stock(
    session: Session,
    order: WorkOrder,
    *,
    lost: Sequence[tuple[str, Decimal, str]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST5: something is gone; the CS manager decides before the write-off."""
    _own_and_open(order, by=by)
    stores.lose(session, stock_ref(order), lost=lost, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)
    alerts.raise_alert(
        session,
        "stock.lost",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=[Role.CS_MANAGER],
        rule="R-072",
        by=by,
        at=at,
        data={"items": [code for code, _qty, _reason in lost]},
    )
    _tell_storekeeper(session, order, by=by, at=at)


def decide_loss(
    session: Session, order: WorkOrder, line: StockLine, *, by: Actor, at: dt.datetime
) -> None:
    """ST5: a manager has dealt with a loss, which frees the write-off."""
    stores.decide_loss(session, line, order.number, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at, data={"line": line.number})
    if all(stores.loss_is_decided(row) for row in stores.lines_of(session, order.id)):
        alerts.resolve(
            session,
            subject_kind=moving.SUBJECT,
            subject=order.number,
            kinds=["stock.lost"],
            at=at,
            how="decided",
        )


def take_out_part(
    session: Session,
    order: WorkOrder,
    *,
    description: str,
    qty: Decimal,
    fate: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> OldPart:
    """An old part that the technician brought from the customer's is written down at the counter;
    with a `fate` it is handed in at the same time."""
    part = old_parts.take_out(
        session, stock_ref(order), description=description, qty=qty, by=by, at=at
    )
    if fate:
        old_parts.hand_in(session, part, order.number, fate=fate, by=by, at=at)
    return part


def used_material(session: Session, order: WorkOrder) -> dict[str, Decimal]:
    """What went into the job so far, by item: listed when work is stopped (WO10)."""
    used: dict[str, Decimal] = {}
    for line in stores.lines_of(session, order.id):
        if line.used_qty:
            used[line.item.code] = used.get(line.item.code, Decimal(0)) + line.used_qty
    return used


def parts_of(session: Session, order: WorkOrder) -> tuple[parts.Part, ...]:
    """What the newest quote bills against what was drawn and used (ST3)."""
    quote = current_quote(session, order)
    lines = quote.lines if quote else []
    return parts.compare(
        [
            parts.Billed(
                item=line.item,
                name=line.description,
                qty=line.qty,
                owner_supplied=line.owner_supplied,
            )
            for line in lines
        ],
        [
            parts.Drawn(
                item=line.item.code,
                name=line.item.name,
                is_material=line.item.kind == "material",
                issued=line.issued_qty,
                used=line.used_qty,
                out=stores.quantities(line).out,
            )
            for line in stores.lines_of(session, order.id)
        ],
        materials=stores.materials_among(session, order.estate_id, {line.item for line in lines}),
    )


def flag_unbilled(session: Session, order: WorkOrder, *, by: Actor, at: dt.datetime) -> None:
    """ST3: material used that is not what the customer was billed is for the manager to see."""
    differing = {
        part.item: {"used": str(part.used), "billed": str(part.billed)}
        for part in parts_of(session, order)
        if part.is_unbilled
    }
    if differing:
        alerts.raise_alert(
            session,
            "stock.not_as_billed",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            audience=[Role.CS_MANAGER, Role.FINANCE],
            rule="ST3",
            by=by,
            at=at,
            data={"items": differing},
        )


def stock_ref(order: WorkOrder) -> stores.OrderRef:
    """The order as the warehouse knows it."""
    if order.technician_id is None:
        raise Conflict("not-dispatched", "工单未派出。", "The order is with nobody.", rule="R-058")
    return stores.OrderRef(id=order.id, number=order.number, technician_id=order.technician_id)


def _tell_storekeeper(session: Session, order: WorkOrder, *, by: Actor, at: dt.datetime) -> None:
    """Keep the storekeeper's alert to what is still to be taken back; without any it is over."""
    awaited: dict[str, Decimal] = {}
    for line in stores.lines_of(session, order.id):
        if qty := stores.quantities(line).awaited:
            awaited[line.item.code] = awaited.get(line.item.code, Decimal(0)) + qty
    told = {code: str(qty) for code, qty in awaited.items()}
    standing = alerts.find_open(
        session, HANDED_BACK, subject_kind=moving.SUBJECT, subject=order.number
    )
    if standing is not None and standing.data.get("items") != told:
        alerts.resolve(
            session,
            subject_kind=moving.SUBJECT,
            subject=order.number,
            kinds=[HANDED_BACK],
            at=at,
            how="taken back" if not told else "changed",
        )
    if told:
        alerts.raise_alert(
            session,
            HANDED_BACK,
            subject_kind=moving.SUBJECT,
            subject=order.number,
            audience=[Role.STOREKEEPER],
            rule="R-072",
            by=by,
            at=at,
            data={"technician": order.technician.name if order.technician else "", "items": told},
        )


def _own_and_open(order: WorkOrder, *, by: Actor) -> None:
    if order.technician_id != by.user_id:
        raise _shut(order)
    _open(order)


def _open(order: WorkOrder) -> None:
    if State(order.state) in SHUT:
        raise _shut(order)


def _shut(order: WorkOrder) -> Conflict:
    return Conflict(
        "not-open-for-stock",
        "接单之后、核销之前才能领用。",
        "Stock moves between acknowledgement and write-off.",
        rule="R-058",
        extra={"state": order.state, "version": order.version},
    )
