"""Handing over a shift, and confirming that it was taken over (X-014)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from server import history
from server.alerts import operations as alerts
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.estate.operations import next_number
from server.handovers.left_open import left_open
from server.handovers.models import Handover
from server.handovers.queries import stock_out_of
from server.history import Actor
from server.search import index
from server.settings import Settings
from server.work_orders import queries as orders

SUBJECT = "handover"
ALERT = "shift.handed_over"
DESK_ALERT = "desk.handed_over"


def hand_over_shift(
    session: Session,
    settings: Settings,
    *,
    note: str,
    to_name: str | None,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> Handover:
    """F-21: the end of a shift. What is open and what is out, the server itself puts down."""
    return _hand_over(
        session,
        settings,
        "shift",
        note=note,
        to_name=to_name,
        open_orders=[
            {"number": order.number, "state": str(order.state)}
            for order in orders.field_orders(session, by.user_id)
        ]
        if by.user_id
        else [],
        stock_out=stock_out_of(session, by.user_id) if by.user_id else [],
        by=by,
        at=at,
        device_at=device_at,
    )


def hand_over_desk(
    session: Session,
    settings: Settings,
    *,
    note: str,
    to_name: str | None,
    by: Actor,
    at: dt.datetime,
) -> Handover:
    """F-21: the duty officer leaves the desk to the next one, with everything that is open now."""
    return _hand_over(
        session,
        settings,
        "desk",
        note=note,
        to_name=to_name,
        open_orders=left_open(session, by.estate_id, at=at),
        stock_out=[],
        by=by,
        at=at,
        device_at=None,
    )


def _hand_over(
    session: Session,
    settings: Settings,
    kind: str,
    *,
    note: str,
    to_name: str | None,
    open_orders: list[dict[str, Any]],
    stock_out: list[dict[str, Any]],
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime | None,
) -> Handover:
    if by.user_id is None:
        raise Invalid("nobody-hands-over", "交班人不明。", "It is not known who hands over.")
    handover = Handover(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "YJ", at, settings.zone),
        kind=kind,
        from_id=by.user_id,
        from_name=by.name[:60],
        to_name=to_name,
        note=note,
        open_orders=open_orders,
        stock_out=stock_out,
        made_at=device_at or at,
        received_at=at,
    )
    session.add(handover)
    session.flush()
    index.put_number(session, by.estate_id, index.HANDOVER, handover.number)
    counted = {"orders": len(open_orders), "stock": len(stock_out)}
    history.record(
        session,
        "shift.handed_over",
        subject_kind=SUBJECT,
        subject=handover.number,
        by=by,
        at=at,
        device_at=device_at,
        data={"to": to_name, "note": note, **counted},
    )
    alerts.raise_alert(
        session,
        DESK_ALERT if kind == "desk" else ALERT,
        subject_kind=SUBJECT,
        subject=handover.number,
        audience=timers.DESK,
        rule="X-014",
        by=by,
        at=at,
        data={"technician": by.name, "to": to_name, **counted},
    )
    return handover


def confirm(session: Session, handover: Handover, *, by: Actor, at: dt.datetime) -> None:
    """The next shift has taken over; a second time by the same person changes nothing.

    `handover` must be locked. Raises Denied to whoever handed over, Conflict where somebody else
    has confirmed.
    """
    if by.user_id == handover.from_id:
        raise Denied(
            "own-handover",
            "交班人不能自己确认,请由接班人确认。",
            "Whoever handed over cannot confirm it; the next shift does.",
            rule="X-014",
        )
    if handover.confirmed_by is not None:
        if handover.confirmed_by == by.user_id:
            return
        raise Conflict(
            "handover-confirmed",
            "已由他人确认接班。",
            "Somebody else has confirmed it already.",
            rule="X-014",
        )
    handover.confirmed_by, handover.confirmed_at = by.user_id, at
    history.record(
        session,
        "shift.taken_over",
        subject_kind=SUBJECT,
        subject=handover.number,
        by=by,
        at=at,
        data={"from": handover.from_name},
    )
    alerts.resolve(
        session,
        subject_kind=SUBJECT,
        subject=handover.number,
        kinds=[ALERT, DESK_ALERT],
        at=at,
        how=f"confirmed by {by.name}",
    )
