"""K-23: what is open without an outcome, by age (R-001)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.reports.measures.case import COUNT, Case, Figure, Part, Verdict
from server.reports.measures.span import DAY, Span

#: K-23: nothing may be open for longer.
OLDEST_DAYS = 30
TOO_OLD = (OLDEST_DAYS + 1) * DAY
#: name -> the greatest age in whole days of the calendar that belongs to it
BUCKETS: dict[str, int | None] = {
    "today": 0,
    "days_3": 3,
    "days_7": 7,
    "days_30": OLDEST_DAYS,
    "older": None,
}


class OpenItem(NamedTuple):
    """A request, order, complaint or incident that has no outcome yet."""

    subject: str
    number: str
    state: str
    opened_at: dt.datetime


class Life(NamedTuple):
    """From when to when something was open."""

    opened_at: dt.datetime
    ended_at: dt.datetime


def age_days(opened_at: dt.datetime, today: dt.date, span: Span) -> int:
    """Whole days of the estate's calendar; what came in today is 0 days old."""
    return (today - span.day_of(opened_at)).days


def bucket_of(days: int) -> str:
    """The bucket of an age."""
    return next(name for name, most in BUCKETS.items() if most is None or days <= most)


def by_bucket(items: Iterable[OpenItem], today: dt.date, span: Span) -> Counter[tuple[str, str]]:
    """(subject, bucket) -> how many."""
    return Counter((one.subject, bucket_of(age_days(one.opened_at, today, span))) for one in items)


def open_cases(items: Iterable[OpenItem], span: Span, *, now: dt.datetime) -> list[Case]:
    """Everything open with its age in seconds; older than 30 days misses the target."""
    today = span.day_of(now)
    return [
        Case(
            one.subject,
            one.number,
            one.opened_at,
            Verdict.MISSED
            if age_days(one.opened_at, today, span) > OLDEST_DAYS
            else Verdict.COUNTED,
            (now - one.opened_at).total_seconds(),
            one.state,
        )
        for one in items
    ]


def open_by_day(
    opened_at: Iterable[dt.datetime], ended: Iterable[Life], span: Span
) -> dict[dt.date, Figure]:
    """How much was open when each day ended, from what is open now and what has ended since.

    `ended` must hold everything that ended in the span or later.
    """
    lives = list(ended)
    openings = sorted([*opened_at, *(life.opened_at for life in lives)])
    endings = sorted(life.ended_at for life in lives)
    # Those that had grown too old within the span leave the old ones with their end.
    turned = ((life.ended_at, span.day_of(life.opened_at) + TOO_OLD) for life in lives)
    old_endings = [
        (ended_at, turned_on) for ended_at, turned_on in turned if turned_on <= span.last
    ]
    found = {}
    for day in span.days:
        end = span.end_of(day)
        total = bisect_left(openings, end) - bisect_left(endings, end)
        old = bisect_left(openings, span.end_of(day - TOO_OLD)) - sum(
            ended_at < end and turned_on <= day for ended_at, turned_on in old_endings
        )
        found[day] = _figure(total, old)
    return found


def open_figure(cases: Sequence[Case]) -> Figure:
    """What is open now; the target is none older than 30 days."""
    return _figure(len(cases), sum(case.verdict is Verdict.MISSED for case in cases))


def _figure(total: int, old: int) -> Figure:
    return Figure(
        value=total, counted=total, missed=old, off=old > 0, parts=(Part("older", old, COUNT),)
    )
