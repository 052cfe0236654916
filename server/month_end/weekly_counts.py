"""What somebody did in a week, counted by what the history says of it (F-18). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

_WEEK = dt.timedelta(days=7)
#: name of a count -> the kinds of history that make it up
COUNTED: dict[str, frozenset[str]] = {
    "registered": frozenset({"request.registered"}),
    "judged": frozenset({"request.judged", "request.judged_to_complaint"}),
    "replied": frozenset({"request.replied"}),
    "issued": frozenset({"order.issued"}),
    "dispatched": frozenset({"order.dispatched", "order.handed_over"}),
    "written_off": frozenset({"order.written_off"}),
    "visits": frozenset({"visit.made"}),
    "complaints": frozenset({"complaint.recorded", "complaint.action", "complaint.explained"}),
    "slips": frozenset({"slips.handed_over", "slips.received"}),
}
KINDS = frozenset(kind for kinds in COUNTED.values() for kind in kinds)


def monday_of(day: dt.date) -> dt.date:
    """The Monday of the week of a day."""
    return day - dt.timedelta(days=day.weekday())


def week(week_on: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """From when until before when a week lasts at the estate."""
    first = dt.datetime.combine(week_on, dt.time.min, zone).astimezone(dt.UTC)
    following = dt.datetime.combine(week_on + _WEEK, dt.time.min, zone).astimezone(dt.UTC)
    return first, following


def counts(by_kind: Mapping[str, int]) -> dict[str, int]:
    """Name -> how many, from the number of rows of each kind of history."""
    return {name: sum(by_kind.get(kind, 0) for kind in kinds) for name, kinds in COUNTED.items()}
