"""K-20 evidence, and K-24 how late the office learns what happened in the field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.reports.measures.case import (
    COUNT,
    ORDER,
    SECONDS,
    Case,
    Figure,
    Part,
    Verdict,
    rank,
    share,
)
from server.reports.measures.span import Span

OUT_OF_LIMIT, DUPLICATE, NO_ISOLATION = "out_of_limit", "duplicate_photo", "no_isolation"
#: What of K-20 was found on accepted orders, beside the judgement of the reviewer.
FINDINGS = (OUT_OF_LIMIT, DUPLICATE, NO_ISOLATION)
#: K-24 names what 95 of 100 reports keep to.
NINETY_FIVE = 95


class Reviewed(NamedTuple):
    """One judgement of an order by QA (R-005)."""

    number: str
    reviewed_at: dt.datetime
    #: passed, returned or failed
    outcome: str


class Found(NamedTuple):
    """Something to know of an accepted order's evidence, and how many times."""

    number: str
    accepted_at: dt.datetime
    what: str
    times: int


class Report(NamedTuple):
    """One thing that a handheld reported of an order: when it was known here, and how late."""

    number: str
    at: dt.datetime
    delay_s: float


def evidence(reviews: Iterable[Reviewed], findings: Iterable[Found], span: Span) -> list[Case]:
    """K-20: how the first judgement of each order went, and what its evidence shows.

    `reviews` are all judgements of orders judged in the span; only a first one counts, on its day.
    """
    first: dict[str, Reviewed] = {}
    for one in reviews:
        known = first.get(one.number)
        if known is None or one.reviewed_at < known.reviewed_at:
            first[one.number] = one
    cases = [
        Case(
            ORDER,
            one.number,
            one.reviewed_at,
            Verdict.MET if one.outcome == "passed" else Verdict.MISSED,
            note=one.outcome,
        )
        for one in first.values()
        if span.from_at <= one.reviewed_at < span.until_at
    ]
    cases += [
        Case(ORDER, one.number, one.accepted_at, Verdict.COUNTED, one.times, one.what)
        for one in findings
    ]
    return cases


def evidence_figure(cases: Sequence[Case]) -> Figure:
    """K-20: passed at the first judgement; the findings are told beside it."""
    judged = share([case for case in cases if case.note not in FINDINGS], has_target=False)
    parts = tuple(
        Part(what, sum(int(case.value or 0) for case in cases if case.note == what), COUNT)
        for what in FINDINGS
    )
    return Figure(value=judged.value, counted=judged.counted, missed=judged.missed, parts=parts)


def delay_s(at: dt.datetime, device_at: dt.datetime) -> float:
    """Seconds from the field to the office; a clock that runs ahead makes none negative (P-18)."""
    return max(0.0, (at - device_at).total_seconds())


def delays(reports: Iterable[Report]) -> list[Case]:
    """K-24: each order with the longest delay that something about it had."""
    longest: dict[str, Report] = {}
    for one in reports:
        known = longest.get(one.number)
        if known is None or one.delay_s > known.delay_s:
            longest[one.number] = one
    return [
        Case(ORDER, one.number, one.at, Verdict.COUNTED, one.delay_s) for one in longest.values()
    ]


def delays_figure(values_s: Sequence[float]) -> Figure:
    """K-24: what 95 % of the reports keep to, and the longest."""
    ordered = sorted(values_s)
    return Figure(
        value=rank(ordered, NINETY_FIVE),
        counted=len(ordered),
        parts=(Part("longest", ordered[-1] if ordered else None, SECONDS),),
    )
