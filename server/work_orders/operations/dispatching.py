"""The desk's part: issuing, dispatching, recalling, handing over, cancelling, voiding."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.assets.models import Asset
from server.checklist_runs import queries as runs
from server.deadlines import timers
from server.estate.operations import next_number
from server.history import Actor
from server.requests import operations as requests
from server.requests import slots
from server.requests.models import ServiceRequest
from server.settings import Settings
from server.work_orders.assigning import Mode, mode_of
from server.work_orders.facts import Given
from server.work_orders.finding import index_order
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.operations import covering, moving
from server.work_orders.states import State

#: The ladder that an order climbs while nobody acknowledges it.
LADDER = ("ring_again", "acknowledge", "next_technician")
ORDER_CLOCKS = (
    "dispatch",
    *LADDER,
    "arrival",
    "next_contact",
    "decision",
    "on_site_24h",
    *covering.UNTIL_RESTORED,
)


def issue(
    session: Session,
    settings: Settings,
    request: ServiceRequest,
    *,
    category: str | None,
    appointment_at: dt.datetime | None,
    urgency: str | None,
    by: Actor,
    at: dt.datetime,
) -> WorkOrder:
    """WO1, SR8: write the slip for an accepted request (R-050, R-142)."""
    number = next_number(session, by.estate_id, "FW", at, settings.zone)
    requests.convert(session, request, order=number, by=by, at=at)
    order = WorkOrder(
        estate_id=by.estate_id,
        number=number,
        version=0,
        state=State.CREATED,
        request_id=request.id,
        person=request.person,
        unit=request.unit,
        nature=request.nature or "paid_special",
        category=category or request.category or "household_other",
        urgency=urgency or request.urgency,
        content=request.content,
        appointment_at=appointment_at or request.appointment_at,
        intake_point=_intake_point(by),
        checklist_children={},
        issued_at=at,
        issued_by=by.user_id,
        updated_at=at,
    )
    session.add(order)
    session.flush()
    index_order(session, order)
    moving.changed(
        session,
        order,
        "order.issued",
        by=by,
        at=at,
        data={
            "transition": "WO1",
            "to": order.state,
            "request": request.number,
            "category": order.category,
        },
    )
    timers.start(
        session,
        "dispatch",
        subject_kind=moving.SUBJECT,
        subject=number,
        due_at=request.registered_at + dt.timedelta(minutes=settings.dispatch_minutes),
        by=by,
        at=at,
    )
    asset = session.get(Asset, request.asset_id) if request.asset_id else None
    if asset is not None and asset.retired_at is None:
        covering.link_asset(session, settings, order, asset, by=by, at=at)
    return order


def dispatch(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    technician: User,
    *,
    by: Actor,
    at: dt.datetime,
    appointment_at: dt.datetime | None = None,
    customer_reconfirmed: bool = False,
    reassign: bool = False,
    reason: str | None = None,
) -> None:
    """WO2: give the order to a technician who holds the licences (R-045, R-050, X-029).

    `reassign`: whoever dispatches has seen that the order is with another technician and not yet
    begun; it is recalled from him first, in the same change. Without it the second of two desks is
    refused. `customer_reconfirmed`: the customer agreed to `appointment_at`, which may then be
    later than it was (R-044). `reason`: where giving it out needs one, for the history.
    """
    if customer_reconfirmed and appointment_at is not None and order.request_id is not None:
        slots.confirm_slot(session, order.request_id, slot=appointment_at, by=by, at=at)
    is_elsewhere = State(order.state) in {State.DISPATCHED, State.ACKNOWLEDGED} and (
        order.technician_id != technician.id
    )
    if reassign and is_elsewhere:
        why = reason or f"改派 reassigned: {technician.name}"
        recall(session, settings, order, reason=why, by=by, at=at)
    moving.move(
        session,
        settings,
        order,
        "dispatch",
        by=by,
        at=at,
        given=Given(technician=technician, slot_at=appointment_at),
        data={
            "technician": technician.username,
            "name": technician.name,
            **({"reason": reason} if reason else {}),
        },
    )
    order.technician = technician
    order.technician_id = technician.id
    order.appointment_at = appointment_at or order.appointment_at
    order.dispatched_at = at
    order.received_at = order.opened_at = order.acknowledged_at = order.set_out_at = None
    _attach_checklist(session, order)
    session.add(Assignment(order_id=order.id, technician_id=technician.id, from_at=at))
    session.flush()
    moving.push(session, order, at=at)
    timers.stop(session, ["dispatch"], subject_kind=moving.SUBJECT, subject=order.number, at=at)
    for rung, minutes in zip(LADDER, _rungs(session, settings, order), strict=True):
        if minutes:
            timers.start(
                session,
                rung,
                subject_kind=moving.SUBJECT,
                subject=order.number,
                due_at=at + dt.timedelta(minutes=minutes),
                by=by,
                at=at,
                data={"technician": technician.name},
            )
    if order.appointment_at is not None:
        timers.start(
            session,
            "arrival",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            due_at=order.appointment_at + dt.timedelta(minutes=settings.arrival_grace_minutes),
            by=by,
            at=at,
            data={"technician": technician.name},
        )
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=["order.returned", "order.device_lost", "order.conflict"],
        at=at,
        how="dispatched",
    )


def recall(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO4: take an order back before work; history is kept, the handheld is told (P-18).

    An order that has just been recalled (say because its handheld was lost) stays as it is.
    """
    if State(order.state) is State.CREATED and _was_assigned(session, order):
        return
    moving.move(
        session,
        settings,
        order,
        "recall",
        by=by,
        at=at,
        given=Given(reason=reason),
        data={"reason": reason},
    )
    release(session, order, reason=reason, at=at)
    restart_dispatch_clock(session, settings, order, by=by, at=at)


