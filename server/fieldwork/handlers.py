"""Which operation each event of a handheld calls. Translation only: the rules are elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.handovers import operations as handovers
from server.history import Actor
from server.incidents import operations as incidents
from server.prices.pricing import read_qty
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import executing, off_list, pausing, supplying, visiting


@dataclass(frozen=True, kw_only=True)
class Act:
    """One event, ready to be carried out. `device_at` is the handheld's time, bounded (P-18)."""

    session: Session
    settings: Settings
    data: dict[str, Any]
    by: Actor
    at: dt.datetime
    device_at: dt.datetime
    event_id: str

    @property
    def who(self) -> dict[str, Any]:
        """Actor and both times, as most operations want them."""
        return {"by": self.by, "at": self.at, "device_at": self.device_at}


def _received(act: Act, order: WorkOrder) -> None:
    visiting.reached(act.session, order, opened=False, **act.who)


def _opened(act: Act, order: WorkOrder) -> None:
    visiting.reached(act.session, order, opened=True, **act.who)


def _acknowledged(act: Act, order: WorkOrder) -> None:
    visiting.acknowledge(act.session, act.settings, order, **act.who)


def _set_out(act: Act, order: WorkOrder) -> None:
    visiting.set_out(act.session, order, **act.who)


def _returned(act: Act, order: WorkOrder) -> None:
    visiting.give_back(act.session, act.settings, order, reason=act.data["reason"], **act.who)


def _arrived(act: Act, order: WorkOrder) -> None:
    visiting.arrive(act.session, act.settings, order, **act.who)


def _inspected(act: Act, order: WorkOrder) -> None:
    visiting.inspect(
        act.session, act.settings, order, note=act.data["note"], photos=_photos(act), **act.who
    )


def _quoted(act: Act, order: WorkOrder) -> None:
    visiting.quote(
        act.session,
        act.settings,
        order,
        lines=act.data["lines"],
        stated_total_fen=act.data["total_fen"],
        **act.who,
    )


def _price_requested(act: Act, order: WorkOrder) -> None:
    off_list.request_price(
        act.session,
        act.settings,
        order,
        description=act.data["description"],
        qty=_quantity(str(act.data["qty"])),
        reason=act.data["reason"],
        **act.who,
    )


def _quote_confirmed(act: Act, order: WorkOrder) -> None:
    visiting.confirm_quote(
        act.session,
        act.settings,
        order,
        method=str(act.data["method"]),
        signer_name=act.data["signer"]["name"],
        relation=str(act.data["signer"]["relation"]),
        signature=act.data.get("signature"),
        **act.who,
    )


def _step_recorded(act: Act, order: WorkOrder) -> None:
    was_safe = not order.hazard
    executing.record_step(
        act.session,
        act.settings,
        order,
        step=act.data["step"],
        attempt=act.data["attempt"],
        answer=act.data["answer"],
        photos=_photos(act),
        text=act.data.get("text"),
        reason=act.data.get("reason"),
        **act.who,
    )
    if was_safe and order.hazard:
        _open_incident(act, order, f"gas_leak {act.data['step']}")


def _suspended(act: Act, order: WorkOrder) -> None:
    pausing.suspend(
        act.session,
        act.settings,
        order,
        reason=str(act.data["reason"]),
        next_contact_at=act.data["next_contact_at"],
        note=act.data.get("note"),
        **act.who,
    )


def _resumed(act: Act, order: WorkOrder) -> None:
    pausing.resume(act.session, act.settings, order, **act.who)


def _ready(act: Act, order: WorkOrder) -> None:
    executing.ready(act.session, act.settings, order, **act.who)


def _accepted(act: Act, order: WorkOrder) -> None:
    executing.accept(
        act.session,
        act.settings,
        order,
        signer_name=act.data["signer"]["name"],
        relation=str(act.data["signer"]["relation"]),
        signature=act.data["signature"],
        comment=act.data.get("comment"),
        **act.who,
    )


def _rejected(act: Act, order: WorkOrder) -> None:
    executing.reject(
        act.session,
        act.settings,
        order,
        reason=act.data["reason"],
        has_apologised=bool(act.data["apology"]),
        **act.who,
    )


def _signature_refused(act: Act, order: WorkOrder) -> None:
    executing.refuse_signature(
        act.session,
        act.settings,
        order,
        reason=act.data["reason"],
        witness=act.data["witness"],
        photos=_photos(act),
        **act.who,
    )


def _cancel_requested(act: Act, order: WorkOrder) -> None:
    executing.request_cancel(
        act.session,
        act.settings,
        order,
        whom=act.data["by"],
        reason=act.data["reason"],
        **act.who,
    )


