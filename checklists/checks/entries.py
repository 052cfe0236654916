"""What a step asks for must fit its kind: units for readings, options for choices, and so on."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from checklists.checks.finding import Finding, one_of
from checklists.reading import DECIMAL
from checklists.vocabulary import Kind, Status

ONLY_FOR: dict[str, frozenset[Kind]] = {
    "unit": frozenset({Kind.READING}),
    "unit_also": frozenset({Kind.READING}),
    "choices": frozenset({Kind.CHOICE}),
    "multiple": frozenset({Kind.CHOICE}),
    "locks": frozenset({Kind.SAFETY}),
    "lock_needs_photo": frozenset({Kind.SAFETY}),
    "releases": frozenset({Kind.ACTION}),
    "repeat": frozenset({Kind.ACTION, Kind.CHOICE}),
    "child": frozenset({Kind.ACTION}),
}


def check(data: dict[str, Any]) -> Iterator[Finding]:
    """Find entries that do not belong to the kind of their step."""
    for step in data["steps"]:
        if step["kind"] not in list(Kind):
            yield Finding(
                step=step["id"], what=f"unknown kind {step['kind']!r}", remedy=one_of(Kind)
            )
            continue
        yield from _by_kind(step, Kind(step["kind"]))
        yield from _choices(step)
        yield from _fields(step)
        for status in step.get("reason_required_on", ()):
            if status not in list(Status):
                yield Finding(
                    step=step["id"], what=f"unknown status {status!r}", remedy=one_of(Status)
                )


def _by_kind(step: dict[str, Any], kind: Kind) -> Iterator[Finding]:
    for key, kinds in ONLY_FOR.items():
        if step.get(key) and kind not in kinds:
            yield Finding(
                step=step["id"],
                what=f"a step of kind {kind} has no use for `{key}`",
                remedy=f"remove it, or make the kind one of: {', '.join(sorted(kinds))}",
            )
    if kind is Kind.READING and "unit" not in step:
        yield Finding(step=step["id"], what="a reading has no unit", remedy="add `unit:`")
    if kind is Kind.READING and "limits" not in step:
        yield Finding(
            step=step["id"], what="a reading has no limits", remedy="add `limits:` with bands"
        )
    if kind is Kind.CHOICE and not step.get("choices"):
        yield Finding(
            step=step["id"], what="a choice offers nothing", remedy="list `choices:` with ids"
        )
    if kind is Kind.PHOTO and not step["photos"]:
        yield Finding(step=step["id"], what="a photo step asks for none", remedy="add `photos:`")


def _choices(step: dict[str, Any]) -> Iterator[Finding]:
    ids = Counter(choice["id"] for choice in step.get("choices", ()))
    for choice_id, times in ids.items():
        if times > 1:
            yield Finding(
                step=step["id"], what=f"choice {choice_id!r} stands twice", remedy="keep one"
            )
    for choice in step.get("choices", ()):
        if choice.get("verdict") not in (None, Status.PASS, Status.FAIL):
            yield Finding(
                step=step["id"],
                what=f"choice {choice['id']!r} has the verdict {choice['verdict']!r}",
                remedy="use pass or fail, or leave it out",
            )


def _fields(step: dict[str, Any]) -> Iterator[Finding]:
    for field in step.get("fields", ()):
        name = field["name"]
        for bound in ("min", "max", "above"):
            if bound in field and not is_decimal(field[bound]):
                yield Finding(
                    step=step["id"],
                    what=f"field {name!r}: `{bound}` is not decimal text",
                    remedy='write the number in quotes, such as "0.40"',
                )
        if field.get("number", "decimal") not in ("decimal", "integer"):
            yield Finding(
                step=step["id"],
                what=f"field {name!r}: unknown `number`",
                remedy=one_of(("decimal", "integer")),
            )
        yield from _options(step, field)
        bounds = [field[bound] for bound in ("min", "max") if is_decimal(field.get(bound))]
        if [Decimal(bound) for bound in bounds] != sorted(Decimal(bound) for bound in bounds):
            yield Finding(
                step=step["id"], what=f"field {name!r}: `min` is above `max`", remedy="swap them"
            )


def _options(step: dict[str, Any], field: dict[str, Any]) -> Iterator[Finding]:
    if field.get("options") == []:
        yield Finding(
            step=step["id"],
            what=f"field {field['name']!r}: `options` offers nothing",
            remedy="list the words to choose from",
        )


def is_decimal(value: object) -> bool:
    """Tell whether a value is a decimal number written as text."""
    return isinstance(value, str) and DECIMAL.fullmatch(value) is not None
