"""What is not on the price list: asked for by the technician, priced by a manager (P-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.history import Actor
from server.prices import queries as prices
from server.prices.models import OneOffPrice
from server.settings import Settings
from server.work_orders.facts import Given
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving

REQUESTED = "price.requested"


def request_price(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    description: str,
    qty: Decimal,
    reason: str,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """P-06, R-021: the technician says what he needs a price for, and why; never how much it is to
    be (R-024). The manager is told of all that the order waits for."""
    wanted = {"description": description, "qty": str(qty), "reason": reason}
    moving.move(
        session,
        settings,
        order,
        "request_price",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason),
        data=wanted,
    )
    _tell_manager(session, order, [*_waiting(session, order), wanted], by=by, at=at)


def approve(
    session: Session,
    order: WorkOrder,
    *,
    description: str,
    price_fen: int,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> OneOffPrice:
    """P-06: a manager sets a one-off price for something that is not on the list (R-021).

    One request of the order is settled by it: the one in these words, else the oldest.
    """
    moving.refuse_if_ended(order)
    number = len(prices.one_offs_of(session, order.id)) + 1
    row = OneOffPrice(
        estate_id=order.estate_id,
        order_id=order.id,
        code=f"X-{number}",
        description=description,
        price_fen=price_fen,
        reason=reason,
        approved_by=by.user_id,
        approved_at=at,
    )
    session.add(row)
    session.flush()
    moving.changed(
        session,
        order,
        "order.price_approved",
        by=by,
        at=at,
        data={
            "code": row.code,
            "description": description,
            "price_fen": price_fen,
            "reason": reason,
        },
    )
    if waiting := _waiting(session, order):
        settled = next((one for one in waiting if one["description"] == description), waiting[0])
        waiting.remove(settled)
        _tell_manager(session, order, waiting, by=by, at=at)
    return row


def _waiting(session: Session, order: WorkOrder) -> list[dict[str, Any]]:
    """What the order waits for a price for; a request that the manager put aside is over."""
    standing = alerts.find_open(
        session, REQUESTED, subject_kind=moving.SUBJECT, subject=order.number
    )
    return list(standing.data["wanted"]) if standing else []


def _tell_manager(
    session: Session,
    order: WorkOrder,
    waiting: Sequence[dict[str, Any]],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """One alert with all that waits; none where nothing does."""
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=[REQUESTED],
        at=at,
        how="changed" if waiting else "price approved",
    )
    if not waiting:
        return
    alerts.raise_alert(
        session,
        REQUESTED,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=[Role.CS_MANAGER],
        rule="P-06",
        by=by,
        at=at,
        data={
            "technician": order.technician.name if order.technician else "",
            "wanted": list(waiting),
            "reason": "; ".join(
                f"{one['description']} × {one['qty']}: {one['reason']}" for one in waiting
            ),
        },
    )
