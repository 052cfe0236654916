"""Shifts by the clock on the wall: named patterns, the days of a week, copying. Pure.

A shift is planned in the estate's time of day and kept as two moments. Where the clocks change in
between, it lasts an hour less or more; its hands stand where they were planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

WEEK = 7
#: Longer than this nobody is on duty at a stretch; `queries.on_duty_at` relies on it.
LONGEST = dt.timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A shift that has a name."""

    begins: dt.time
    ends: dt.time


PATTERNS = {
    "early": Pattern(begins=dt.time(8), ends=dt.time(16)),
    "late": Pattern(begins=dt.time(14), ends=dt.time(22)),
    "night": Pattern(begins=dt.time(22), ends=dt.time(6)),
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """From one moment until another, which does not belong to it any more."""

    from_at: dt.datetime
    until_at: dt.datetime

    def overlaps(self, other: Span) -> bool:
        """Whether both hold at some moment."""
        return self.from_at < other.until_at and other.from_at < self.until_at


def shift_on(day: dt.date, begins: dt.time, ends: dt.time, zone: ZoneInfo) -> Span:
    """The shift that begins on `day`; one that does not end later than it begins runs past midnight.

    A time that the clocks skip is taken as if they had not been changed yet; of one that they show
    twice, the first counts.
    """
    last = day if ends > begins else day + dt.timedelta(days=1)
    return Span(from_at=_moment(day, begins, zone), until_at=_moment(last, ends, zone))


def pattern_of(span: Span, zone: ZoneInfo) -> str | None:
    """The name of a shift; None where it follows no pattern."""
    begins, ends = span.from_at.astimezone(zone), span.until_at.astimezone(zone)
    for name, one in PATTERNS.items():
        if (begins.time(), ends.time()) == (one.begins, one.ends):
            return name
    return None


def days_later(span: Span, days: int, zone: ZoneInfo) -> Span:
    """The same shift by the clock on the wall, `days` later."""
    begins, ends = span.from_at.astimezone(zone), span.until_at.astimezone(zone)
    move = dt.timedelta(days=days)
    return Span(
        from_at=_moment(begins.date() + move, begins.time(), zone),
        until_at=_moment(ends.date() + move, ends.time(), zone),
    )


def monday_of(day: dt.date) -> dt.date:
    """The first day of the week in which `day` lies."""
    return day - dt.timedelta(days=day.weekday())


def days_of(monday: dt.date) -> list[dt.date]:
    """The seven days of a week."""
    return [monday + dt.timedelta(days=number) for number in range(WEEK)]


def whole_days(first: dt.date, days: int, zone: ZoneInfo) -> Span:
    """From midnight of `first`, `days` long by the calendar."""
    return Span(
        from_at=_moment(first, dt.time.min, zone),
        until_at=_moment(first + dt.timedelta(days=days), dt.time.min, zone),
    )


def clash(span: Span, others: Iterable[Span]) -> Span | None:
    """The first of `others` that overlaps; None where the time is free."""
    return next((one for one in others if one.overlaps(span)), None)


def _moment(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC)