def restart_dispatch_clock(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    """P-02 anew: an order that came back is with nobody, and must not be forgotten (R-001)."""
    timers.start(
        session,
        "dispatch",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        due_at=at + dt.timedelta(minutes=settings.dispatch_minutes),
        by=by,
        at=at,
    )


def release(session: Session, order: WorkOrder, *, reason: str, at: dt.datetime) -> None:
    """End the assignment at hand: the order has no technician until it is dispatched anew."""
    previous = order.technician_id
    session.execute(
        sa.update(Assignment)
        .where(Assignment.order_id == order.id, Assignment.until_at.is_(None))
        .values(until_at=at, reason=reason)
    )
    order.technician = None
    order.technician_id = None
    session.flush()
    if previous is not None:
        moving.withdraw_from(session, order, previous, at=at)
    timers.stop(
        session,
        [*LADDER, "arrival"],
        subject_kind=moving.SUBJECT,
        subject=order.number,
        at=at,
    )


def hand_over(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    technician: User,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """P-19: another technician goes on where the first one stopped, with all that was recorded."""
    moving.move(
        session,
        settings,
        order,
        "hand_over",
        by=by,
        at=at,
        given=Given(technician=technician, reason=reason),
        data={"technician": technician.username, "reason": reason},
    )
    transfer(session, order, technician, reason=reason, at=at)


def transfer(
    session: Session, order: WorkOrder, technician: User, *, reason: str, at: dt.datetime
) -> None:
    """Close one assignment and open the next; both handhelds learn of it."""
    release(session, order, reason=reason, at=at)
    order.technician = technician
    order.technician_id = technician.id
    # What the first one's handheld reported says nothing about the next one's.
    order.received_at = order.opened_at = None
    session.add(Assignment(order_id=order.id, technician_id=technician.id, from_at=at))
    session.flush()
    moving.push(session, order, at=at)


def cancel(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    whom: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO9 by telephone: the customer calls the desk; the slip still has to be written off."""
    moving.move(
        session,
        settings,
        order,
        "cancel",
        by=by,
        at=at,
        given=Given(reason=reason),
        data={"by": whom, "reason": reason},
    )
    mark_cancelled(session, order, whom=whom, reason=reason, at=at)


def mark_cancelled(
    session: Session, order: WorkOrder, *, whom: str, reason: str, at: dt.datetime
) -> None:
    """No charge before a price was ever confirmed; after it the manager decides (P-20)."""
    order.cancelled_by_whom, order.cancel_reason = whom, reason
    if order.started_at is None:
        order.charge_fen = order.total_fen = 0
    else:
        order.billing_held = True
    timers.stop(session, ORDER_CLOCKS, subject_kind=moving.SUBJECT, subject=order.number, at=at)


def void(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO22: issued in error; the number stays and is never used again (X-017)."""
    moving.move(
        session,
        settings,
        order,
        "void",
        by=by,
        at=at,
        given=Given(reason=reason),
        data={"reason": reason},
    )
    release(session, order, reason=reason, at=at)
    timers.stop(session, ORDER_CLOCKS, subject_kind=moving.SUBJECT, subject=order.number, at=at)


def _rungs(session: Session, settings: Settings, order: WorkOrder) -> tuple[int, int, int]:
    """Minutes to each rung of the ladder, 0 where there is none (P-03)."""
    by_hand = mode_of(session, order.estate_id, order.category) is Mode.BY_HAND
    return (
        settings.ack_ring_minutes if settings.ack_ring_minutes < settings.ack_minutes else 0,
        settings.ack_minutes,
        0 if by_hand else settings.ack_next_minutes,
    )


def _attach_checklist(session: Session, order: WorkOrder) -> None:
    # the version published now stays with the order, whatever is published later.
    version = runs.newest_for_category(session, order.estate_id, order.category)
    if version is None or order.checklist_code is not None:
        return
    order.checklist_code, order.checklist_version = version.code, version.version
    template = runs.template(session, order.estate_id, version.code, version.version)
    order.checklist_children = runs.children_of(session, order.estate_id, template)


def _was_assigned(session: Session, order: WorkOrder) -> bool:
    return (
        session.scalar(sa.select(Assignment.id).where(Assignment.order_id == order.id).limit(1))
        is not None
    )


def _intake_point(by: Actor) -> str:
    if Role.FRONT_DESK in by.roles:
        return "front_desk"
    if Role.CONTROL_DUTY in by.roles:
        return "control"
    return "dispatch"
