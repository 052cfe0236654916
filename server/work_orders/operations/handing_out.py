"""Orders that find their technician by themselves: in turn (轮训), from the open pool (抢单), and up
the ladder while nobody acknowledges (P-03)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from contracts.vocabulary import Category
from server import history
from server.accounts.models import User
from server.alerts import operations as alerts
from server.deadlines import timers
from server.devices import operations as devices
from server.devices.models import Device
from server.errors import Conflict, Invalid
from server.history import Actor
from server.push import operations as push
from server.seen import refuse_changed
from server.settings import Settings
from server.work_orders import queries
from server.work_orders.assigning import Mode, mode_of
from server.work_orders.candidates import candidates
from server.work_orders.models import AssignmentMode, WorkOrder
from server.work_orders.operations import dispatching, moving
from server.work_orders.states import State
from server.work_orders.suggesting import Candidate, next_in_turn

NOBODY_FREE = "order.nobody_free"


def set_mode(
    session: Session,
    *,
    category: str,
    mode: str,
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> AssignmentMode:
    """How orders of a category find their technician from now on.

    `seen`: the mode that was shown. Raises Invalid, Stale where it is another one by now.
    """
    if category not in list(Category) or mode not in list(Mode):
        raise Invalid(
            "bad-assignment-mode",
            "没有这种类别或派工方式。",
            "There is no such category or way of handing out.",
        )
    row = session.get(AssignmentMode, (by.estate_id, category), with_for_update=True)
    if row is None:
        row = AssignmentMode(estate_id=by.estate_id, category=category, mode=Mode.BY_HAND)
        session.add(row)
    if row.mode == mode:
        return row
    refuse_changed(seen, row.mode)
    before, row.mode = row.mode, mode
    session.flush()
    history.record(
        session,
        "assignment_mode.changed",
        subject_kind="assignment_mode",
        subject=category,
        by=by,
        at=at,
        data={"from": before, "to": mode},
    )
    return row


def hand_out(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    """Do with an order that nobody has what its category's mode says; by hand: nothing.

    May be called twice: an order that somebody has by now stays with him.
    """
    if State(order.state) is not State.CREATED:
        return
    mode = mode_of(session, order.estate_id, order.category)
    if mode is Mode.IN_TURN:
        _give_in_turn(session, settings, order, by=by, at=at)
    elif mode is Mode.OPEN_POOL:
        _ring_the_pool(session, settings, order, by=by, at=at)


def ring_again(session: Session, order: WorkOrder, *, by: Actor, at: dt.datetime) -> None:
    """First rung: the handheld rings once more, with the app open or closed."""
    if State(order.state) is not State.DISPATCHED or order.technician_id is None:
        return
    for device in devices.devices_of(session, order.technician_id):
        push.owe(session, device_id=device.id, subject=order.number, noted_at=at, at=at)
        _notice(
            session,
            device,
            f"请接单 {order.number} {order.unit.code}。Please acknowledge {order.number}.",
            by=by,
            at=at,
        )


def next_technician(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    """Last rung: the order goes to the next one in turn, or back into the pool.

    Not where orders are given by hand: the receipt may wait on a handheld in a cellar (S-04).
    """
    mode = mode_of(session, order.estate_id, order.category)
    if State(order.state) is not State.DISPATCHED or mode is Mode.BY_HAND:
        return
    minutes = settings.ack_next_minutes
    reason = f"{minutes} 分钟未接单 not acknowledged within {minutes} minutes"
    dispatching.recall(session, settings, order, reason=reason, by=by, at=at)
    hand_out(session, settings, order, by=by, at=at)


def claim(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    technician: User,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """抢单: the first qualified technician who asks gets the order. Asking again changes nothing.

    Raises Conflict where another was quicker or the order is not in the pool; what the dispatch
    itself refuses (a licence, X-029) is refused here, too.
    """
    if order.technician_id == technician.id:
        return
    in_pool = (
        State(order.state) is State.CREATED
        and mode_of(session, order.estate_id, order.category) is Mode.OPEN_POOL
    )
    if not in_pool:
        raise Conflict(
            "not-in-the-pool",
            f"{order.number} 已不在抢单池中。",
            f"{order.number} is no longer in the pool.",
            extra={"state": order.state},
        )
    mine = [
        one
        for one in candidates(session, order, settings.zone, at=at)
        if one.standing.technician_id == technician.id
    ]
    if any(one.standing.absent for one in mine):
        raise Conflict("absent", "您登记为不在岗。", "You are noted as away.")
    moving.changed(session, order, "order.claimed", by=by, at=at, data={})
    dispatching.dispatch(session, settings, order, technician, by=by, at=at)


def _give_in_turn(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    had_it = {row.technician_id for row in queries.assignments_of(session, order.id)}
    found = [
        one
        for one in candidates(session, order, settings.zone, at=at)
        if one.standing.technician_id not in had_it
    ]
    chosen = next_in_turn(found)
    if chosen is None:
        _tell_that_nobody_is_free(session, order, found, by=by, at=at)
        return
    technician = session.get(User, chosen.standing.technician_id)
    if technician is not None:
        dispatching.dispatch(session, settings, order, technician, by=by, at=at)


def _ring_the_pool(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    found = [
        one
        for one in candidates(session, order, settings.zone, at=at)
        if one.may and not one.standing.absent and one.standing.on_duty
    ]
    if not found:
        _tell_that_nobody_is_free(session, order, found, by=by, at=at)
    words = f"可抢单 {order.number} {order.content[:40]}。In the pool: {order.number}."
    for one in found:
        for device in devices.devices_of(session, one.standing.technician_id):
            _notice(session, device, words, by=by, at=at)


def _notice(session: Session, device: Device, text: str, *, by: Actor, at: dt.datetime) -> None:
    if device.works:
        devices.command(session, device, devices.NOTICE, text=text, by=by, at=at)


def _tell_that_nobody_is_free(
    session: Session, order: WorkOrder, found: list[Candidate], *, by: Actor, at: dt.datetime
) -> None:
    alerts.raise_alert(
        session,
        NOBODY_FREE,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=timers.DESK,
        by=by,
        at=at,
        rule="R-050",
        data={"asked": len(found)},
    )
