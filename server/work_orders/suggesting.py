"""Whom to give an order to: who is offered first, and why the others are not. Pure.

Offered is who holds the licences (X-029), is on duty, is not away, and is free in the slot. Among
them comes first who is in the same building now, then who has least to do, then who has waited
longest. The others stay in sight with the reason: the dispatcher decides.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

#: How much of a technician's time an appointment takes, for want of anything better known.
SLOT = dt.timedelta(minutes=60)


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """One appointment that a technician already has."""

    number: str
    appointment_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of one technician when an order is to be given."""

    technician_id: uuid.UUID
    username: str
    name: str
    lacking: tuple[str, ...] = ()
    #: leave, sick, training or other, where he is away in the slot
    absent: str | None = None
    on_duty: bool = True
    #: his appointments about that time
    engagements: Sequence[Engagement] = ()
    #: at work in the order's building at this moment
    is_here: bool = False
    #: how many orders are in his hands
    load: int = 0
    online: bool = True
    last_given_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One thing that speaks for a technician or against him."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One technician as he is shown to whoever gives the order out."""

    standing: Standing
    #: why not; empty where he is offered
    against: tuple[Reason, ...]
    reasons: tuple[Reason, ...]

    @property
    def offered(self) -> bool:
        """Whether nothing speaks against him."""
        return not self.against

    @property
    def may(self) -> bool:
        """Whether the order may be given to him at all: a licence cannot be overlooked (X-029)."""
        return not self.standing.lacking


def candidates(standings: Iterable[Standing], *, slot_at: dt.datetime) -> list[Candidate]:
    """Everybody in the order in which they are shown.

    `slot_at`: when the customer expects somebody; now, where no time was agreed.
    """
    judged = [_judged(one, slot_at) for one in standings]
    return sorted(judged, key=_place)


def next_in_turn(found: Sequence[Candidate]) -> Candidate | None:
    """轮训: of those who are offered, whoever was given an order longest ago; None without any."""
    offered = [one for one in found if one.offered]
    return min(offered, key=lambda one: _since(one.standing), default=None)


def first_offered(found: Sequence[Candidate]) -> Candidate | None:
    """Who stands first of those who are offered; None without any."""
    return next((one for one in found if one.offered), None)


def overlaps(one: Engagement, slot_at: dt.datetime) -> bool:
    """Whether an appointment takes the slot away."""
    return abs(one.appointment_at - slot_at) < SLOT


def _judged(one: Standing, slot_at: dt.datetime) -> Candidate:
    against: list[Reason] = []
    if one.lacking:
        against.append(Reason(code="lacks_licence", values={"kinds": list(one.lacking)}))
    if one.absent is not None:
        against.append(Reason(code="absent", values={"reason": one.absent}))
    elif not one.on_duty:
        against.append(Reason(code="off_duty"))
    taken = next((other for other in one.engagements if overlaps(other, slot_at)), None)
    if taken is not None:
        against.append(
            Reason(code="busy_then", values={"number": taken.number, "at": taken.appointment_at})
        )
    reasons: list[Reason] = []
    if not one.lacking:
        reasons.append(Reason(code="qualified"))
    if one.is_here:
        reasons.append(Reason(code="same_building"))
    reasons.append(Reason(code="load", values={"count": one.load}))
    if not one.online:
        reasons.append(Reason(code="offline"))
    return Candidate(standing=one, against=tuple(against), reasons=tuple(reasons))


def _place(one: Candidate) -> tuple[Any, ...]:
    standing = one.standing
    return (not one.offered, not one.may, not standing.is_here, standing.load, _since(standing))


def _since(one: Standing) -> tuple[dt.datetime, str]:
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    return (one.last_given_at or never, one.username)
