"""The same fault told twice, and one fault told by many households. Pure.

Both only warn: the desk decides whether a call becomes a request of its own (R-001: it is on
record either way).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.requests.proposing import category_of

#: One unit, one kind of fault, twice within this long: most likely the same fault.
SAME_WITHIN = dt.timedelta(hours=24)
#: So many households on one riser or lift within that time: most likely one cause.
HOUSEHOLDS = 3

WATER, ELECTRIC, LIFT = "water", "electric", "lift"
#: What reaches many households through one riser.
_BY_CATEGORY = {
    "tap_valve": WATER,
    "toilet_tank": WATER,
    "water_pipe_install": WATER,
    "lamp": ELECTRIC,
    "switch": ELECTRIC,
}
_BY_WORDS = (
    (LIFT, ("电梯", "elevator", "the lift")),
    (WATER, ("停水", "没水", "水压", "水管", "漏水", "渗水", "no water", "water pressure")),
    (ELECTRIC, ("停电", "没电", "断电", "跳闸", "no power", "power cut")),
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One request as far as these rules look at it, with the order that came of it."""

    number: str
    state: str
    unit_id: uuid.UUID
    unit_code: str
    category: str | None
    content: str
    registered_at: dt.datetime
    #: neither withdrawn nor done
    under_way: bool
    order: str | None = None
    order_state: str | None = None


@dataclass(frozen=True, kw_only=True)
class SharedFault:
    """Many households of one entrance tell of the same supply."""

    supply: str
    #: of different units, with the one that is calling
    households: int
    #: the first one of each other household
    reports: Sequence[Report]
    #: the order under way that the others may join; None where there is none yet
    master_order: str | None


def supply_of(category: str | None, content: str) -> str | None:
    """Which riser or lift a fault hangs on: water, electric, lift; None for what hangs on none."""
    return _told_supply(content) or _BY_CATEGORY.get(category or category_of(content) or "")


def _told_supply(content: str) -> str | None:
    folded = content.lower()
    return next((supply for supply, words in _BY_WORDS if any(w in folded for w in words)), None)


def double_report(
    reports: Iterable[Report],
    *,
    unit_id: uuid.UUID,
    category: str | None,
    content: str,
    at: dt.datetime,
) -> Report | None:
    """The newest report of this unit's same kind of fault that is still under way; None without.

    A report without a category has the one that its words point to.
    """
    kind = category or category_of(content)
    if kind is None:
        return None
    same = [
        one
        for one in reports
        if one.unit_id == unit_id
        and one.under_way
        and _is_recent(one, at)
        and (one.category or category_of(one.content)) == kind
    ]
    return max(same, key=lambda one: one.registered_at, default=None)


def shared_fault(
    reports: Iterable[Report],
    *,
    unit_id: uuid.UUID,
    category: str | None,
    content: str,
    at: dt.datetime,
) -> SharedFault | None:
    """Many households on one riser or lift, the caller among them; None where they are too few.

    `reports`: of the caller's building and entrance.
    """
    supply = supply_of(category, content)
    if supply is None:
        return None
    same = sorted(
        (
            one
            for one in reports
            if _is_recent(one, at)
            and one.state != "withdrawn"
            and supply_of(one.category, one.content) == supply
        ),
        key=lambda one: one.registered_at,
    )
    households = len({one.unit_id for one in same} | {unit_id})
    if households < HOUSEHOLDS:
        return None
    with_order = [one for one in same if one.order and one.under_way and one.unit_id != unit_id]
    # An order for 停水 is more likely the one for all than an earlier one for a dripping tap.
    with_order.sort(key=lambda one: _told_supply(one.content) != supply)
    first_of_each = {one.unit_id: one for one in reversed(same) if one.unit_id != unit_id}
    return SharedFault(
        supply=supply,
        households=households,
        reports=list(reversed(first_of_each.values())),
        master_order=with_order[0].order if with_order else None,
    )


def _is_recent(one: Report, at: dt.datetime) -> bool:
    return at - SAME_WITHIN <= one.registered_at <= at
