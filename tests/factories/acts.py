"""What may be done with an order, each act by whoever does it, and the way to every state.

An act finds the order locked, as the doors do, and calls the one operation behind it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from server.billing import ledger
from server.db import transaction
from server.history import Actor
from server.work_orders.models import WorkOrder
from server.work_orders.operations import (
    closing,
    dispatching,
    escalating,
    executing,
    moving,
    pausing,
    visiting,
)
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    LIU_QIANG,
    MA_CHAO,
    TECHNICIANS,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
    Staff,
)
from tests.factories.world import World, sha

#: One lamp repaired: labour 15.00.
LINES = ({"item": "L-LAMP", "qty": "1"},)
TOTAL_FEN = 1500


def holder(world: World, order: WorkOrder) -> Staff:
    """The technician who has the order; the first one where nobody has it."""
    name = order.technician.username if order.technician else LIU_QIANG.username
    return next(staff for staff in TECHNICIANS if staff.username == name)


def _desk(
    world: World,
    order: WorkOrder,
    operation: Callable[..., Any],
    by: Staff,
    at: dt.datetime | None,
    **words: Any,
) -> Any:
    with transaction() as current:
        actor = world.by(by)
        found = moving.find_order(current, order.number, by=actor)
        return operation(current, world.settings, found, by=actor, at=at or world.later(), **words)


def _field(
    world: World,
    order: WorkOrder,
    operation: Callable[..., Any],
    by: Staff | None,
    at: dt.datetime | None,
    **words: Any,
) -> Any:
    at = at or world.later()
    with transaction() as current:
        actor: Actor = world.by(by or holder(world, order))
        found = moving.find_order(current, order.number, by=actor)
        return operation(
            current, world.settings, found, by=actor, at=at, **{"device_at": at, **words}
        )


def dispatch(world, order, *, to=LIU_QIANG, by=CHEN_JING, at=None, **words):
    technician = world.user(to)
    _desk(world, order, dispatching.dispatch, by, at, technician=technician, **words)


def recall(world, order, *, by=CHEN_JING, at=None, reason="客户改时间"):
    _desk(world, order, dispatching.recall, by, at, reason=reason)


def hand_over(world, order, *, to=MA_CHAO, by=CHEN_JING, at=None, reason="手持机遗失"):
    technician = world.user(to)
    _desk(world, order, dispatching.hand_over, by, at, technician=technician, reason=reason)


def cancel(world, order, *, by=CHEN_JING, at=None, reason="客户来电取消"):
    _desk(world, order, dispatching.cancel, by, at, whom=order.person.name, reason=reason)


def void(world, order, *, by=CHEN_JING, at=None, reason="重复开单"):
    _desk(world, order, dispatching.void, by, at, reason=reason)


def acknowledge(world, order, *, by=None, at=None, **words):
    _field(world, order, visiting.acknowledge, by, at, **words)


def give_back(world, order, *, by=None, at=None, reason="车坏了"):
    _field(world, order, visiting.give_back, by, at, reason=reason)


def set_out(world, order, *, by=None, at=None, **words):
    at = at or world.later()
    with transaction() as current:
        actor = world.by(by or holder(world, order))
        found = moving.find_order(current, order.number, by=actor)
        visiting.set_out(current, found, by=actor, at=at, device_at=at, **words)


def arrive(world, order, *, by=None, at=None, **words):
    _field(world, order, visiting.arrive, by, at, **words)


def inspect(world, order, *, by=None, at=None, note="启辉器坏", tag="before"):
    photos = [{"sha256": sha(f"{order.number} {tag} {world.now}"), "tag": tag}]
    _field(world, order, visiting.inspect, by, at, note=note, photos=photos)


def quote(world, order, *, by=None, at=None, lines=LINES, total_fen=TOTAL_FEN):
    return _field(world, order, visiting.quote, by, at, lines=lines, stated_total_fen=total_fen)


def confirm_quote(world, order, *, by=None, at=None, signer="王丽华"):
    _field(
        world,
        order,
        visiting.confirm_quote,
        by,
        at,
        method="handheld_signature",
        signer_name=signer,
        relation="owner",
        signature=sha(f"{order.number} price {world.now}"),
    )


def record_step(world, order, step, answer, *, by=None, at=None, attempt=1, tags=(), **words):
    photos = [{"sha256": sha(f"{order.number} {step} {attempt} {tag}"), "tag": tag} for tag in tags]
    return _field(
        world,
        order,
        executing.record_step,
        by,
        at,
        step=step,
        attempt=attempt,
        answer=answer,
        photos=photos,
        **{"text": None, "reason": None, **words},
    )


def suspend(world, order, *, by=None, at=None, reason="wait_material", note=None):
    again = (at or world.now) + dt.timedelta(hours=4)
    pause = {"reason": reason, "next_contact_at": again, "note": note}
    _field(world, order, pausing.suspend, by, at, **pause)


def resume(world, order, *, by=None, at=None):
    _field(world, order, pausing.resume, by, at)


def clear_hazard(world, order, *, by=ZHAO_MIN, at=None, text="燃气公司已检修"):
    _desk(world, order, pausing.clear_hazard, by, at, text=text)


def alarm(world, order, *, by=None, at=None, kind="gas_leak"):
    _field(world, order, pausing.alarm, by, at, kind=kind)


def ready(world, order, *, by=None, at=None):
    _field(world, order, executing.ready, by, at)


def accept(world, order, *, by=None, at=None, signer="王丽华", signature=None):
    name = signature or sha(f"{order.number} signature")
    _field(
        world,
        order,
        executing.accept,
        by,
        at,
        signer_name=signer,
        relation="owner",
        signature=name,
        comment="满意",
    )


def reject(world, order, *, by=None, at=None, reason="还是不亮", apology=True):
    _field(world, order, executing.reject, by, at, reason=reason, has_apologised=apology)


def refuse_signature(world, order, *, by=None, at=None, reason="refused", witness=YANG_FAN.name):
    _field(world, order, executing.refuse_signature, by, at, reason=reason, witness=witness)


def request_cancel(world, order, *, by=None, at=None, reason="不修了"):
    _field(world, order, executing.request_cancel, by, at, whom=order.person.name, reason=reason)


def decide(world, order, decision, *, by=ZHOU_JIANGUO, at=None, text="已与客户电话沟通", **words):
    words = {"technician": None, "charge_fen": None, **words}

    def act(current, settings, found, **rest):
        fee_is_out = ledger.fee_is_out(current, found)
        return escalating.decide(current, settings, found, fee_is_out=fee_is_out, **rest)

    _desk(world, order, act, by, at, decision=decision, text=text, **words)


def write_off(world, order, *, by=CHEN_JING, at=None, return_point="dispatch"):
    _desk(world, order, closing.write_off, by, at, return_point=return_point)


def archive(world, order, *, by=CHEN_JING, at=None, visited=True, reconciled=True):
    _desk(
        world,
        order,
        closing.archive,
        by,
        at,
        return_visit_done=visited,
        month_reconciled=reconciled,
    )


def signature_arrives(world, order):
    """The upload of the customer's signature."""
    world.photo(order, tag="signature", content=f"{order.number} signature")


