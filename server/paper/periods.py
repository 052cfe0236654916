"""The keys by which forms of a period are asked for. Pure."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from server.errors import NotFound

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DECEMBER = 12
_FIRST_YEAR = 2000


def month_of_key(text: str) -> dt.date:
    """The first day of a month written as 2025-03. Raises NotFound for anything else."""
    found = _MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= _DECEMBER or not _holds(int(found[1])):
        raise NotFound("no-such-month", f"没有这个月份:{text}。", f"There is no month {text}.")
    return dt.date(int(found[1]), int(found[2]), 1)


def day_of_key(text: str) -> dt.date:
    """A day written as 2025-03-05. Raises NotFound for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not _holds(day.year):
        raise NotFound("no-such-day", f"没有这一天:{text}。", f"There is no day {text}.")
    return day


def month_bounds(text: str, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a month of the estate's calendar, and that of the next."""
    first = month_of_key(text)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return _midnight(first, zone), _midnight(following, zone)


def day_bounds(text: str, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a day at the estate, and that of the next."""
    day = day_of_key(text)
    return _midnight(day, zone), _midnight(day + dt.timedelta(days=1), zone)


def _holds(year: int) -> bool:
    """Whether the months around those of a year are months too, in every zone."""
    return _FIRST_YEAR <= year < dt.MAXYEAR


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
