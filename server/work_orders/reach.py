"""How far an order has come on its way to the technician's eyes. It informs; nothing waits for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import outbox
from server.devices.models import Device
from server.outbox import Owed
from server.work_orders.models import Assignment
from server.work_orders.states import IN_THE_FIELD, State

#: The steps of the push, in order.
STEPS = ("queued", "sent", "received", "opened", "acknowledged")
#: Shown once it was said and never waited for: a technician may just arrive.
SET_OUT = "set_out"
NO_HANDHELD = "no_handheld"


class Pushed(Protocol):
    """What is asked of an order: a whole one has it, and so has a card of the board."""

    @property
    def number(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def technician_id(self) -> uuid.UUID | None: ...
    @property
    def dispatched_at(self) -> dt.datetime | None: ...
    @property
    def received_at(self) -> dt.datetime | None: ...
    @property
    def opened_at(self) -> dt.datetime | None: ...
    @property
    def acknowledged_at(self) -> dt.datetime | None: ...
    @property
    def set_out_at(self) -> dt.datetime | None: ...


@dataclass(frozen=True, kw_only=True)
class Sending:
    """The newest snapshot of an order on its way to one handheld."""

    noted_at: dt.datetime
    #: when the broker took it
    sent_at: dt.datetime | None
    online: bool
    last_seen_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the push: `at` is None where it is still to come, or only known to be over."""

    name: str
    done: bool
    at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The push of an order to the technician who has it now."""

    steps: tuple[Step, ...]
    sending: Sending | None

    @property
    def done(self) -> tuple[Step, ...]:
        """The steps behind it."""
        return tuple(step for step in self.steps if step.done)

    @property
    def stage(self) -> str:
        """The furthest step."""
        return self.done[-1].name if self.done else NO_HANDHELD

    @property
    def at(self) -> dt.datetime | None:
        """When the furthest step was reached: from then on the next one is waited for."""
        return self.done[-1].at if self.done else None

    @property
    def next(self) -> Step | None:
        """The step that is waited for; None where all are done or nothing is on its way."""
        return next((step for step in self.steps if not step.done), None) if self.done else None

    @property
    def out_of_reach(self) -> bool:
        """Whether the next step waits for a handheld that is not connected."""
        return self.next is not None and self.sending is not None and not self.sending.online


def reach_of(
    order: Pushed, sending: Sending | None, *, taken_over_at: dt.datetime | None = None
) -> Reach | None:
    """The push of an order as it stands; None where it is on nobody's handheld.

    `taken_over_at`: when the technician took over begun work, which is not acknowledged anew (P-19).
    """
    if State(order.state) not in IN_THE_FIELD or order.technician_id is None:
        return None
    times = {
        "sent": sending.sent_at if sending else None,
        "received": order.received_at,
        "opened": order.opened_at,
        "acknowledged": order.acknowledged_at,
        SET_OUT: order.set_out_at,
    }
    names = STEPS[1:-1] if taken_over_at else STEPS[1:]
    if order.set_out_at and not taken_over_at:
        names = (*names, SET_OUT)
    furthest = max((place for place, name in enumerate(names, 1) if times[name]), default=0)
    reported = [at for name in names if name != "sent" and (at := times[name])]
    # The outbox keeps the newest snapshot only: one noted after the handheld reported is a later one.
    if sending and reported and sending.noted_at > min(reported):
        times["sent"] = None
    given_at = taken_over_at or order.dispatched_at
    queued_at = given_at if furthest or sending is None else sending.noted_at
    steps = [Step(name="queued", done=bool(sending or furthest), at=queued_at)]
    steps += [
        Step(name=name, done=place <= furthest, at=times[name])
        for place, name in enumerate(names, 1)
    ]
    return Reach(steps=tuple(steps), sending=sending)


def taken_over_at(order: Pushed, assignments: Sequence[Assignment]) -> dt.datetime | None:
    """When the technician took over begun work: the order was acknowledged before his stay began."""
    last = assignments[-1] if assignments else None
    if last is None or order.acknowledged_at is None or order.acknowledged_at >= last.from_at:
        return None
    return last.from_at


def reaches(
    session: Session, orders: Sequence[Pushed], *, taken_over: Mapping[str, dt.datetime]
) -> dict[str, Reach]:
    """Order number -> its push, in one query however many there are.

    `taken_over`: order number -> when begun work was taken over, where it was.
    """
    sendings = _sendings(session, orders)
    found = {}
    for order in orders:
        sending = sendings.get((order.number, order.technician_id))
        reach = reach_of(order, sending, taken_over_at=taken_over.get(order.number))
        if reach is not None:
            found[order.number] = reach
    return found


def _sendings(
    session: Session, orders: Sequence[Pushed]
) -> dict[tuple[str, uuid.UUID | None], Sending]:
    """(order number, technician) -> the snapshot on its way."""
    pushed = [
        order for order in orders if order.technician_id and State(order.state) in IN_THE_FIELD
    ]
    if not pushed:
        return {}
    # By the technicians' handhelds and without an order of its own: else SQLite walks through
    # every snapshot that was ever sent.
    rows = session.execute(
        sa.select(
            Owed.id,
            Owed.subject,
            Device.technician_id,
            Owed.noted_at,
            Owed.sent_at,
            Device.online,
            Device.last_seen_at,
        )
        .join(Device, Device.id == Owed.device_id)
        .where(
            Owed.kind == outbox.ORDER,
            Owed.subject.in_([order.number for order in pushed]),
            Device.technician_id.in_({order.technician_id for order in pushed}),
        )
    )
    found: dict[tuple[str, uuid.UUID | None], Sending] = {}
    for _, number, technician_id, noted_at, sent_at, online, last_seen_at in sorted(
        rows, key=lambda row: row.id
    ):
        one = Sending(noted_at=noted_at, sent_at=sent_at, online=online, last_seen_at=last_seen_at)
        best = found.get((number, technician_id))
        # With several handhelds the one that has it counts, then the one that is there.
        if best is None or _standing(one) > _standing(best):
            found[number, technician_id] = one
    return found


def _standing(one: Sending) -> tuple[bool, bool]:
    return one.sent_at is not None, one.online
