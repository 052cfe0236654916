"""Who makes a return visit where nobody has said otherwise (R-083, A-47, RV2). Pure.

What was taken in or handed back at the front desk is visited by the precinct's assistant,
everything else by the dispatch centre. Among several the one with the fewest open visits.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

FRONT_DESK = "front_desk"
PRECINCT_ASSISTANT = "precinct_assistant"
DISPATCH = ("dispatch_assistant", "dispatch_head")


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who may make visits, and how many are still open with him."""

    user_id: uuid.UUID
    username: str
    roles: Collection[str]
    #: the precinct he looks after, where the estate is divided
    precinct: str | None = None
    open_visits: int = 0


def default_visitor(
    visitors: Sequence[Visitor],
    *,
    intake_point: str,
    return_point: str | None,
    precinct: str | None,
) -> Visitor | None:
    """Who is asked by default; None where nobody fits, and the head of dispatch decides."""
    if FRONT_DESK in (intake_point, return_point):
        of_precincts = _with(visitors, PRECINCT_ASSISTANT)
        own = [one for one in of_precincts if precinct is not None and one.precinct == precinct]
        if own or of_precincts:
            return _least_loaded(own or of_precincts)
    for role in DISPATCH:
        if found := _with(visitors, role):
            return _least_loaded(found)
    return None


def _with(visitors: Sequence[Visitor], role: str) -> list[Visitor]:
    return [one for one in visitors if role in one.roles]


def _least_loaded(visitors: Sequence[Visitor]) -> Visitor:
    return min(visitors, key=lambda one: (one.open_visits, one.username))
