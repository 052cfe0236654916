"""K-09 visits by the 10th, K-10 the share on site, K-11 spot checks, K-14 satisfaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.deadlines.policy import is_late
from server.reports.measures.case import (
    COUNT,
    ORDER,
    Case,
    Figure,
    Part,
    Verdict,
    share,
    share_percent,
)

#: R-086: so many of a hundred are visited at their door.
ON_SITE_PERCENT = 5
#: R-086: from this day of the month on it counts that they are behind.
BEHIND_FROM = 25
#: R-089: spot checks of each manager in a month.
SPOT_CHECKS = 3


class Visited(NamedTuple):
    """One order of a month's cohort with its visit: what the customer said first (A-13)."""

    number: str
    closed_at: dt.datetime
    category: str
    due_at: dt.datetime
    #: None while nobody has spoken with the customer
    visited_at: dt.datetime | None
    on_site: bool
    satisfied: bool | None
    cause: str | None


class Checked(NamedTuple):
    """One spot check of a return visit."""

    #: order or complaint, and its number
    subject: str
    number: str
    at: dt.datetime
    checker: uuid.UUID
    agrees: bool
    #: the checker made the visit himself, which does not count (A-11)
    own: bool


class Holder(NamedTuple):
    """A manager who has quotas to reach."""

    who: uuid.UUID
    name: str
    #: cs_manager or gpm
    role: str


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What the holders of one seat have to do together in a month, and have done (A-20)."""

    #: who did something of it; where nobody did, who had the seat
    name: str
    role: str
    done: int
    needed: int
    #: how many there were to do; None where there is no want of them
    available: int | None = None

    @property
    def attainable(self) -> bool:
        """Whether there were enough to do (A-12)."""
        return self.available is None or self.available >= self.needed

    @property
    def short(self) -> bool:
        """Whether it is missed, and could have been reached."""
        return self.done < self.needed and self.attainable


def needed_on_site(cohort: int) -> int:
    """K-10: five of a hundred, rounded up; none of none (R-086, A-10)."""
    return (ON_SITE_PERCENT * cohort + 99) // 100


def by_the_tenth(orders: Iterable[Visited], *, now: dt.datetime) -> list[Case]:
    """K-09: every order of the cohort; on the 11th at midnight it is too late (R-084, A-09)."""
    return [
        Case(
            ORDER,
            one.number,
            one.closed_at,
            _in_time(one.visited_at, one.due_at, now),
            (one.visited_at - one.closed_at).total_seconds() if one.visited_at else None,
        )
        for one in orders
    ]


def by_the_tenth_figure(cases: Sequence[Case]) -> Figure:
    """K-09: done in time among all that are due; who could not be reached stays in (RV4)."""
    found = share(cases)
    open_still = found.waiting
    met = found.counted - found.missed
    return Figure(
        value=share_percent(met, len(cases)),
        counted=len(cases),
        missed=found.missed,
        waiting=open_still,
        # While the 10th is to come, what is still open is no miss.
        off=found.missed > 0 if found.missed or (not open_still and cases) else None,
    )


def on_site(orders: Iterable[Visited]) -> list[Case]:
    """K-10: who was visited at the door, among the whole cohort (A-10)."""
    return [
        Case(ORDER, one.number, one.closed_at, Verdict.MET if one.on_site else Verdict.BASE)
        for one in orders
    ]


def on_site_figure(cases: Sequence[Case], *, counts: bool) -> Figure:
    """K-10: the share, against the number that is needed; `counts` from the 25th on (R-086)."""
    made = sum(case.verdict is Verdict.MET for case in cases)
    needed = needed_on_site(len(cases))
    enough = made >= needed
    return Figure(
        value=share_percent(made, len(cases)),
        counted=len(cases),
        missed=max(0, needed - made),
        off=None if not cases or not (enough or counts) else not enough,
        parts=(Part("on_site", made, COUNT), Part("needed", needed, COUNT)),
    )


def spot_checks(checks: Iterable[Checked]) -> list[Case]:
    """K-11: every check, with what came of it; the checker's own visits are left out (A-11)."""
    return [
        Case(
            one.subject,
            one.number,
            one.at,
            Verdict.COUNTED,
            note="agrees" if one.agrees else "differs",
        )
        for one in checks
        if not one.own
    ]


