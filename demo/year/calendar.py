"""When things happen in the year: more by day than by night, more in summer heat. Pure."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from zoneinfo import ZoneInfo

#: Share of calls by hour of the day.
_HOURS = (1, 1, 1, 1, 1, 1, 3, 7, 12, 14, 12, 9, 6, 7, 9, 9, 9, 8, 9, 9, 8, 5, 3, 2)
#: Categories, and how often each is called for in winter and in summer.
CATEGORIES: tuple[tuple[str, int, int], ...] = (
    ("lamp", 20, 16),
    ("switch", 10, 9),
    ("tap_valve", 22, 20),
    ("gas_water_heater", 14, 4),
    ("gas_stove", 8, 6),
    ("toilet_tank", 16, 14),
    ("air_conditioner", 4, 26),
    ("water_pipe_install", 3, 3),
    ("household_other", 3, 2),
)
_SUMMER = frozenset({6, 7, 8, 9})
_DECEMBER = 12


@dataclass(frozen=True)
class Month:
    """One month of the estate's calendar, as its first day."""

    first: dt.date

    @property
    def following(self) -> Month:
        """The next one."""
        year, month = self.first.year, self.first.month
        return Month(dt.date(year + 1, 1, 1) if month == _DECEMBER else dt.date(year, month + 1, 1))

    @property
    def key(self) -> str:
        """As it stands in numbers: 202503."""
        return f"{self.first:%Y%m}"


def months_until(now: dt.datetime, zone: ZoneInfo, count: int) -> list[Month]:
    """The last `count` months, the one of `now` being the last."""
    month = Month(now.astimezone(zone).date().replace(day=1))
    found = [month]
    while len(found) < count:
        before = (found[0].first - dt.timedelta(days=1)).replace(day=1)
        found.insert(0, Month(before))
    return found


def calls(
    month: Month, count: int, zone: ZoneInfo, dice: random.Random, *, until: dt.datetime
) -> list[dt.datetime]:
    """When `count` calls come in over a month, or its part until today, in order of time; of
    today's those after `until` are still to come."""
    past = until.astimezone(zone).date() - month.first
    days = min((month.following.first - month.first).days, past.days + 1)
    found = []
    for _ in range(count):
        day = month.first + dt.timedelta(days=dice.randrange(days))
        hour = dice.choices(range(24), _HOURS)[0]
        local = dt.datetime(
            day.year,
            day.month,
            day.day,
            hour,
            dice.randrange(60),
            dice.randrange(60),
            tzinfo=zone,
        )
        found.append(local.astimezone(dt.UTC))
    return sorted(moment for moment in found if moment <= until)


def category(month: Month, dice: random.Random) -> str:
    """What is called for, by the season."""
    summer = month.first.month in _SUMMER
    weights = [warm if summer else cold for _, cold, warm in CATEGORIES]
    return dice.choices([name for name, *_ in CATEGORIES], weights)[0]