def _hazard(act: Act, order: WorkOrder) -> None:
    was_safe = not order.hazard
    pausing.alarm(
        act.session,
        act.settings,
        order,
        kind=str(act.data["kind"]),
        note=act.data.get("note"),
        **act.who,
    )
    if was_safe:
        _open_incident(act, order, f"{act.data['kind']} {act.data.get('note') or ''}".strip())


def _open_incident(act: Act, order: WorkOrder, what: str) -> None:
    """One danger is one incident, whether the step, the alarm or both told of it (R-027, R-029)."""
    incidents.report_incident(
        act.session,
        act.settings,
        place=order.unit.code,
        category="engineering",
        severity="major",
        description=what,
        emergency_action=None,
        found_at=act.device_at,
        photos=[],
        order_number=order.number,
        by=act.by,
        at=act.at,
    )


def _stock_requested(act: Act, order: WorkOrder) -> None:
    supplying.request_stock(
        act.session, act.settings, order, wanted=_quantities(act), by=act.by, at=act.at
    )


def _stock_used(act: Act, order: WorkOrder) -> None:
    supplying.use_stock(act.session, order, used=_quantities(act), by=act.by, at=act.at)


def _stock_lost(act: Act, order: WorkOrder) -> None:
    lost = [
        (item, qty, line["reason"])
        for (item, qty), line in zip(_quantities(act), act.data["lines"], strict=True)
    ]
    supplying.lose_stock(act.session, order, lost=lost, by=act.by, at=act.at)


def _stock_handed_back(act: Act, order: WorkOrder) -> None:
    handed = [
        (item, qty, line.get("condition"))
        for (item, qty), line in zip(_quantities(act), act.data["lines"], strict=True)
    ]
    supplying.hand_back_stock(act.session, order, handed=handed, by=act.by, at=act.at)


def _damage(act: Act, order: WorkOrder) -> None:
    incidents.report_damage(
        act.session,
        act.settings,
        order,
        kind=str(act.data["kind"]),
        item=act.data["item"],
        description=act.data["description"],
        photos=_photos(act),
        by=act.by,
        at=act.at,
    )


def incident_reported(act: Act) -> None:
    """Something found in a public area, with an order or without (R-026)."""
    incidents.report_incident(
        act.session,
        act.settings,
        place=act.data["place"],
        category=str(act.data["category"]),
        severity=str(act.data["severity"]),
        description=act.data["description"],
        emergency_action=act.data.get("emergency_action"),
        found_at=act.data.get("found_at") or act.device_at,
        photos=_photos(act),
        event_id=act.event_id,
        by=act.by,
        at=act.at,
    )


def shift_handed_over(act: Act) -> None:
    """The end of a shift, which needs no order either (X-014)."""
    handovers.hand_over_shift(
        act.session,
        act.settings,
        note=act.data["note"],
        to_name=act.data.get("to"),
        **act.who,
    )


def _photos(act: Act) -> list[dict[str, str]]:
    return [{"sha256": photo["sha256"], "tag": str(photo["tag"])} for photo in act.data["photos"]]


def _quantities(act: Act) -> list[tuple[str, Decimal]]:
    return [(line["item"], _quantity(str(line["qty"]))) for line in act.data["lines"]]


def _quantity(told: str) -> Decimal:
    qty = read_qty(told)
    if qty is None:
        raise Invalid(
            "bad-quantity",
            "数量须为正数,最多两位小数。",
            "A quantity is positive with at most two decimals.",
            errors={"qty": [told]},
        )
    return qty


ORDER_HANDLERS: dict[str, Callable[[Act, WorkOrder], None]] = {
    "order.received": _received,
    "order.opened": _opened,
    "order.acknowledged": _acknowledged,
    "order.set_out": _set_out,
    "order.returned": _returned,
    "order.arrived": _arrived,
    "order.inspected": _inspected,
    "order.quoted": _quoted,
    "price.requested": _price_requested,
    "quote.confirmed": _quote_confirmed,
    "step.recorded": _step_recorded,
    "order.suspended": _suspended,
    "order.resumed": _resumed,
    "order.ready": _ready,
    "order.accepted": _accepted,
    "order.rejected": _rejected,
    "signature.refused": _signature_refused,
    "order.cancel_requested": _cancel_requested,
    "hazard.alarm": _hazard,
    "stock.requested": _stock_requested,
    "stock.used": _stock_used,
    "stock.lost": _stock_lost,
    "stock.handed_back": _stock_handed_back,
    "damage.reported": _damage,
}
#: What may be said without an order.
FREE_HANDLERS: dict[str, Callable[[Act], None]] = {
    "incident.reported": incident_reported,
    "shift.handed_over": shift_handed_over,
}
HANDLED = frozenset(ORDER_HANDLERS) | frozenset(FREE_HANDLERS)
