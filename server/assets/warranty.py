"""Whether a repair is free of charge: dates and a class in, an answer with its ground out. Pure.

A period runs from its date for so many calendar months; its last day is the same day of the month
and still counts, 29 February ends on the 28th (A-44).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.assets.months import months_after


class Basis(StrEnum):
    """How several periods go together (A-44)."""

    #: covered where one of them holds
    EITHER = "either"
    #: over as soon as the first of them is over
    EARLIEST = "earliest"


class Ground(StrEnum):
    """The date from which a period runs."""

    FIRST_USE = "first_use"
    FACTORY = "factory"
    ACCEPTANCE = "acceptance"


class Code(StrEnum):
    """What is charged, and why (X-002)."""

    PAID = "paid"
    IN_WARRANTY = "in_warranty"
    MISUSE = "misuse"
    EXPIRED = "expired"
    ALTERED = "altered"
    GOODWILL = "goodwill"


class Case(StrEnum):
    """What somebody found on site, beside the calendar (X-002, X-003)."""

    MISUSE = "misuse"
    ALTERED = "altered"
    UNUSED_RETURN = "unused_return"
    TRANSPORT_DAMAGE = "transport_damage"
    WRONG_DELIVERY = "wrong_delivery"
    CONFIRMED = "confirmed"


#: Paid whatever the calendar says; the technician on site confirms it (X-002).
PAID_CASES = frozenset({Case.MISUSE, Case.ALTERED})


class WhyNot(StrEnum):
    """Why nothing is free."""

    OVER = "over"
    NOT_BEGUN = "not_begun"
    NO_DATE = "no_date"
    CASE = "case"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a class of things promises; months are None where a date does not count."""

    months_from_use: int | None = None
    months_from_factory: int | None = None
    months_from_acceptance: int | None = None
    basis: Basis = Basis.EITHER


#: One year from first use or two from the factory date, where an asset has no class (X-001).
STANDARD = Terms(months_from_use=12, months_from_factory=24)


@dataclass(frozen=True, kw_only=True)
class Dates:
    """What is known of one asset."""

    first_use_on: dt.date | None = None
    factory_on: dt.date | None = None
    accepted_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Period:
    """One stretch of warranty; both days are covered."""

    ground: Ground
    from_on: dt.date
    months: int
    until_on: dt.date

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in it."""
        return self.from_on <= day <= self.until_on


@dataclass(frozen=True, kw_only=True)
class Entitlement:
    """The answer for one day."""

    asked_on: dt.date
    covered: bool
    code: Code
    #: the last day that is, or was, free; None where no date is known
    until_on: dt.date | None
    #: the period that decides
    ground: Ground | None
    why_not: WhyNot | None
    case: Case | None
    periods: tuple[Period, ...]


def periods_of(terms: Terms, dates: Dates) -> tuple[Period, ...]:
    """The periods whose date is known, the one that begins first in front (X-001, X-004, X-009)."""
    counted = (
        (Ground.FIRST_USE, dates.first_use_on, terms.months_from_use),
        (Ground.FACTORY, dates.factory_on, terms.months_from_factory),
        (Ground.ACCEPTANCE, dates.accepted_on, terms.months_from_acceptance),
    )
    found = (
        Period(ground=ground, from_on=day, months=months, until_on=months_after(day, months))
        for ground, day, months in counted
        if day is not None and months
    )
    return tuple(sorted(found, key=lambda one: (one.from_on, one.until_on, one.ground)))


def entitlement(
    terms: Terms, dates: Dates, day: dt.date, *, case: Case | None = None
) -> Entitlement:
    """Whether a repair that was reported on `day` is free, by which period, or why not.

    `case`: misuse and alteration are paid within any warranty (X-002), the other cases are free
    also without one (X-003).
    """
    periods = periods_of(terms, dates)
    deciding = _deciding(terms.basis, periods, day)
    covered = deciding is not None and _covers(terms.basis, periods, day)
    if case in PAID_CASES:
        code, why_not = Code(case), WhyNot.CASE
    elif covered or case is not None:
        code, why_not = Code.IN_WARRANTY, None
    elif deciding is None:
        code, why_not = Code.PAID, WhyNot.NO_DATE
    elif day > deciding.until_on:
        code, why_not = Code.EXPIRED, WhyNot.OVER
    else:
        code, why_not = Code.PAID, WhyNot.NOT_BEGUN
    return Entitlement(
        asked_on=day,
        covered=code is Code.IN_WARRANTY,
        code=code,
        until_on=deciding.until_on if deciding else None,
        ground=deciding.ground if deciding else None,
        why_not=why_not,
        case=case,
        periods=periods,
    )


def _covers(basis: Basis, periods: Iterable[Period], day: dt.date) -> bool:
    known = list(periods)
    if basis is Basis.EITHER:
        return any(one.holds(day) for one in known)
    # "Earliest" speaks of the end: a period that has not begun yet takes nothing away.
    return min(one.from_on for one in known) <= day <= min(one.until_on for one in known)


def _deciding(basis: Basis, periods: tuple[Period, ...], day: dt.date) -> Period | None:
    """The period that is named: of those that hold the one that lasts longest, else the last one
    that was over, else the first that will begin; with `earliest` the one that ends first."""
    if not periods:
        return None
    if basis is Basis.EARLIEST:
        return min(periods, key=lambda one: one.until_on)
    if holding := [one for one in periods if one.holds(day)]:
        return max(holding, key=lambda one: one.until_on)
    if over := [one for one in periods if one.until_on < day]:
        return max(over, key=lambda one: one.until_on)
    return periods[0]
