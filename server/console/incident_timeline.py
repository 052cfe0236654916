"""Who stayed at an incident from when until when, as bars on one line. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

WIDTH = 600


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Somebody's stay: from `x` on, `width` wide; still there where `until` is None."""

    who: str
    x: float
    width: float
    since: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Stays:
    """The discoverer above, the responsible staff below, on one scale."""

    discoverer: Bar
    department: Bar | None
    begin: dt.datetime
    end: dt.datetime


def stays(
    *,
    found_at: dt.datetime,
    left_at: dt.datetime | None,
    arrived_at: dt.datetime | None,
    over_at: dt.datetime | None,
    now: dt.datetime,
) -> Stays:
    """Both stays in `WIDTH` units; `over_at`: when it was handled or closed (R-027, K-21)."""
    begin = min(one for one in (found_at, arrived_at, left_at) if one)
    known = [one for one in (found_at, left_at, arrived_at, over_at) if one]
    going = left_at is None or (arrived_at is not None and over_at is None)
    end = max(
        *known, *([now] if going and over_at is None else []), begin + dt.timedelta(minutes=1)
    )
    span = (end - begin).total_seconds()

    def bar(who: str, since: dt.datetime, until: dt.datetime | None) -> Bar:
        x = (since - begin).total_seconds() / span * WIDTH
        last = max(until or end, since)
        width = (last - since).total_seconds() / span * WIDTH
        return Bar(who=who, x=round(x, 1), width=round(max(width, 2), 1), since=since, until=until)

    return Stays(
        discoverer=bar("discoverer", found_at, left_at),
        department=bar("department", arrived_at, over_at) if arrived_at else None,
        begin=begin,
        end=end,
    )
