"""Which appointments can be offered: two-hour windows of the next days with somebody free. Pure.

Free in a window is who holds the licences (X-029), has no order that reaches into it, is not away,
and is on duty throughout where a roster was written for the day. Orders of the category that nobody
has yet take somebody too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.work_orders.suggesting import SLOT

FIRST_HOUR, LAST_HOUR, WINDOW_HOURS = 8, 20, 2
#: A window that has begun is offered as long as somebody can still come and do the work in it.
STILL_ENOUGH = SLOT
#: Nobody promises 10:37.
_STEP_S = 15 * 60


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time, its end not included."""

    from_at: dt.datetime
    until_at: dt.datetime

    def meets(self, other: Span) -> bool:
        """Whether the two have a moment in common."""
        return self.from_at < other.until_at and other.from_at < self.until_at

    def holds(self, other: Span) -> bool:
        """Whether the other lies within this one."""
        return self.from_at <= other.from_at and other.until_at <= self.until_at


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one technician who could do the work has before him."""

    name: str
    appointments: Collection[dt.datetime] = ()
    absences: Collection[Span] = ()
    #: days of the estate on which the licences are valid
    licensed_on: Collection[dt.date] = ()
    shifts: Collection[Span] = ()


@dataclass(frozen=True, kw_only=True)
class FreeSlot:
    """A window that can be offered, and who is free in it."""

    window: Span
    names: Sequence[str]


def windows(at: dt.datetime, zone: ZoneInfo, *, days: int) -> list[Span]:
    """The windows of today's rest and of the days after it."""
    soonest = dt.datetime.fromtimestamp(-(-at.timestamp() // _STEP_S) * _STEP_S, dt.UTC)
    today = at.astimezone(zone).date()
    found = []
    for day in (today + dt.timedelta(days=ahead) for ahead in range(days)):
        for hour in range(FIRST_HOUR, LAST_HOUR, WINDOW_HOURS):
            begin = dt.datetime.combine(day, dt.time(hour), zone)
            end = dt.datetime.combine(day, dt.time(hour + WINDOW_HOURS), zone)
            if end - STILL_ENOUGH >= soonest:
                found.append(Span(from_at=max(begin, soonest), until_at=end))
    return found


def free_slots(
    wanted: Iterable[Span],
    plans: Sequence[Plan],
    zone: ZoneInfo,
    *,
    rostered: Collection[dt.date] = (),
    promised: Collection[dt.datetime] = (),
) -> list[FreeSlot]:
    """The windows with somebody free.

    `rostered`: days for which a roster was written. `promised`: appointments of the category's
    orders that nobody has yet.
    """
    found = []
    for window in wanted:
        day = window.from_at.astimezone(zone).date()
        names = [one.name for one in plans if _is_free(one, window, day, day in rostered)]
        waiting = sum(1 for moment in promised if window.meets(_work(moment)))
        if len(names) > waiting:
            found.append(FreeSlot(window=window, names=names))
    return found


def _is_free(plan: Plan, window: Span, day: dt.date, rostered: bool) -> bool:
    return (
        day in plan.licensed_on
        and not any(window.meets(_work(moment)) for moment in plan.appointments)
        and not any(window.meets(away) for away in plan.absences)
        and (not rostered or any(shift.holds(window) for shift in plan.shifts))
    )


def _work(appointment_at: dt.datetime) -> Span:
    return Span(from_at=appointment_at, until_at=appointment_at + SLOT)
