"""How many visits of a month are made on site, and which are drawn for it (R-086, A-10). Pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

#: Five in a hundred, rounded up, in integers: no fraction is ever lost or gained.
ON_SITE_PERCENT, WHOLE = 5, 100


def on_site_due(count: int) -> int:
    """How many of `count` visits are made on site at least; none of none."""
    return (ON_SITE_PERCENT * count + WHOLE - 1) // WHOLE


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A visit that is still to be made. `risk_place`: 100 less its risk, the riskiest lowest."""

    id: uuid.UUID
    risk_place: int
    #: somebody has tried already, or planned it so: it stays as it is
    begun: bool = False


def redrawn(
    wanted: Sequence[Candidate], others: Sequence[Candidate], *, due: int, made: int
) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """What is drawn now and what is let go of: the riskiest come first, whatever came before them.

    `wanted`: drawn, not made yet; `others`: not drawn, in any order; `made`: on site already.
    """
    free = max(0, due - made - len(wanted))
    ranked = sorted((one for one in others if not one.begun), key=_rank)
    drawn, ranked = ranked[:free], ranked[free:]
    # Among what was drawn before, the least risky that nobody has begun makes room.
    leaving = sorted((one for one in wanted if not one.begun), key=_rank, reverse=True)
    let_go = []
    for better, worse in zip(ranked, leaving, strict=False):
        if better.risk_place >= worse.risk_place:
            break
        drawn.append(better)
        let_go.append(worse)
    return [one.id for one in drawn], [one.id for one in let_go]


def _rank(one: Candidate) -> tuple[int, uuid.UUID]:
    return one.risk_place, one.id
