"""Which list a slip belongs to, and whether a list was handed over in time. Pure.

The trade names a minute of the clock on the wall (17:30) and days (the 1st): each lasts to its end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

#: R-081: the front desk hands its slips to dispatch.
HAND_OVER_TIME = dt.time(17, 30)
#: The first moment that is after 17:30.
_AFTER = dt.time(17, 31)
_DAY = dt.timedelta(days=1)
#: An order that is over in these ways has no slip of the month, and the list says which (F-11).
GAPS = frozenset({"cancelled", "void"})


def list_day(returned_at: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The day whose list a slip is on: up to 17:30 today's, later tomorrow's (R-081, A-25)."""
    local = returned_at.astimezone(zone)
    return local.date() if local.time() < _AFTER else local.date() + _DAY


def slips_of_day(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """From when until before when slips come back that are on the list of `day`."""
    return _at(day - _DAY, _AFTER, zone), _at(day, _AFTER, zone)


def daily_due(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The last second in which the list of `day` is handed over in time (R-081)."""
    return _at(day, HAND_OVER_TIME.replace(second=59), zone)


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after that of `month`."""
    return (month.replace(day=1) + 32 * _DAY).replace(day=1)


def monthly_due(month: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The end of the 1st after `month` (R-076): orders of its last day come before it (A-08)."""
    return _at(next_month(month), dt.time(23, 59, 59), zone)


def month_over(month: dt.date, now: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether the last day of `month` has passed at the estate."""
    return now.astimezone(zone).date() >= next_month(month)


def in_time(done_at: dt.datetime, due_at: dt.datetime) -> bool:
    """Whether something was done by the end of the second in which it was due."""
    return done_at.replace(microsecond=0) <= due_at


class Number(NamedTuple):
    """One order number of a month or of its closing."""

    number: str
    state: str
    #: the month in which it was closed (P-21)
    closed_in: dt.date | None
    written_off_at: dt.datetime | None


class MonthList(NamedTuple):
    """What F-11 says: slips that are handed over, and every number without one."""

    #: in the order in which they were written off
    orders: list[str]
    #: {number, state}; `later` where it was closed in a later month
    gaps: list[dict[str, str]]


def month_list(numbers: Iterable[Number], month: dt.date) -> MonthList:
    """All numbers of a month: closed in it, or allotted in it and why there is no slip (F-11)."""
    known = sorted(set(numbers))
    slips = [one for one in known if one.closed_in == month]
    slips.sort(key=lambda one: (one.written_off_at is None, one.written_off_at, one.number))
    gaps = [
        {
            "number": one.number,
            "state": one.state if one.closed_in is None else "later",
        }
        for one in known
        if one.closed_in != month and (one.closed_in is None or one.closed_in > month)
    ]
    return MonthList([one.number for one in slips], gaps)


def _at(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC)
