"""K-17: the front desk's slips by 17:30, the month's by the 1st (R-081, R-076)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.deadlines.policy import is_late
from server.reports.measures.case import SLIPS, Case, Figure, Verdict, share


class List(NamedTuple):
    """One list of slips that was due: of a day on which slips came back, or of the month."""

    #: 2025-03-05, or 2025-03
    period: str
    due_at: dt.datetime
    #: None while it was not handed over
    given_at: dt.datetime | None


def lists(due: Iterable[List], *, now: dt.datetime) -> list[Case]:
    """K-17: every list, with the seconds by which it came late (early ones negative)."""
    found = []
    for one in due:
        if one.given_at is None:
            verdict = Verdict.MISSED if is_late(now, one.due_at) else Verdict.WAITING
            found.append(Case(SLIPS, one.period, one.due_at, verdict))
            continue
        verdict = Verdict.MISSED if is_late(one.given_at, one.due_at) else Verdict.MET
        after_s = (one.given_at - one.due_at).total_seconds()
        found.append(Case(SLIPS, one.period, one.due_at, verdict, after_s))
    return found


def lists_figure(cases: Sequence[Case]) -> Figure:
    """K-17: the target is every one of them."""
    return share(cases)
