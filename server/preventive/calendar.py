"""On which days a plan falls due: calendar months from the day on which it starts. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from server.assets.months import MONTHS_A_YEAR, months_after


class Kind(StrEnum):
    """What a plan is about (X-007)."""

    CALL_BACK = "call_back"
    MAINTENANCE = "maintenance"
    SERVICE = "service"


#: A call each month, maintenance each quarter, service each year (X-007).
EVERY_MONTHS = {Kind.CALL_BACK: 1, Kind.MAINTENANCE: 3, Kind.SERVICE: 12}


def next_due(starts_on: dt.date, every_months: int, *, after: dt.date) -> dt.date:
    """The first due day later than `after`.

    Counted from the start each time, so a plan of the 31st comes back to it: 31 January,
    28 February, 31 March.
    """
    apart = (after.year - starts_on.year) * MONTHS_A_YEAR + after.month - starts_on.month
    number = max(0, apart // every_months)
    while (day := months_after(starts_on, number * every_months)) <= after:
        number += 1
    return day


def due_until(
    starts_on: dt.date, every_months: int, next_on: dt.date, today: dt.date
) -> list[dt.date]:
    """The due days from `next_on` to today, oldest first."""
    found: list[dt.date] = []
    day = next_on
    while day <= today:
        found.append(day)
        day = next_due(starts_on, every_months, after=day)
    return found
