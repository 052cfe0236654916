"""What a reading is worth along the line of numbers: the stretches between its limits.

For showing a reading against its band. It judges nothing itself: every stretch is asked of `weigh`.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from checklists.limits import Measured, weigh
from checklists.run import Answer, Context, Refused, Run
from checklists.template import Json, Step
from checklists.vocabulary import COMPARISONS, Status

ONE = Decimal(1)
_CONTEXT = Context(price_confirmed=True)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One stretch of the line; `low` or `high` None: without end. `status` None: no such reading
    is accepted at all (a guard refuses it)."""

    low: Decimal | None
    high: Decimal | None
    status: Status | None


def stretches(run: Run, step: Step, answer: Answer) -> tuple[Stretch, ...]:
    """The line of numbers of a reading, from the lowest stretch to the highest.

    `answer` is the reading as it was given: limits may speak of its further quantities and of other
    steps of `run`. Empty where the step draws no line at all for this answer.
    """
    points = sorted(set(_points(run, step, answer)))
    if not points:
        return ()
    samples = [points[0] - ONE]
    samples += [(low + high) / 2 for low, high in itertools.pairwise(points)]
    samples += [points[-1] + ONE]
    ends: list[Decimal | None] = [None, *points, None]
    found: list[Stretch] = []
    for sample, low, high in zip(samples, ends, ends[1:], strict=False):
        status = _worth(run, step, answer, sample)
        if found and found[-1].status == status:
            found[-1] = replace(found[-1], high=high)
        else:
            found.append(Stretch(low=low, high=high, status=status))
    return tuple(found) if len(found) > 1 else ()


def _worth(run: Run, step: Step, answer: Answer, value: Decimal) -> Status | None:
    body = {**answer.answer, "value": f"{value:f}"}
    try:
        return weigh(run, step, replace(answer, answer=body), _CONTEXT).status
    except Refused:
        return None


def _points(run: Run, step: Step, answer: Answer) -> Iterator[Decimal]:
    """Every number at which a limit or a guard of this reading may change its mind."""
    limits = step.limits or {}
    measured = Measured(run=run, body=answer.answer)
    for line in (*limits.get("guards", ()), *limits.get("bands", ())):
        for test in line.get("if", ()):
            if test.get("of", "value") == "value":
                yield from _points_of(measured, test)


def _points_of(measured: Measured, test: Json) -> Iterator[Decimal]:
    for comparison in COMPARISONS:
        if (operand := test.get(comparison)) is not None:
            bound = operand if isinstance(operand, str) else measured.resolve(operand)
            if (number := _number(bound)) is not None:
                yield number
    if "within_percent" in test:
        nominal = _number(measured.resolve(test["within_percent"]["of"]))
        if nominal is not None:
            share = Decimal(test["within_percent"]["percent"]) * abs(nominal) / 100
            yield nominal - share
            yield nominal + share


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
