"""K-05 first-time acceptance, K-06 rework and escalations, K-07 cancellations."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from server.reports.measures.case import (
    COUNT,
    ORDER,
    PERCENT,
    SECONDS,
    Case,
    Figure,
    Part,
    Verdict,
    share,
    share_percent,
)
from server.reports.measures.span import Span

L1, L2 = "L1_cs_manager", "L2_gpm"


class Accepted(NamedTuple):
    """One accepted order. By decision where nobody signed (WO19)."""

    number: str
    accepted_at: dt.datetime
    rework_round: int
    by_decision: bool


class Cancelled(NamedTuple):
    """One order that the customer called off (WO9, WO10), and when its slip was written off."""

    number: str
    cancelled_at: dt.datetime
    written_off_at: dt.datetime | None


def acceptances(orders: Iterable[Accepted]) -> list[Case]:
    """K-05: accepted at the first trial, or after how many rounds of rework (R-060, R-061)."""
    return [
        Case(
            ORDER,
            one.number,
            one.accepted_at,
            Verdict.MET if one.rework_round == 0 else Verdict.MISSED,
            one.rework_round,
            "by_decision" if one.by_decision else "",
        )
        for one in orders
    ]


def acceptances_figure(cases: Sequence[Case]) -> Figure:
    """K-05: with round 0 among all accepted; told, without a target."""
    return share(cases, has_target=False)


def reworks(orders: Iterable[Accepted], levels: Mapping[str, frozenset[str]]) -> list[Case]:
    """K-06: rounds of rework, and how far an order went up on its way (R-062).

    `levels`: order number -> levels of its escalations.
    """
    found = []
    for one in orders:
        went_up = levels.get(one.number, frozenset())
        told = bool(one.rework_round or went_up)
        found.append(
            Case(
                ORDER,
                one.number,
                one.accepted_at,
                Verdict.COUNTED if told else Verdict.BASE,
                one.rework_round,
                "L1+L2" if {L1, L2} <= went_up else "L2" if L2 in went_up else "L1" * bool(went_up),
            )
        )
    return found


def reworks_figure(cases: Sequence[Case]) -> Figure:
    """K-06: rounds of rework for a hundred accepted orders, and the share that went up."""
    rounds = sum(int(case.value or 0) for case in cases)
    first = sum("L1" in case.note for case in cases)
    second = sum("L2" in case.note for case in cases)
    return Figure(
        value=share_percent(rounds, len(cases)),
        counted=len(cases),
        parts=(
            Part("rounds", rounds, COUNT),
            Part("level_1", share_percent(first, len(cases)), PERCENT),
            Part("level_2", share_percent(second, len(cases)), PERCENT),
        ),
    )


def cancellations(
    orders: Iterable[Cancelled],
    issued: Iterable[tuple[str, dt.datetime]],
    span: Span,
    *,
    now: dt.datetime,
) -> list[Case]:
    """K-07: seconds from the cancellation to the write-off, which is to be the same day (R-057).

    `issued`: number and moment of every slip of the time, against which they are counted.
    """
    found = [Case(ORDER, number, at, Verdict.BASE) for number, at in issued]
    for one in orders:
        day = span.day_of(one.cancelled_at)
        closed_on = span.day_of(one.written_off_at or now)
        if closed_on > day:
            verdict = Verdict.MISSED
        else:
            verdict = Verdict.MET if one.written_off_at else Verdict.WAITING
        took_s = (
            (one.written_off_at - one.cancelled_at).total_seconds() if one.written_off_at else None
        )
        found.append(Case(ORDER, one.number, one.cancelled_at, verdict, took_s))
    return found


def cancellations_figure(cases: Sequence[Case]) -> Figure:
    """K-07: called off among those issued; off target where a slip was not in by the day's end."""
    called_off = [case for case in cases if case.verdict is not Verdict.BASE]
    issued = len(cases) - len(called_off)
    in_the_day = share(called_off)
    took = [case.value for case in called_off if case.value is not None]
    return Figure(
        value=share_percent(len(called_off), issued),
        counted=issued,
        missed=in_the_day.missed,
        waiting=in_the_day.waiting,
        off=in_the_day.off,
        parts=(
            Part("cancelled", len(called_off), COUNT),
            Part("same_day", in_the_day.value, PERCENT),
            Part("median", statistics.median(took) if took else None, SECONDS),
        ),
    )
