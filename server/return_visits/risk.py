"""Where a return visit matters most: facts of a closed order in, explained findings out. Pure.

Every finding is a code with its weight and the values that explain it; the words are the desk's.
The score is the sum of the weights, at most 100, so one more finding never lowers it (R-080).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST = 100

LOW_RATING = "low_rating"
REPEAT_FAULT = "repeat_fault"
GAS = "gas"
WEAK_EVIDENCE = "weak_evidence"
QA_FAILED = "qa_failed"
QA_RETURNED = "qa_returned"
HIGH_PRICE = "high_price"
REWORK = "rework"
UNSIGNED = "unsigned"

#: Work that is dangerous where it was done badly.
GAS_CATEGORIES = frozenset({"gas_water_heater", "gas_stove"})
#: A fault of the same kind in the same dwelling within so many days is the old one come back.
REPEAT_DAYS = 90
#: Of five stars: two are a complaint in waiting, three are no praise.
BAD_STARS, POOR_STARS = 2, 3
#: So many orders make a usual price, and twice of it asks for an explanation.
USUAL_OF, TIMES_USUAL = 5, 2
#: Numbers of orders that stand in one finding; the rest is only counted.
NAMED = 3

WEIGHTS: Mapping[str, int] = {
    LOW_RATING: 40,
    REPEAT_FAULT: 35,
    QA_FAILED: 30,
    GAS: 25,
    WEAK_EVIDENCE: 25,
    HIGH_PRICE: 20,
    QA_RETURNED: 20,
    UNSIGNED: 20,
    REWORK: 15,
}
#: What can be met more than once weighs so much at most.
MOST_OF: Mapping[str, int] = {REPEAT_FAULT: 50, REWORK: 30}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a closed order. Amounts are integer fen."""

    category: str
    charge_fen: int = 0
    #: what the last orders of the category were charged, this one apart
    usual_fen: Sequence[int] = ()
    #: the customer's own scores of 1 to 5, by axis
    stars: Mapping[str, int] = field(default_factory=dict)
    #: numbers of earlier orders of this category in this dwelling, within REPEAT_DAYS
    repeats: Sequence[str] = ()
    #: how suspicious the evidence is, and from where on it is weak
    evidence_score: int = 0
    weak_score: int = 40
    qa_failed: bool = False
    #: steps were sent back by QA, whether redone or not
    qa_returned: bool = False
    rework_rounds: int = 0
    #: refused, absent, dispute; None where the customer signed
    unsigned_reason: str | None = None
    closed_by_decision: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason to visit sooner, and what it is explained by."""

    code: str
    weight: int
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored and goes over the wire."""
        return {"code": self.code, "weight": self.weight, "values": dict(self.values)}


def findings(facts: Facts) -> list[Finding]:
    """Every reason to visit this customer sooner, heaviest first."""
    found = [*_customer(facts), *_quality(facts), *_work(facts)]
    return sorted(found, key=lambda one: (-one.weight, one.code))


def score(found: Sequence[Finding]) -> int:
    """The risk of an order with these findings, 0 to 100."""
    return min(MOST, sum(one.weight for one in found))


def place(found: Sequence[Finding]) -> int:
    """Where it stands in the queue: 100 less the risk, so the riskiest comes first."""
    return MOST - score(found)


def _found(code: str, times: int = 1, **values: Any) -> Iterator[Finding]:
    if times:
        weight = min(MOST_OF.get(code, WEIGHTS[code]), WEIGHTS[code] * times)
        yield Finding(code=code, weight=weight, values=values)


def _customer(facts: Facts) -> Iterator[Finding]:
    if facts.stars:
        axis, least = min(facts.stars.items(), key=lambda one: one[1])
        if least <= POOR_STARS:
            weight = WEIGHTS[LOW_RATING] // (1 if least <= BAD_STARS else 2)
            yield Finding(code=LOW_RATING, weight=weight, values={"stars": least, "axis": axis})
    if facts.unsigned_reason is not None:
        yield from _found(UNSIGNED, why=facts.unsigned_reason)
    elif facts.closed_by_decision:
        yield from _found(UNSIGNED, why="decision")
    yield from _found(REWORK, facts.rework_rounds, rounds=facts.rework_rounds)


def _quality(facts: Facts) -> Iterator[Finding]:
    if facts.evidence_score >= facts.weak_score:
        yield from _found(WEAK_EVIDENCE, score=facts.evidence_score)
    if facts.qa_failed:
        yield from _found(QA_FAILED)
    elif facts.qa_returned:
        yield from _found(QA_RETURNED)


def _work(facts: Facts) -> Iterator[Finding]:
    if facts.category in GAS_CATEGORIES:
        yield from _found(GAS)
    repeats = len(facts.repeats)
    named = list(facts.repeats[:NAMED])
    yield from _found(REPEAT_FAULT, repeats, count=repeats, orders=named, days=REPEAT_DAYS)
    if len(facts.usual_fen) >= USUAL_OF:
        usual_fen = round(statistics.median(facts.usual_fen))
        if 0 < usual_fen * TIMES_USUAL <= facts.charge_fen:
            yield from _found(HIGH_PRICE, charge_fen=facts.charge_fen, usual_fen=usual_fen)
