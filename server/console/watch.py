"""Which clock runs for an order or a request, and how far the push to the handheld has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from server.deadlines.queries import deadlines_of
from server.settings import Settings
from server.work_orders.operations.moving import SUBJECT
from server.work_orders.reach import Pushed, Reach, reaches
from server.work_orders.states import State

#: A clock turns amber when this share of an hour is left, or a third of a short one.
WARN_BEFORE = dt.timedelta(minutes=15)
NOBODY: Mapping[str, dt.datetime] = {}
_TIMED = {State.CREATED: "dispatch", State.ESCALATED: "decision"}


class Watched(Pushed, Protocol):
    """What the clocks ask of an order besides how far it was pushed."""

    @property
    def appointment_at(self) -> dt.datetime | None: ...
    @property
    def next_contact_at(self) -> dt.datetime | None: ...


class Asked(Protocol):
    """What the 15 minutes ask of a request."""

    @property
    def registered_at(self) -> dt.datetime: ...
    @property
    def reply_due_at(self) -> dt.datetime: ...
    @property
    def replied_at(self) -> dt.datetime | None: ...


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What has to happen by when; amber from `warn_at`, red from `due_at`."""

    kind: str
    due_at: dt.datetime
    warn_at: dt.datetime

    def colour(self, at: dt.datetime) -> str:
        """ok, soon or late. Exactly on the second is in time (R-051)."""
        if at > self.due_at:
            return "late"
        return "soon" if at >= self.warn_at else "ok"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Clock and reach of every order on a page."""

    clocks: Mapping[str, Clock]
    reaches: Mapping[str, Reach]


def reply_clock(request: Asked, settings: Settings) -> Clock | None:
    """The 15 minutes in which the customer must hear from us (R-051); None once replied."""
    if request.replied_at is not None:
        return None
    warn_at = request.registered_at + dt.timedelta(minutes=settings.reply_warning_minutes)
    return Clock(kind="reply", due_at=request.reply_due_at, warn_at=warn_at)


def watch(
    session: Session,
    settings: Settings,
    orders: Sequence[Watched],
    *,
    taken_over: Mapping[str, dt.datetime] = NOBODY,
) -> Watch:
    """Clocks and reach of these orders, in three queries however many there are.

    `taken_over`: order number -> when begun work was taken over, where that is known.
    """
    timed = deadlines_of(
        session,
        SUBJECT,
        [order.number for order in orders if State(order.state) in _TIMED],
        kinds=_TIMED.values(),
    )
    clocks = {order.number: clock_in_force(order, settings, timed) for order in orders}
    return Watch(
        clocks={number: clock for number, clock in clocks.items() if clock},
        reaches=reaches(session, orders, taken_over=taken_over),
    )


def clock_in_force(
    order: Watched, settings: Settings, timed: Mapping[tuple[str, str], dt.datetime]
) -> Clock | None:
    """The next thing that has to happen with this order, by when; None where no clock runs."""
    state = State(order.state)
    if state is State.DISPATCHED and order.dispatched_at:
        allowed = dt.timedelta(minutes=settings.ack_minutes)
        due_at = order.dispatched_at + allowed
        return Clock(kind="acknowledge", due_at=due_at, warn_at=due_at - allowed / 3)
    if state is State.ACKNOWLEDGED and order.appointment_at:
        due_at = order.appointment_at + dt.timedelta(minutes=settings.arrival_grace_minutes)
        return Clock(kind="arrival", due_at=due_at, warn_at=due_at - WARN_BEFORE)
    if state is State.SUSPENDED and order.next_contact_at:
        due_at = order.next_contact_at
        return Clock(kind="next_contact", due_at=due_at, warn_at=due_at - WARN_BEFORE)
    kind = _TIMED.get(state)
    if kind and (deadline := timed.get((order.number, kind))):
        return Clock(kind=kind, due_at=deadline, warn_at=deadline - WARN_BEFORE / 3)
    return None
