"""A day's figures by themselves, or held against the four weeks before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.reports import evidence_queries, open_now
from server.reports.figures import MEASURES, Asked, Measure
from server.reports.measures import evidence, open_items
from server.reports.measures.case import Case, Figure, by_day, usual
from server.reports.measures.span import DAY, day_span

#: A day that is longer ago has no K-23: what has ended since then would be all there is.
OPEN_KNOWN_DAYS = 92


@dataclass(frozen=True, kw_only=True)
class Held:
    """A figure on its day, and where they were asked for on each of the 28 days before."""

    measure: Measure
    today: Figure
    days: Mapping[dt.date, Figure]
    #: the days before taken together, and the median of those days; None without them
    before: Figure | None
    usual: float | None
    target: float | None


def held(asked: Asked) -> tuple[list[Held], list[Case]]:
    """Every figure of the span's last day beside the days before it, and the cases of K-08."""
    day = asked.span.last
    found: list[Held] = []
    declines: list[Case] = []
    for measure in MEASURES.values():
        if measure.code == "K-23":
            found.append(_open(asked, measure))
        elif measure.code == "K-24":
            found.append(_delayed(asked, measure))
        elif measure.code == "K-20":
            found.append(_from_cases(asked, measure, _judgements(asked, day)))
        else:
            cases = measure.cases(asked)
            if measure.code == "K-08":
                declines = cases
            found.append(_from_cases(asked, measure, cases))
    return found, declines


def _judgements(asked: Asked, day: dt.date) -> list[Case]:
    """K-20 with the findings of the day alone: those of the weeks before are told by their lists."""
    reviews = evidence_queries.reviews(asked.session, asked.estate_id, asked.span)
    one_day = day_span(day, asked.span.zone)
    findings = evidence_queries.findings(asked.session, asked.estate_id, one_day)
    return evidence.evidence(reviews, findings, asked.span)


def _from_cases(asked: Asked, measure: Measure, cases: Sequence[Case]) -> Held:
    by_days = by_day(cases, asked.span)
    earlier = [case for one, found in by_days.items() if one != asked.span.last for case in found]
    days = {one: measure.sum_up(asked, found) for one, found in by_days.items()}
    return _held(asked, measure, days, measure.sum_up(asked, earlier))


def _open(asked: Asked, measure: Measure) -> Held:
    """K-23 by the end of each day; what it is held against is the day before."""
    span = asked.span
    if (span.day_of(asked.now) - span.first).days > OPEN_KNOWN_DAYS:
        nothing = Figure(value=None, counted=0)
        return _held(asked, measure, dict.fromkeys(span.days, nothing), nothing)
    days = open_items.open_by_day(
        [one.opened_at for one in asked.open_items],
        open_now.lives_ended(asked.session, asked.estate_id, span.from_at),
        span,
    )
    return _held(asked, measure, days, days.get(span.last - DAY))


def _delayed(asked: Asked, measure: Measure) -> Held:
    values = evidence_queries.delays_by_day(
        asked.session, asked.estate_id, asked.span, now=asked.now
    )
    earlier = [one for at, found in values.items() if at != asked.span.last for one in found]
    days = {at: evidence.delays_figure(found) for at, found in values.items()}
    return _held(asked, measure, days, evidence.delays_figure(earlier))


def _held(
    asked: Asked, measure: Measure, days: Mapping[dt.date, Figure], before: Figure | None
) -> Held:
    day = asked.span.last
    return Held(
        measure=measure,
        today=days[day],
        days=days,
        before=before if len(days) > 1 else None,
        usual=usual(figure.value for at, figure in days.items() if at != day),
        target=measure.target(asked),
    )
