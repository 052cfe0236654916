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
LINE_KEYS: dict[str, frozenset[str]] = {
    "guards": frozenset({"if", "refuse", "rule"}),
    "bands": frozenset({"if", "status", "band", "rule", "overridable"}),
    "if_no": frozenset({"when", "status", "band"}),
}
TEST_KEYS = frozenset({"of", "is", "within_percent", *COMPARISONS})
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
    for key, line_keys in LINE_KEYS.items():
        for line in limits.get(key, ()):
            yield from _line(step, key, line, line_keys, steps)
    bands = limits.get("bands", ())
    if bands and isinstance(bands[-1], dict) and bands[-1].get("if"):
        yield (
            "the last band has a condition, so some values get no verdict",
            "end with a band without `if`",
        )


def _line(
    step: Any, key: str, line: Any, line_keys: frozenset[str], steps: Any
) -> Iterator[tuple[str, str]]:
    if not isinstance(line, dict) or line.keys() - line_keys:
        yield f"a line of `{key}` is malformed: {line!r}"[:120], one_of(sorted(line_keys))
        return
    if key == "guards" and line.get("refuse") not in REFUSALS:
        yield f"unknown refusal {line.get('refuse')!r}", one_of(REFUSALS)
    if key != "guards" and line.get("status") not in list(Status):
        yield f"unknown status {line.get('status')!r}", one_of(Status)
    tests = line.get("if", [])
    if not isinstance(tests, list):
        yield f"`if` of `{key}` is not a list of tests", 'write `if: [{lt: "0.40"}]`'
        return
    for test in tests:
        yield from _test(step, test, steps)


def _test(step: Any, test: Any, steps: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(test, dict) or not test or test.keys() - TEST_KEYS or set(test) == {"of"}:
        yield f"not a test: {test!r}"[:120], one_of(sorted(TEST_KEYS))
        return
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
        if not isinstance(share, dict) or not is_decimal(share.get("percent")):
            yield "`within_percent` is malformed", 'write {percent: "15", of: {step, field}}'
        else:
            yield from _quantity(step, share.get("of"), steps)


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