_TO_SITE = (dispatch, acknowledge, arrive)
_TO_WORK = (*_TO_SITE, inspect, quote, confirm_quote)
_TO_TRIAL = (*_TO_WORK, ready)
_TO_CLOSED = (*_TO_TRIAL, accept, signature_arrives, write_off)

#: How a new order comes to each state.
WAYS: dict[State, tuple[Callable[..., Any], ...]] = {
    State.CREATED: (),
    State.DISPATCHED: _TO_SITE[:1],
    State.ACKNOWLEDGED: _TO_SITE[:2],
    State.ON_SITE: _TO_SITE,
    State.QUOTED: _TO_WORK[:-1],
    State.IN_PROGRESS: _TO_WORK,
    State.SUSPENDED: (*_TO_WORK, suspend),
    State.AWAITING_ACCEPTANCE: _TO_TRIAL,
    State.REWORK: (*_TO_TRIAL, reject),
    State.ESCALATED: (*_TO_TRIAL, refuse_signature),
    State.ACCEPTED: (*_TO_TRIAL, accept),
    State.CLOSED: _TO_CLOSED,
    State.ARCHIVED: (*_TO_CLOSED, archive),
    State.CANCEL_PENDING: (dispatch, cancel),
    State.CANCELLED: (dispatch, cancel, write_off),
    State.VOID: (void,),
}


def order_in(world: World, state: State, **facts: Any) -> WorkOrder:
    """An order that has come to `state` by the shortest way. Its category has no checklist."""
    order = world.issued(**facts)
    for act in WAYS[state]:
        act(world, order)
    assert order.state == state
    return order
