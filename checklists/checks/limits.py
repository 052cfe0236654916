"""Limits: decimal text, known comparisons, quantities that exist, and a verdict for every value."""

from collections.abc import Iterator
from typing import Any

from checklists.checks.entries import is_decimal
from checklists.checks.finding import Finding, one_of
from checklists.vocabulary import COMPARISONS, PROVENANCES, Kind, Status
from checklists.wording import REFUSALS

KEYS: dict[Kind, frozenset[str]] = {
    Kind.READING: frozenset({"provenance", "number", "value", "guards", "bands"}),
    Kind.CHOICE: frozenset({"all_of"}),
    Kind.ACTION: frozenset({"same_spec", "if_no"}),
    Kind.CHECK: frozenset({"if_no"}),
    Kind.SAFETY: frozenset({"if_no"}),
    Kind.PHOTO: frozenset(),
    Kind.SIGNOFF: frozenset(),
}
QUANTITIES = ({"field"}, {"step"}, {"step", "field"})


def check(data: dict[str, Any]) -> Iterator[Finding]:
    """Find limits that could not be judged, or leave some value without a verdict."""
    steps = {step["id"]: step for step in data["steps"]}
    for step in data["steps"]:
        if "limits" in step and step["kind"] in list(Kind):
            for what, remedy in _limits(step, step["limits"], steps):
                yield Finding(step=step["id"], what=what, remedy=remedy)


def _limits(step: Any, limits: Any, steps: Any) -> Iterator[tuple[str, str]]:
    known = KEYS[Kind(step["kind"])]
    for key in sorted(limits.keys() - known):
        yield f"limits of a {step['kind']} know no `{key}`", one_of(sorted(known))
    if limits.get("number", "decimal") not in ("decimal", "integer"):
        yield "`number` is unknown", one_of(("decimal", "integer"))
    if limits.get("provenance", "seed") not in PROVENANCES:
        yield "the provenance of the limits is unknown", one_of(PROVENANCES)
    options = {choice["id"] for choice in step.get("choices", ())}
    for choice in limits.get("all_of", ()):
        if choice not in options:
            yield f"`all_of` names no choice of this step: {choice!r}", one_of(sorted(options))
    yield from _lines(step, limits, steps)


def _lines(step: Any, limits: Any, steps: Any) -> Iterator[tuple[str, str]]:
    for guard in limits.get("guards", ()):
        if guard["refuse"] not in REFUSALS:
            yield f"unknown refusal {guard['refuse']!r}", one_of(REFUSALS)
    for line in (*limits.get("bands", ()), *limits.get("if_no", ())):
        if line["status"] not in list(Status):
            yield f"unknown status {line['status']!r}", one_of(Status)
    for line in (*limits.get("guards", ()), *limits.get("bands", ())):
        for test in line.get("if", ()):
            yield from _test(step, test, steps)
    bands = limits.get("bands", ())
    if bands and bands[-1].get("if"):
        yield (
            "the last band has a condition, so some values get no verdict",
            "end with a band without `if`",
        )


def _test(step: Any, test: Any, steps: Any) -> Iterator[tuple[str, str]]:
    if not test.keys() - {"of"}:
        yield f"not a test: {test!r}", one_of(("is", "within_percent", *COMPARISONS))
    if test.get("of", "value") != "value":
        yield from _quantity(step, test["of"], steps)
    for comparison in COMPARISONS:
        operand = test.get(comparison)
        if isinstance(operand, dict):
            yield from _quantity(step, operand, steps)
        elif comparison in test and not is_decimal(operand):
            yield (
                f"`{comparison}: {operand!r}` is not decimal text",
                'write it as "0.40", in quotes',
            )
    if "within_percent" in test:
        share = test["within_percent"]
        if not is_decimal(share["percent"]):
            yield f"`percent: {share['percent']!r}` is not decimal text", 'write it as "15"'
        yield from _quantity(step, share["of"], steps)


def _quantity(step: Any, quantity: Any, steps: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(quantity, dict) or set(quantity) not in QUANTITIES:
        yield f"not a quantity: {quantity!r}"[:120], "use {field}, {step} or {step, field}"
        return
    owner = steps.get(quantity["step"]) if "step" in quantity else step
    if owner is None:
        yield f"there is no step {quantity['step']!r}", "name a step of this checklist"
    elif "field" in quantity:
        names = [field["name"] for field in owner.get("fields", ())]
        if quantity["field"] not in names:
            yield f"{owner['id']} has no field {quantity['field']!r}", one_of(names)
