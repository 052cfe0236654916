"""Counting in calendar months. Pure."""

from __future__ import annotations

import datetime as dt

MONTHS_A_YEAR = 12


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the month's last day where it has no such day (A-44)."""
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    following = dt.date(day.year + years, month + 1, 28) + dt.timedelta(days=4)
    last = following.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
