"""K-01 replies in time and K-08 declines, over what was registered."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.deadlines.policy import in_time
from server.reports.measures.case import REQUEST, Case, Figure, Verdict, share, share_percent


class Intake(NamedTuple):
    """One request as K-01 sees it."""

    number: str
    registered_at: dt.datetime
    reply_due_at: dt.datetime
    replied_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class ReplyInTime:
    """K-01: replies within 15 minutes among all intakes (R-051)."""

    intakes: int
    in_time: int
    #: (number, seconds late); None while there is no reply and the time has passed
    breaches: tuple[tuple[str, int | None], ...]


def reply_in_time(intakes: Iterable[Intake], *, now: dt.datetime) -> ReplyInTime:
    """K-01 over intakes; one that still has time counts as neither in time nor a breach."""
    counted = in_time_count = 0
    breaches: list[tuple[str, int | None]] = []
    for intake in intakes:
        counted += 1
        verdict = _reply_verdict(intake, now)
        if verdict is Verdict.MET:
            in_time_count += 1
        elif verdict is Verdict.MISSED and intake.replied_at is None:
            breaches.append((intake.number, None))
        elif verdict is Verdict.MISSED and intake.replied_at is not None:
            late = intake.replied_at - intake.reply_due_at
            breaches.append((intake.number, -(-late // dt.timedelta(seconds=1))))
    return ReplyInTime(intakes=counted, in_time=in_time_count, breaches=tuple(breaches))


def replies(intakes: Iterable[Intake], *, now: dt.datetime) -> list[Case]:
    """K-01: every intake, with the seconds until its first reply."""
    return [
        Case(
            REQUEST,
            one.number,
            one.registered_at,
            _reply_verdict(one, now),
            (one.replied_at - one.registered_at).total_seconds() if one.replied_at else None,
        )
        for one in intakes
    ]


def replies_figure(cases: Sequence[Case]) -> Figure:
    """K-01: the target is every one of them (R-051)."""
    return share(cases)


def declines(intakes: Iterable[Intake], items: Mapping[str, str]) -> list[Case]:
    """K-08: `items` names what was asked for, by the number of the declined request (R-032)."""
    return [
        Case(REQUEST, one.number, one.registered_at, Verdict.COUNTED, note=items[one.number])
        if one.number in items
        else Case(REQUEST, one.number, one.registered_at, Verdict.BASE)
        for one in intakes
    ]


def declines_figure(cases: Sequence[Case]) -> Figure:
    """K-08: the declined among all intakes."""
    declined = sum(case.verdict is Verdict.COUNTED for case in cases)
    return Figure(value=share_percent(declined, len(cases)), counted=len(cases))


def unmet_demand(cases: Iterable[Case], *, most: int = 10) -> list[tuple[str, int]]:
    """K-08, R-032: what was asked for in vain, the most wanted first."""
    counted = Counter(case.note for case in cases if case.verdict is Verdict.COUNTED)
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most]


def _reply_verdict(intake: Intake, now: dt.datetime) -> Verdict:
    if intake.replied_at is None:
        # until the second on which it is due it may still be in time.
        return Verdict.WAITING if in_time(now, intake.reply_due_at) else Verdict.MISSED
    return Verdict.MET if in_time(intake.replied_at, intake.reply_due_at) else Verdict.MISSED
