"""The one way in for what technicians do, whichever door it came through.

Known id and content: the earlier outcome. Known id, other content: refused. Wrong place in the
numbering: the right one is asked for. New: the operation is called; where it refuses, nothing of
it stays but the event itself, which is a fact.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.envelope import ContractError, FieldEvent, read_event
from contracts.vocabulary import Outcome
from server import outbox
from server.accounts.models import User
from server.alerts import operations as alerts
from server.deadlines import timers
from server.deadlines.policy import bounded_device_time
from server.devices.models import Device
from server.devices.operations import actor_for
from server.errors import Conflict, Invalid, NotFound, Problem
from server.fieldwork.handlers import FREE_HANDLERS, ORDER_HANDLERS, Act
from server.fieldwork.models import DeviceEvent, DeviceReply
from server.history import Actor
from server.settings import Settings
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving, pausing
from server.work_orders.states import State

log = logging.getLogger(__name__)

#: States in which the desk has taken the order away from the field (P-18).
MOVED_ON = frozenset(
    {State.CREATED, State.CANCEL_PENDING, State.CANCELLED, State.VOID, State.CLOSED, State.ARCHIVED}
)


class MovedOn(Exception):
    """The order went on without this handheld; what it says is kept as evidence (P-18)."""


def receive(
    session: Session,
    settings: Settings,
    device: Device,
    payload: bytes | dict[str, Any],
    *,
    at: dt.datetime,
) -> dict[str, Any]:
    """Take one event of a working handheld, inside the caller's transaction; the reply's data.

    `device` must be locked. Never raises for what the handheld sent.
    """
    try:
        event = _read_own(payload, device)
    except ContractError as error:
        return _refuse_unreadable(session, device, error, at=at)
    known = session.get(DeviceEvent, (device.id, event.id))
    if known is not None:
        return _again(known, event, device, at=at)
    expected = device.last_seq + 1
    if event.seq != expected:
        return _reply(
            event.id, Outcome.OUT_OF_ORDER, at=at, order_version=None, expected_seq=expected
        )
    row = _carry_out(session, settings, device, event, at=at)
    session.add(row)
    device.last_seq = event.seq
    device.last_seen_at = at
    session.flush()
    return _reply_of(row, at=at)


def _read_own(payload: bytes | dict[str, Any], device: Device) -> FieldEvent:
    event = read_event(payload)
    if event.device != device.id:
        raise ContractError(
            "foreign-source",
            "来源不是本机。",
            "The source is not this handheld.",
            errors={"source": ["?"]},
            event_id=event.id,
            seq=event.seq,
        )
    return event


def answer_over_mqtt(
    session: Session, device: Device, reply: dict[str, Any], *, at: dt.datetime
) -> None:
    """Owe a handheld the reply: the relay sends it after the commit."""
    row = DeviceReply(device_id=device.id, body=reply, made_at=at)
    session.add(row)
    session.flush()
    outbox.note(
        session, device_id=device.id, kind=outbox.REPLY, subject=str(row.id), version=1, at=at
    )


def events_of_order(session: Session, order_number: str) -> list[DeviceEvent]:
    """Everything that handhelds said about an order, in order of arrival."""
    return list(
        session.scalars(
            sa.select(DeviceEvent)
            .where(DeviceEvent.order_number == order_number)
            .order_by(DeviceEvent.server_at, DeviceEvent.seq)
        )
    )


def _carry_out(
    session: Session, settings: Settings, device: Device, event: FieldEvent, *, at: dt.datetime
) -> DeviceEvent:
    row = DeviceEvent(
        device_id=device.id,
        event_id=event.id,
        seq=event.seq,
        type=event.type,
        order_number=event.subject,
        content_hash=event.content_hash,
        payload=event.received,
        device_at=event.time,
        server_at=at,
        skew_s=round((event.time - at).total_seconds()),
        outcome=Outcome.APPLIED,
    )
    technician = session.get(User, device.technician_id)
    by = actor_for(device, technician.name if technician else device.label)
    order: WorkOrder | None = None
    try:
        with session.begin_nested():
            if event.subject is None:
                _act(session, settings, event, by, at=at, order=None)
            else:
                order = _own_order(session, event, by)
                _act(session, settings, event, by, at=at, order=order)
    except MovedOn:
        order = _keep_as_evidence(session, event, by, at=at)
        row.outcome = Outcome.RECORDED
    except Problem as problem:
        row.outcome, row.problem = Outcome.REJECTED, problem.as_dict()
        order = _after_refusal(session, event, by, at=at)
        log.info("event %s of %s refused: %s", event.type, device.id, problem)
    if order is not None:
        row.order_version, row.order_state = order.version, order.state
    return row


def _own_order(session: Session, event: FieldEvent, by: Actor) -> WorkOrder:
    order = moving.find_order(session, str(event.subject), by=by)
    if order.technician_id != by.user_id:
        if by.user_id is None or not orders.was_assigned(session, order.id, by.user_id):
            # Not even its existence is told to somebody who never had it.
            raise NotFound("no-such-order", "没有这张工单。", "There is no such order.")
        raise MovedOn
    if event.order_version is not None and event.order_version > order.version:
        raise Invalid(
            "version-ahead",
            f"工单现为第 {order.version} 版,没有第 {event.order_version} 版。",
            f"The order is at version {order.version}; there is no {event.order_version} yet.",
        )
    return order


def _act(
    session: Session,
    settings: Settings,
    event: FieldEvent,
    by: Actor,
    *,
    at: dt.datetime,
    order: WorkOrder | None,
) -> None:
    act = Act(
        session=session,
        settings=settings,
        data=event.data,
        by=by,
        at=at,
        device_at=bounded_device_time(
            event.time, not_before=order.dispatched_at if order else None, received_at=at
        ),
        event_id=event.id,
    )
    if event.type in FREE_HANDLERS:
        FREE_HANDLERS[event.type](act)
        return
    if order is None:
        raise Invalid("order-missing", "须写明工单号。", "The order must be named.")
    before = State(order.state)
    try:
        ORDER_HANDLERS[event.type](act, order)
    except Conflict as problem:
        by_state = isinstance(problem, moving.Refused) and problem.by_state
        if before in MOVED_ON and (by_state or problem.slug == "not-at-work"):
            raise MovedOn from problem
        raise
    session.flush()


def _keep_as_evidence(
    session: Session, event: FieldEvent, by: Actor, *, at: dt.datetime
) -> WorkOrder:
    """P-18: the desk's recall or cancel won; what the handheld says stays on the record."""
    order = moving.find_order(session, str(event.subject), by=by)
    if event.type == "hazard.alarm":  # danger is danger, whoever has the order now
        kind, note = str(event.data["kind"]), event.data.get("note")
        pausing.warn(session, order, kind=kind, note=note, by=by, at=at)
    moving.record(
        session,
        order,
        "event.recorded_late",
        by=by,
        at=at,
        device_at=event.time,
        data={"type": event.type, "event": event.id, "data": event.received.get("data", {})},
    )
    alerts.raise_alert(
        session,
        "order.conflict",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=timers.DESK,
        rule="P-18",
        by=by,
        at=at,
        data={"technician": by.name, "technician_id": str(by.user_id), "device": by.device_id},
    )
    if order.technician_id != by.user_id and by.device_id is not None:
        outbox.note(
            session,
            device_id=by.device_id,
            kind=outbox.WITHDRAWN,
            subject=order.number,
            version=order.version,
            at=at,
        )
    return order


