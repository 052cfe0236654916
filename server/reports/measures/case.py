"""What every measure is made of: single cases with a verdict, and the figure they come to."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from server.reports.measures.span import Span

ORDER, REQUEST, INCIDENT = "order", "request", "incident"
COMPLAINT, VISIT, SLIPS, DAMAGE = "complaint", "visit", "slips", "damage"
PERCENT, SECONDS, COUNT = "percent", "seconds", "count"
#: integer fen
MONEY = "fen"
#: whole days
DAYS = "days"


class Verdict(StrEnum):
    """How a case stands against what the figure asks for."""

    MISSED = "missed"
    #: still open, its time not yet over
    WAITING = "waiting"
    #: told by the figure, neither good nor bad
    COUNTED = "counted"
    #: late for a reason that the trade accepts (A-46)
    EXCUSED = "excused"
    MET = "met"
    #: only what the others are counted against
    BASE = "base"


#: What a list shows, and in which order; the rest only counts.
LISTED = (
    Verdict.MISSED,
    Verdict.WAITING,
    Verdict.COUNTED,
    Verdict.EXCUSED,
    Verdict.MET,
)


class Case(NamedTuple):
    """One order or request as a figure sees it."""

    subject: str
    number: str
    #: the moment by which it belongs to a day
    at: dt.datetime
    verdict: Verdict
    #: in the unit of the figure's list; None where nothing can be measured (yet)
    value: float | None = None
    #: what happened, as a word of `figure_note`, or the words of whoever wrote it
    note: str = ""


class Part(NamedTuple):
    """A second number that belongs to a figure."""

    name: str
    value: float | None
    unit: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What the cases of a day or of some weeks come to."""

    #: in the unit of the measure; None where there is nothing to form it from
    value: float | None
    #: over how many cases
    counted: int
    missed: int = 0
    waiting: int = 0
    #: whether the target is missed; None where there is none, or nothing to judge
    off: bool | None = None
    parts: tuple[Part, ...] = ()


def rank(sorted_values: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` of all do not exceed (nearest rank)."""
    if not sorted_values:
        return None
    # Integers: a share of 0.9 is a little more than nine tenths as a float.
    place = -(-percent * len(sorted_values) // 100)
    return sorted_values[max(place, 1) - 1]


def share_percent(part: int, whole: int) -> float | None:
    """A share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def cut(value: float) -> float:
    """One decimal, downwards: 1999 of 2000 must not be shown as all of them."""
    return math.floor(value * 10) / 10


def share(cases: Iterable[Case], *, has_target: bool = True) -> Figure:
    """MET among MET and MISSED; the target is all of them."""
    found = _tally(cases)
    met, missed = found[Verdict.MET], found[Verdict.MISSED]
    excused = found[Verdict.EXCUSED]
    return Figure(
        value=share_percent(met, met + missed),
        counted=met + missed,
        missed=missed,
        waiting=found[Verdict.WAITING],
        off=missed > 0 if has_target and met + missed else None,
        parts=(Part("excused", excused, COUNT),) if excused else (),
    )


def spread(cases: Sequence[Case], *, percent: int, limit_s: float | None) -> Figure:
    """The value that `percent` of the measured cases keep to, beside the median, in seconds."""
    values = sorted(case.value for case in cases if case.value is not None)
    found = _tally(cases)
    high = rank(values, percent)
    return Figure(
        value=high,
        counted=len(values),
        missed=found[Verdict.MISSED],
        waiting=found[Verdict.WAITING],
        off=None if high is None or limit_s is None else high > limit_s,
        parts=(Part("median", statistics.median(values) if values else None, SECONDS),),
    )


def by_day(cases: Iterable[Case], span: Span) -> dict[dt.date, list[Case]]:
    """The cases of every day of the span, also of those without any."""
    found: dict[dt.date, list[Case]] = defaultdict(list)
    for case in cases:
        found[span.day_of(case.at)].append(case)
    return {day: found[day] for day in span.days}


def usual(values: Iterable[float | None]) -> float | None:
    """The median of the days that have a value."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _tally(cases: Iterable[Case]) -> dict[Verdict, int]:
    found = dict.fromkeys(Verdict, 0)
    for case in cases:
        found[case.verdict] += 1
    return found
