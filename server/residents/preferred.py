"""The times that a customer may wish for: mornings, afternoons and evenings of a week. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAYS = 7
#: part of the day -> the hour at which it begins
PARTS = {"morning": 9, "afternoon": 14, "evening": 18}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One part of one day; `start_at` is when the technician may come at the earliest."""

    start_at: dt.datetime
    day: dt.date
    part: str

    @property
    def key(self) -> str:
        """The value of a form, such as 2026-03-05.morning."""
        return f"{self.day.isoformat()}.{self.part}"


def offered(at: dt.datetime, zone: ZoneInfo) -> list[Slot]:
    """The parts of today that have not begun, and all of the six days that follow."""
    today = at.astimezone(zone).date()
    slots = [
        Slot(start_at=_begins(today + dt.timedelta(days=ahead), hour, zone), day=day, part=part)
        for ahead in range(DAYS)
        for day in [today + dt.timedelta(days=ahead)]
        for part, hour in PARTS.items()
    ]
    return [slot for slot in slots if slot.start_at > at]


def _begins(day: dt.date, hour: int, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=zone).astimezone(dt.UTC)
