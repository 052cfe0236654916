"""When an appliance had better be exchanged, and how long it has been in repair. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

#: A second failed repair of one fault (X-010).
FAILURES = 2
#: Older than this an open repair is no repair any more (X-011).
OPEN_DAYS = 60


class Why(StrEnum):
    """The reason of a proposal."""

    REPEAT_REPAIR = "repeat_repair"
    OPEN_60_DAYS = "open_60_days"


@dataclass(frozen=True, kw_only=True)
class Repair:
    """One order about an asset, as far as it says whether its repair held."""

    number: str
    #: orders of one category are about the same fault
    category: str
    reported_at: dt.datetime
    #: when the customer signed; None while it is open
    restored_at: dt.datetime | None
    #: how often the customer turned the work down
    turned_down: int


def failed_repairs(repairs: Iterable[Repair], number: str, *, within_days: int) -> int:
    """How often the fault of order `number` was repaired in vain until now (X-010).

    Each trial that the customer turned down counts once, and each signed repair after which the
    same fault was reported again within `within_days`.
    """
    known = {one.number: one for one in repairs}
    this = known[number]
    span = dt.timedelta(days=within_days)
    same = sorted(
        (one for one in known.values() if one.category == this.category),
        key=lambda one: (one.reported_at, one.number),
    )
    failed, following = 0, this
    for one in reversed(same[: same.index(this) + 1]):
        ended = one.restored_at
        if one is not this:
            # A chain of repairs of one fault: a longer rest between two of them ends it.
            if ended is None or not ended <= following.reported_at <= ended + span:
                continue
            failed += 1
        failed += one.turned_down
        following = one
    return failed


def days_in_repair(repairs: Iterable[Repair], zone: ZoneInfo, *, at: dt.datetime) -> int:
    """On how many days of the calendar the asset was in repair, each counted once (X-012)."""
    days: set[dt.date] = set()
    for one in repairs:
        first = one.reported_at.astimezone(zone).date()
        last = (one.restored_at or at).astimezone(zone).date()
        days |= {first + dt.timedelta(days=n) for n in range((last - first).days + 1)}
    return len(days)