def spot_check_quotas(holders: Iterable[Holder], checks: Iterable[Checked]) -> list[Quota]:
    """K-11: three each, the CS manager and the general manager (R-089)."""
    made = Counter(one.checker for one in checks if not one.own)
    return [
        Quota(name=name, role=role, done=done, needed=SPOT_CHECKS)
        for role, name, done in by_seat(holders, made)
    ]


def by_seat(holders: Iterable[Holder], made: Mapping[uuid.UUID, int]) -> list[tuple[str, str, int]]:
    """Role, names and how many were made, of each seat: whoever follows another or stands in for
    him in the month counts with him, and so does the resident manager with the general (A-20)."""
    seats: dict[str, list[Holder]] = {}
    for one in holders:
        seats.setdefault(one.role, []).append(one)
    found = []
    for role, those in seats.items():
        told = [one.name for one in those if made.get(one.who)] or [one.name for one in those]
        found.append((role, "、".join(told), sum(made.get(one.who, 0) for one in those)))
    return found


def quotas_figure(cases: Sequence[Case], quotas: Sequence[Quota], *, over: bool) -> Figure:
    """K-11, K-12: how many were made, and how many seats are short of theirs.

    Before the month is `over` nobody is.
    """
    short = sum(one.short for one in quotas) if over else 0
    unattainable = sum(not one.attainable and one.done < one.needed for one in quotas)
    off = short > 0 if over or not any(one.short for one in quotas) else None
    return Figure(
        value=sum(case.verdict is not Verdict.BASE for case in cases),
        counted=len(cases),
        missed=short,
        off=off if quotas else None,
        parts=(Part("not_attainable", unattainable, COUNT),) if unattainable else (),
    )


def satisfaction(orders: Iterable[Visited]) -> list[Case]:
    """K-14: what the customers said, the dissatisfied with the cause (R-095)."""
    return [
        Case(
            ORDER,
            one.number,
            one.closed_at,
            Verdict.MET if one.satisfied else Verdict.COUNTED,
            note="" if one.satisfied else one.cause or "other",
        )
        for one in orders
        if one.satisfied is not None
    ]


def satisfaction_figure(cases: Sequence[Case]) -> Figure:
    """K-14: satisfied among those who were visited; told, without a target."""
    satisfied = sum(case.verdict is Verdict.MET for case in cases)
    return Figure(
        value=share_percent(satisfied, len(cases)),
        counted=len(cases),
        parts=(Part("dissatisfied", len(cases) - satisfied, COUNT),),
    )


@dataclass(frozen=True, kw_only=True)
class OfItem:
    """What was said about one kind of repair."""

    item: str
    orders: int
    satisfied: int
    dissatisfied: int
    causes: tuple[tuple[str, int], ...]


def by_item(orders: Iterable[Visited]) -> list[OfItem]:
    """K-14: by item and cause, the item with most orders first."""
    counted, happy, unhappy = Counter[str](), Counter[str](), Counter[str]()
    causes: dict[str, Counter[str]] = {}
    for one in orders:
        counted[one.category] += 1
        if one.satisfied is None:
            continue
        if one.satisfied:
            happy[one.category] += 1
        else:
            unhappy[one.category] += 1
            causes.setdefault(one.category, Counter())[one.cause or "other"] += 1
    return [
        OfItem(
            item=item,
            orders=count,
            satisfied=happy[item],
            dissatisfied=unhappy[item],
            causes=tuple(ranked(causes.get(item, Counter()))),
        )
        for item, count in ranked(counted)
    ]


def causes_of(orders: Iterable[Visited]) -> list[tuple[str, int]]:
    """K-14: why customers were dissatisfied, over all items (R-095)."""
    return ranked(Counter(one.cause or "other" for one in orders if one.satisfied is False))


def ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; of as many, by name."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _in_time(visited_at: dt.datetime | None, due_at: dt.datetime, now: dt.datetime) -> Verdict:
    if visited_at is None:
        return Verdict.MISSED if is_late(now, due_at) else Verdict.WAITING
    return Verdict.MISSED if is_late(visited_at, due_at) else Verdict.MET