def _after_refusal(
    session: Session, event: FieldEvent, by: Actor, *, at: dt.datetime
) -> WorkOrder | None:
    """A refused event is followed by a fresh snapshot, where the order is this technician's."""
    if event.subject is None:
        return None
    try:
        order = moving.find_order(session, event.subject, by=by)
    except NotFound:
        return None
    if order.technician_id != by.user_id:
        return None
    moving.push(session, order, at=at)
    return order


def _again(
    known: DeviceEvent, event: FieldEvent, device: Device, *, at: dt.datetime
) -> dict[str, Any]:
    if known.content_hash == event.content_hash:
        return _reply_of(known, at=at, again=True)
    problem = Conflict(
        "event-id-reused",
        "同一事件编号内容不同,已拒绝。",
        "This event id was used before with other content.",
    )
    return _reply(
        event.id,
        Outcome.REJECTED,
        at=at,
        order_version=known.order_version,
        problem=problem.as_dict(),
        state=known.order_state,
        expected_seq=device.last_seq + 1,
    )


def _refuse_unreadable(
    session: Session, device: Device, error: ContractError, *, at: dt.datetime
) -> dict[str, Any]:
    """A payload that breaks the contract: refused; where its place is known, its place is used."""
    log.warning("payload of %s refused: %s", device.id, error)
    problem = Invalid(error.slug, error.zh, error.en, errors=error.errors).as_dict()
    if error.event_id is None:
        return _reply(
            None, Outcome.REJECTED, at=at, order_version=None, problem=problem, seq=error.seq
        )
    known = session.get(DeviceEvent, (device.id, error.event_id))
    if known is not None and known.type == "unreadable":
        return _reply_of(known, at=at, again=True)
    expected = device.last_seq + 1
    if known is None and error.seq is not None and error.seq > expected:
        # Refused now, it would be dropped there and leave a hole that nothing can fill.
        return _reply(
            error.event_id,
            Outcome.OUT_OF_ORDER,
            at=at,
            order_version=None,
            expected_seq=expected,
        )
    version, state = _standing(session, device, error.subject)
    if known is None and error.seq == expected:
        session.add(
            DeviceEvent(
                device_id=device.id,
                event_id=error.event_id,
                seq=error.seq,
                type="unreadable",
                order_number=None,
                content_hash="",
                payload={"slug": error.slug},
                device_at=at,
                server_at=at,
                skew_s=0,
                outcome=Outcome.REJECTED,
                problem=problem,
                order_version=version,
                order_state=state,
            )
        )
        device.last_seq = error.seq
        session.flush()
    return _reply(
        error.event_id,
        Outcome.REJECTED,
        at=at,
        order_version=version,
        problem=problem,
        state=state,
    )


def _standing(
    session: Session, device: Device, order_number: str | None
) -> tuple[int | None, str | None]:
    """Version and state of an order that is with this handheld's technician, else nothing."""
    if order_number is None:
        return None, None
    try:
        order = orders.get_order(session, device.estate_id, order_number)
    except NotFound:
        return None, None
    if order.technician_id != device.technician_id:
        return None, None
    return order.version, order.state


def _reply_of(row: DeviceEvent, *, at: dt.datetime, again: bool = False) -> dict[str, Any]:
    return _reply(
        row.event_id,
        Outcome.DUPLICATE if again else Outcome(row.outcome),
        at=at,
        order_version=row.order_version,
        first_outcome=row.outcome if again else None,
        problem=row.problem,
        state=row.order_state,
    )


def _reply(
    event_id: str | None,
    outcome: Outcome,
    *,
    at: dt.datetime,
    order_version: int | None,
    **more: Any,
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "event": event_id,
        "outcome": str(outcome),
        "order_version": order_version,
        "server_time": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    return body | {key: value for key, value in more.items() if value is not None}
