"""When a check of a plan is due: weeks from Monday to Sunday, and months of the calendar. Pure.

The rhythm is the estate's day, not the server's: the door says which day it is there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

WEEKLY, MONTHLY = "weekly", "monthly"
DAYS_A_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Period:
    """One week or month: a check of it may be made from `from_on` and is due by `due_on`."""

    from_on: dt.date
    due_on: dt.date

    def overdue(self, today: dt.date) -> bool:
        """Whether the last day on which it could be made in time has passed."""
        return today > self.due_on


def period_of(every: str, day: dt.date) -> Period:
    """The week or month that holds `day` (R-005). Raises ValueError for another rhythm."""
    if every == WEEKLY:
        monday = day - dt.timedelta(days=day.weekday())
        return Period(from_on=monday, due_on=monday + dt.timedelta(days=DAYS_A_WEEK - 1))
    if every == MONTHLY:
        first = day.replace(day=1)
        next_first = (first + dt.timedelta(days=31)).replace(day=1)
        return Period(from_on=first, due_on=next_first - dt.timedelta(days=1))
    raise ValueError(every)


def periods_until(
    every: str, starts_on: dt.date, today: dt.date, *, limit: int
) -> tuple[Period, ...]:
    """The periods of a plan from the one that holds `starts_on` to the present one, newest first.

    At most `limit`; none for a plan that starts in a later period.
    """
    earliest = period_of(every, starts_on)
    period = period_of(every, today)
    found: list[Period] = []
    while period.from_on >= earliest.from_on and len(found) < limit:
        found.append(period)
        period = period_of(every, period.from_on - dt.timedelta(days=1))
    return tuple(found)
