"""What a note of the outbox says now: the message for the handheld, made as it is sent."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from contracts.downlink import (
    command_event,
    reply_event,
    snapshot_event,
    sync_result_event,
    withdrawn_event,
)
from contracts.envelope import MAX_PAYLOAD_BYTES
from mqtt import sync, topics
from mqtt.link import Publish
from server import outbox
from server.devices.models import Device, DeviceCommand
from server.estate.models import Estate
from server.fieldwork.models import DeviceEvent, DeviceReply
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations.moving import belongs_in_the_field
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State

_REASONS = {
    State.CREATED: "已收回 Taken back",
    State.CLOSED: "已销单 Written off",
    State.ARCHIVED: "已归档 Archived",
    State.CANCELLED: "已取消 Cancelled",
    State.VOID: "已作废 Void",
}
_REASSIGNED = "已改派 Given to somebody else"


class TooLarge(Exception):
    """Even without its results the order does not fit into a message."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """One claimed note. `lease` marks the claim: a note made anew meanwhile no longer has it."""

    id: int
    lease: str
    device_id: str
    kind: str
    subject: str


class Renderer:
    """Renders one batch of notes; what several of them need is read once."""

    def __init__(self, session: Session, batch: Sequence[Due], *, at: dt.datetime) -> None:
        """Read what `batch` speaks of, as of now."""
        self._session = session
        self._at = at
        self.devices = {
            device.id: device
            for device in session.scalars(
                sa.select(Device).where(Device.id.in_({one.device_id for one in batch}))
            )
        }
        self._orders = self._read_orders(batch)
        self._replies = self._read_replies(batch)
        self._reply_orders = self._read_reply_orders()
        self._snapshots: dict[UUID, dict[str, Any]] = {}

    def render(self, due: Due) -> Publish | None:
        """The message, or None where there is nothing to say any more.

        Raises TooLarge, and whatever a broken row makes of the reading.
        """
        device = self.devices.get(due.device_id)
        if device is None or not device.works:
            return None
        making: dict[str, Callable[[Device, str], Publish | None]] = {
            outbox.ORDER: self._order,
            outbox.WITHDRAWN: self._order,
            outbox.REPLY: self._reply,
            outbox.SYNC: self._sync_result,
            outbox.COMMAND: self._command,
        }
        return making[due.kind](device, due.subject)

    def _order(self, device: Device, number: str) -> Publish | None:
        order = self._orders.get((device.estate_id, number))
        if order is None:
            return None
        topic = topics.orders(device.id)
        mine = order.technician_id == device.technician_id
        if mine and belongs_in_the_field(self._session, order):
            if order.id not in self._snapshots:
                self._snapshots[order.id] = snapshot(self._session, order)
            return Publish(topic=topic, payload=self._fitting(self._snapshots[order.id], number))
        data = {"reason": self._why_withdrawn(device, order)}
        return Publish(
            topic=topic, payload=_bytes(withdrawn_event(data, number, self._at, _fresh_id()))
        )

    def _fitting(self, data: dict[str, Any], number: str) -> bytes:
        """The snapshot in at most 64 KiB: superseded attempts go first, then the oldest results."""
        payload = _bytes(snapshot_event(data, number, self._at, _fresh_id()))
        if len(payload) <= MAX_PAYLOAD_BYTES:
            return payload
        # Later attempts overwrite earlier ones and stand where they were recorded.
        latest = {entry["step"]: position for position, entry in enumerate(data["run"])}
        run = [data["run"][position] for position in sorted(latest.values())]
        while True:
            shorter = {**data, "run": run, "run_shortened": True}
            payload = _bytes(snapshot_event(shorter, number, self._at, _fresh_id()))
            if len(payload) <= MAX_PAYLOAD_BYTES:
                return payload
            if not run:
                raise TooLarge(f"{number}: {len(payload)} bytes without any result")
            run = run[1 + len(run) // 8 :]

    def _why_withdrawn(self, device: Device, order: WorkOrder) -> str:
        mine = order.technician_id == device.technician_id
        elsewhere = order.technician_id is not None and not mine
        taken_back = _REASONS[State.CREATED]
        reason = _REASSIGNED if elsewhere else _REASONS.get(State(order.state), taken_back)
        if mine:
            return reason
        told = [
            stay.reason
            for stay in orders.assignments_of(self._session, order.id)
            if stay.technician_id == device.technician_id and stay.until_at and stay.reason
        ]
        return f"{reason}: {told[-1]}" if told else reason

    def _reply(self, device: Device, subject: str) -> Publish | None:
        reply = self._replies.get(subject)
        if reply is None:
            return None
        number = self._reply_orders.get((device.id, str(reply.body.get("event"))))
        event = reply_event(reply.body, number, self._at, _fresh_id())
        return Publish(topic=topics.replies(device.id), payload=_bytes(event))

    def _sync_result(self, device: Device, request: str) -> Publish | None:
        estate = self._session.get_one(Estate, device.estate_id)
        open_orders = orders.field_orders(self._session, device.technician_id)
        data: dict[str, Any] = {
            "epoch": estate.epoch,
            "orders": [order.number for order in open_orders],
            "expected_seq": device.last_seq + 1,
            "server_time": self._at,
        }
        if request != sync.UNASKED:
            data["request"] = request
        event = sync_result_event(data, self._at, _fresh_id())
        return Publish(topic=topics.replies(device.id), payload=_bytes(event))

    def _command(self, device: Device, subject: str) -> Publish | None:
        command = self._session.get(DeviceCommand, UUID(subject))
        if command is None:
            return None
        data = {"text": command.text} if command.kind == "device.notice" else {}
        if command.kind != "device.notice" and command.text:
            data = {"reason": command.text}
        event = command_event(command.kind, data, self._at, str(command.id))
        return Publish(topic=topics.commands(device.id), payload=_bytes(event))

    def _read_orders(self, batch: Sequence[Due]) -> dict[tuple[UUID, str], WorkOrder]:
        numbers = {one.subject for one in batch if one.kind in {outbox.ORDER, outbox.WITHDRAWN}}
        estates = {device.estate_id for device in self.devices.values()}
        rows = self._session.scalars(
            sa.select(WorkOrder).where(
                WorkOrder.estate_id.in_(estates), WorkOrder.number.in_(numbers)
            )
        )
        return {(order.estate_id, order.number): order for order in rows} if numbers else {}

    def _read_replies(self, batch: Sequence[Due]) -> dict[str, DeviceReply]:
        """Replies by their subject."""
        ids = reply_ids(batch)
        rows = self._session.scalars(sa.select(DeviceReply).where(DeviceReply.id.in_(ids)))
        return {str(reply.id): reply for reply in rows} if ids else {}

    def _read_reply_orders(self) -> dict[tuple[str, str], str | None]:
        """Which order an answered event spoke of: the reply's subject."""
        if not self._replies:
            return {}
        rows = self._session.execute(
            sa.select(DeviceEvent.device_id, DeviceEvent.event_id, DeviceEvent.order_number).where(
                DeviceEvent.device_id.in_({reply.device_id for reply in self._replies.values()}),
                DeviceEvent.event_id.in_(
                    {str(reply.body.get("event")) for reply in self._replies.values()}
                ),
            )
        )
        return {(device_id, event_id): number for device_id, event_id, number in rows}


def reply_ids(notes: Iterable[Due]) -> list[int]:
    """The keys of the replies that notes speak of."""
    subjects = [one.subject for one in notes if one.kind == outbox.REPLY]
    return [int(subject) for subject in subjects if subject.isdecimal()]


def _fresh_id() -> str:
    return str(uuid7())


def _bytes(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
