"""Days of the estate's calendar: when they begin, and on which one a moment falls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)
#: The days before a day that it is held against.
FOUR_WEEKS = 28


@dataclass(frozen=True, kw_only=True)
class Span:
    """Whole days of the estate, `first` and `last` included."""

    first: dt.date
    last: dt.date
    zone: ZoneInfo

    @property
    def from_at(self) -> dt.datetime:
        """The first moment that belongs to it."""
        return self._midnight(self.first)

    @property
    def until_at(self) -> dt.datetime:
        """The first moment that does not belong to it any more."""
        return self._midnight(self.last + DAY)

    @property
    def days(self) -> list[dt.date]:
        """Its days in order."""
        return [self.first + DAY * place for place in range((self.last - self.first).days + 1)]

    def day_of(self, moment: dt.datetime) -> dt.date:
        """The estate's day of a moment, which may lie outside."""
        return moment.astimezone(self.zone).date()

    def end_of(self, day: dt.date) -> dt.datetime:
        """The moment at which a day is over."""
        return self._midnight(day + DAY)

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time.min, self.zone).astimezone(dt.UTC)


def day_span(day: dt.date, zone: ZoneInfo) -> Span:
    """One day."""
    return Span(first=day, last=day, zone=zone)


def with_four_weeks(day: dt.date, zone: ZoneInfo) -> Span:
    """A day and the 28 before it."""
    return Span(first=day - FOUR_WEEKS * DAY, last=day, zone=zone)
