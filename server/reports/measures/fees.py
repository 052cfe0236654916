"""K-18: fees by category and payment method, and whether the notices say what the orders say."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from server.reports.measures.case import MONEY, ORDER, Case, Figure, Part, Verdict
from server.reports.measures.visits import ranked

BY_NOTICE = "monthly_notice"


class Fee(NamedTuple):
    """One order that is billed: registered, and nothing holds it (A-15)."""

    number: str
    at: dt.datetime
    category: str
    payment_method: str
    #: as finance's book and the month's report have it (F-08)
    charge_fen: int
    #: what the order says now
    order_charge_fen: int
    #: what the fee notice asks for it; None where it is on none
    noticed_fen: int | None


def fees(entries: Iterable[Fee], *, issued: bool) -> list[Case]:
    """K-18: every order; missed where its notice says another amount or lacks it (R-077).

    Before the notices of the month are `issued` none can be wrong.
    """
    found = []
    for one in entries:
        wrong = issued and (one.noticed_fen or 0) != _owed(one)
        verdict = Verdict.MISSED if wrong else Verdict.COUNTED
        found.append(Case(ORDER, one.number, one.at, verdict, one.charge_fen, one.payment_method))
    return found


def fees_figure(cases: Sequence[Case], entries: Iterable[Fee], *, issued: bool) -> Figure:
    """K-18: the sum; beside it what the notices say more or less than the orders, to be 0."""
    difference = None
    if issued:
        known = list(entries)
        difference = sum((one.noticed_fen or 0) - _owed(one) for one in known)
    wrong = sum(case.verdict is Verdict.MISSED for case in cases)
    return Figure(
        value=sum(int(case.value or 0) for case in cases),
        counted=len(cases),
        missed=wrong,
        off=wrong > 0 if issued else None,
        parts=(Part("difference", difference, MONEY),) if issued else (),
    )


def by_kind(entries: Iterable[Fee]) -> Mapping[str, list[tuple[str, int]]]:
    """K-18: fen by category and by payment method, the greatest sum first."""
    category, method = Counter[str](), Counter[str]()
    for one in entries:
        category[one.category] += one.charge_fen
        method[one.payment_method] += one.charge_fen
    return {"category": ranked(category), "payment_method": ranked(method)}


def _owed(one: Fee) -> int:
    return one.order_charge_fen if one.payment_method == BY_NOTICE else 0
