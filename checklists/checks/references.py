"""Steps that name other steps: locks, remedies, loops, repeats, groups and child runs."""

from collections.abc import Iterator
from typing import Any

from checklists.checks.finding import Finding, one_of
from checklists.checks.identity import CODE
from checklists.vocabulary import SUSPENSIONS


def check(data: dict[str, Any]) -> Iterator[Finding]:
    """Find names that lead nowhere, and loops that lead forward."""
    order = {step["id"]: position for position, step in enumerate(data["steps"])}
    for step in data["steps"]:
        for what, remedy in _step(step, order):
            yield Finding(step=step["id"], what=what, remedy=remedy)
    for group in data.get("one_of", ()):
        if len(group) < 2 or not all(name in order for name in group):  # noqa: PLR2004 - a choice
            yield Finding(
                step=None, what=f"`one_of` group {group!r}", remedy="list two or more steps"
            )


def _step(step: dict[str, Any], order: dict[str, int]) -> Iterator[tuple[str, str]]:
    failure = step.get("on_fail") or {}
    named = {key: step.get(key, []) for key in ("locks", "releases", "repeat")}
    named |= {f"on_fail.{key}": failure.get(key, []) for key in ("do", "back_to")}
    for key, names in named.items():
        for name in names:
            if name not in order or name == step["id"]:
                yield f"`{key}` names {name!r}", "name another step of this checklist"
            elif key == "on_fail.back_to" and order[name] > order[step["id"]]:
                yield f"`on_fail.back_to` leads forward to {name}", "go back to an earlier step"
    if "suspend" in failure and failure["suspend"] not in SUSPENSIONS:
        yield f"unknown suspension {failure['suspend']!r}", one_of(SUSPENSIONS)
    for key, code in (("child", step.get("child")), ("on_fail.hazard", failure.get("hazard"))):
        if code is not None and not CODE.fullmatch(code):
            yield f"`{key}` is {code!r}", "give the code of a checklist, such as CL-SWITCH"
