"""A deadline counted again, step by step: which stretches counted, by which calendar. Pure.

What is shown is what `policy` decides; where both differ, the replay says so instead of hiding it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.deadlines import policy


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One interval, and whether it counted towards the deadline."""

    from_at: dt.datetime
    until_at: dt.datetime
    counted: bool
    #: minutes, appointment, opened, weekend, holiday, working_day, month, days or stated_day
    why: str


@dataclass(frozen=True, kw_only=True)
class Replay:
    """How one deadline came about, and whether it was kept."""

    #: reply, dispatch, acknowledge, arrival, decision, return_visit, silence, complaint_visit or
    #: rectification
    kind: str
    rule: str
    started_at: dt.datetime
    due_at: dt.datetime
    done_at: dt.datetime | None
    stretches: tuple[Stretch, ...]
    #: minutes: every minute counts; calendar: days of the estate's calendar
    calendar: str
    #: what the house had written down, where that is kept
    kept_due_at: dt.datetime | None = None
    #: due by the end of a day: its last second lasts to its end (A-09)
    by_end_of_day: bool = False

    @property
    def in_time(self) -> bool | None:
        """Whether it was done in time; exactly on the second passes. None while it is not done."""
        if self.done_at is None:
            return None
        if self.by_end_of_day:
            return not policy.is_late(self.done_at, self.due_at)
        return policy.in_time(self.done_at, self.due_at)

    @property
    def late_s(self) -> int:
        """Seconds beyond the deadline; 0 where it was kept or is not done."""
        if self.done_at is None:
            return 0
        return max(0, int((self.done_at - self.due_at).total_seconds()))

    @property
    def agrees(self) -> bool:
        """Whether the count of now gives what was written down then."""
        return self.kept_due_at is None or self.kept_due_at == self.due_at


def by_minutes(
    kind: str,
    rule: str,
    started_at: dt.datetime,
    minutes: int,
    *,
    done_at: dt.datetime | None,
    kept_due_at: dt.datetime | None = None,
) -> Replay:
    """A clock that runs day and night (R-051, P-02, P-03)."""
    due_at = policy.reply_due(started_at, minutes)
    return _day_and_night(kind, rule, started_at, due_at, done_at, kept_due_at)


def silence(heard_at: dt.datetime, *, done_at: dt.datetime | None) -> Replay:
    """Two days in which a complainant hears from us, or his complaint is closed (R-119, P-10)."""
    due_at = policy.progress_due(heard_at)
    return _day_and_night("silence", "R-119", heard_at, due_at, done_at)


def complaint_visit(
    verified_at: dt.datetime,
    *,
    done_at: dt.datetime | None,
    kept_due_at: dt.datetime | None = None,
) -> Replay:
    """Three days from what was verified to the word with the complainant, each round (P-11)."""
    due_at = policy.complaint_visit_due(verified_at)
    return _day_and_night("complaint_visit", "P-11", verified_at, due_at, done_at, kept_due_at)


def arrival(
    dispatched_at: dt.datetime,
    appointment_at: dt.datetime,
    grace_minutes: int,
    *,
    done_at: dt.datetime | None,
) -> Replay:
    """The appointment, and the minutes of grace beyond it (R-053, A-03, P-04)."""
    due_at = policy.reply_due(appointment_at, grace_minutes)
    stretches = [
        Stretch(from_at=dispatched_at, until_at=appointment_at, counted=True, why="appointment")
    ]
    if due_at > appointment_at:
        stretches.append(
            Stretch(from_at=appointment_at, until_at=due_at, counted=True, why="minutes")
        )
    return Replay(
        kind="arrival",
        rule="R-053",
        started_at=dispatched_at,
        due_at=due_at,
        done_at=done_at,
        stretches=tuple(stretches),
        calendar="minutes",
    )


def decision(
    opened_at: dt.datetime,
    zone: ZoneInfo,
    *,
    done_at: dt.datetime | None,
    kept_due_at: dt.datetime | None = None,
    holidays: Collection[dt.date] = (),
) -> Replay:
    """18:00 of the next working day: which days were passed over (P-08)."""
    due_at = policy.next_working_day_at(opened_at, zone, holidays=holidays)
    last = due_at.astimezone(zone).date()
    stretches, day = [], opened_at.astimezone(zone).date()
    while day <= last:
        begins, ends = max(opened_at, _midnight(day, zone)), _midnight(day + _DAY, zone)
        first = begins == opened_at
        free = "weekend" if day.weekday() in policy.WEEKEND else "holiday"
        works = day == last
        stretches.append(
            Stretch(
                from_at=begins,
                until_at=due_at if works else ends,
                counted=works,
                why="working_day" if works else "opened" if first else free,
            )
        )
        day += _DAY
    return Replay(
        kind="decision",
        rule="P-08",
        started_at=opened_at,
        due_at=due_at,
        done_at=done_at,
        stretches=tuple(stretches),
        calendar="calendar",
        kept_due_at=kept_due_at,
    )


def return_visit(
    closed_at: dt.datetime,
    zone: ZoneInfo,
    *,
    done_at: dt.datetime | None,
    kept_due_at: dt.datetime | None = None,
) -> Replay:
    """The rest of the month of closing, then ten days of the next, until the customer is first
    spoken with (R-084, A-09)."""
    due_at = policy.return_visit_due(closed_at, zone)
    following = _midnight(due_at.astimezone(zone).date().replace(day=1), zone)
    return Replay(
        kind="return_visit",
        rule="R-084",
        started_at=closed_at,
        due_at=due_at,
        done_at=done_at,
        stretches=(
            Stretch(from_at=closed_at, until_at=following, counted=False, why="month"),
            Stretch(from_at=following, until_at=due_at, counted=True, why="days"),
        ),
        calendar="calendar",
        kept_due_at=kept_due_at,
        by_end_of_day=True,
    )


def rectification(
    rule: str,
    opened_at: dt.datetime,
    due_on: dt.date,
    zone: ZoneInfo,
    *,
    done_at: dt.datetime | None,
) -> Replay:
    """To the end of the day that was stated when it was last said (R-090, R-128, A-31)."""
    due_at = policy.end_of_day(due_on, zone)
    return Replay(
        kind="rectification",
        rule=rule,
        started_at=opened_at,
        due_at=due_at,
        done_at=done_at,
        stretches=(Stretch(from_at=opened_at, until_at=due_at, counted=True, why="stated_day"),),
        calendar="calendar",
        by_end_of_day=True,
    )


def _day_and_night(
    kind: str,
    rule: str,
    started_at: dt.datetime,
    due_at: dt.datetime,
    done_at: dt.datetime | None,
    kept_due_at: dt.datetime | None = None,
) -> Replay:
    return Replay(
        kind=kind,
        rule=rule,
        started_at=started_at,
        due_at=due_at,
        done_at=done_at,
        stretches=(Stretch(from_at=started_at, until_at=due_at, counted=True, why="minutes"),),
        calendar="minutes",
        kept_due_at=kept_due_at,
    )


_DAY = dt.timedelta(days=1)


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
