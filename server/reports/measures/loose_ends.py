"""K-19 what is out of the warehouse, K-21 who left before relief, K-22 damage and its settlement."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.reports.measures.case import (
    COUNT,
    DAMAGE,
    INCIDENT,
    MONEY,
    ORDER,
    SECONDS,
    Case,
    Figure,
    Part,
    Verdict,
)


class Drawn(NamedTuple):
    """One line of stock of which something is out."""

    order_number: str
    #: what is out, with whom
    what: str
    since: dt.datetime
    #: a tool that is out for more than a day
    overdue: bool


class Stay(NamedTuple):
    """One incident, and how long whoever found it stayed (R-027)."""

    number: str
    found_at: dt.datetime
    dept_arrived_at: dt.datetime | None
    left_at: dt.datetime | None
    left_early: bool
    closed: bool


class DamageReport(NamedTuple):
    """One report of damage or loss (R-063)."""

    number: str
    reported_at: dt.datetime
    settled_at: dt.datetime | None
    #: what was agreed; None while nothing is, and for whom it is no business
    amount_fen: int | None


def out_of_stock(lines: Iterable[Drawn], *, now: dt.datetime, over: bool) -> list[Case]:
    """K-19: every line that is open. A tool misses the target after its day; once the month is
    `over`, so does whatever went out in it (R-072)."""
    return [
        Case(
            ORDER,
            one.order_number,
            one.since,
            Verdict.MISSED if one.overdue or over else Verdict.WAITING,
            (now - one.since).total_seconds(),
            one.what,
        )
        for one in lines
    ]


def out_of_stock_figure(cases: Sequence[Case], lines: Iterable[Drawn]) -> Figure:
    """K-19: how many lines are open, and of them the tools that are out for more than a day."""
    missed = sum(case.verdict is Verdict.MISSED for case in cases)
    return Figure(
        value=len(cases),
        counted=len(cases),
        missed=missed,
        waiting=len(cases) - missed,
        off=missed > 0,
        parts=(Part("tools_overdue", sum(one.overdue for one in lines), COUNT),),
    )


def stays(incidents: Iterable[Stay]) -> list[Case]:
    """K-21: the incidents of the month; missed where the finder left before help came.

    Beside one of these stands how long before; nothing where help never came.
    """
    return [
        Case(INCIDENT, one.number, one.found_at, _stayed(one), _alone_s(one)) for one in incidents
    ]


def stays_figure(cases: Sequence[Case]) -> Figure:
    """K-21: how many were left before relief; none is the target."""
    early = sum(case.verdict is Verdict.MISSED for case in cases)
    return Figure(
        value=early,
        counted=len(cases),
        missed=early,
        waiting=sum(case.verdict is Verdict.WAITING for case in cases),
        off=early > 0 if cases else None,
    )


def damages(reports: Iterable[DamageReport]) -> list[Case]:
    """K-22: the damage reports of the month, each with the time to its settlement."""
    return [
        Case(
            DAMAGE,
            one.number,
            one.reported_at,
            Verdict.WAITING if one.settled_at is None else Verdict.COUNTED,
            None if one.settled_at is None else (one.settled_at - one.reported_at).total_seconds(),
        )
        for one in reports
    ]


def damages_figure(
    cases: Sequence[Case], reports: Iterable[DamageReport], *, with_amounts: bool
) -> Figure:
    """K-22: how many; the median time to settle and, for those whose business it is, what was
    agreed on (R-063)."""
    times = [case.value for case in cases if case.value is not None]
    parts = [
        Part("settled", len(times), COUNT),
        Part("median_settled", statistics.median(times) if times else None, SECONDS),
    ]
    if with_amounts:
        parts.append(Part("agreed", sum(one.amount_fen or 0 for one in reports), MONEY))
    return Figure(
        value=len(cases),
        counted=len(cases),
        waiting=len(cases) - len(times),
        parts=tuple(parts),
    )


def _stayed(one: Stay) -> Verdict:
    if one.left_early:
        return Verdict.MISSED
    if one.left_at is None and one.dept_arrived_at is None and not one.closed:
        return Verdict.WAITING
    return Verdict.MET


def _alone_s(one: Stay) -> float | None:
    if not one.left_early or one.left_at is None or one.dept_arrived_at is None:
        return None
    return (one.dept_arrived_at - one.left_at).total_seconds()
