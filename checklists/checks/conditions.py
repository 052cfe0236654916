"""Conditions: written in the closed vocabulary, about steps and choices that exist, no circles."""

from collections.abc import Iterator
from typing import Any

from checklists.checks.finding import Finding, one_of
from checklists.conditions import as_list, atoms
from checklists.vocabulary import Status

FORMS = (
    "{step, is: status}",
    "{step, chose: option}",
    "{step, field, is: word}",
    "{all: […]}",
    "{any: […]}",
    "{not: …}",
)
SHAPES = (
    {"step", "is"},
    {"step", "chose"},
    {"step", "field", "is"},
    {"all"},
    {"any"},
    {"not"},
)


def check(data: dict[str, Any]) -> Iterator[Finding]:
    """Find conditions that no client could evaluate."""
    steps = {step["id"]: step for step in data["steps"]}
    sound = True
    for step in data["steps"]:
        for condition in _conditions_of(step):
            for found in _form(step["id"], condition):
                sound = False
                yield found
            if sound:
                for atom in atoms(condition):
                    yield from _atom(step["id"], atom, steps)
    if sound:
        yield from _circles(steps)


def _conditions_of(step: dict[str, Any]) -> Iterator[Any]:
    if step.get("when") is not None:
        yield step["when"]
    for required in step.get("requires", ()):
        yield required["if"]
    for line in step.get("limits", {}).get("if_no", ()):
        if line.get("when") is not None:
            yield line["when"]


def _form(step_id: str, condition: Any) -> Iterator[Finding]:
    if set(condition) not in SHAPES:
        yield Finding(
            step=step_id, what=f"not a condition: {condition!r}"[:120], remedy=one_of(FORMS)
        )
        return
    for key in ("all", "any"):
        if key in condition:
            if not condition[key]:
                yield Finding(step=step_id, what=f"`{key}` lists nothing", remedy="list conditions")
            for part in condition[key]:
                yield from _form(step_id, part)
    if "not" in condition:
        yield from _form(step_id, condition["not"])


def _atom(step_id: str, atom: Any, steps: dict[str, Any]) -> Iterator[Finding]:
    named = steps.get(atom["step"])
    if named is None or named["id"] == step_id:
        yield Finding(
            step=step_id,
            what=f"a condition looks at {atom['step']!r}",
            remedy="name another step of this checklist",
        )
        return
    if "chose" in atom:
        options = [choice["id"] for choice in named.get("choices", ())]
        if atom["chose"] not in options:
            yield Finding(
                step=step_id,
                what=f"{named['id']} offers no choice {atom['chose']!r}",
                remedy=one_of(options),
            )
    elif "field" in atom:
        names = [field["name"] for field in named.get("fields", ())]
        if atom["field"] not in names:
            yield Finding(
                step=step_id,
                what=f"{named['id']} has no field {atom['field']!r}",
                remedy=one_of(names),
            )
    else:
        for status in as_list(atom["is"]):
            if status not in list(Status):
                yield Finding(
                    step=step_id, what=f"unknown status {status!r}", remedy=one_of(Status)
                )


def _circles(steps: dict[str, Any]) -> Iterator[Finding]:
    """Find a step whose condition hangs, through others, on itself."""
    for start, first in steps.items():
        waiting = [atom["step"] for atom in atoms(first.get("when"))]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in steps:
                continue
            seen.add(name)
            waiting += [atom["step"] for atom in atoms(steps[name].get("when"))]
        if start in seen:
            yield Finding(
                step=start,
                what="its condition depends on itself",
                remedy="break the circle of `when`",
            )
