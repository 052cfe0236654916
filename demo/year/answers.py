"""How a repair that went well answers its checklist: one answer for each step, from the template."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from checklists.template import Step, Template

_MIDDLE = Decimal("0.5")
#: Where a band is open to one side.
_ROOM = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One step as it was answered."""

    step: str
    answer: dict[str, Any]
    status: str


def answers(template: Template) -> list[Answered]:
    """The steps that every run of this checklist passes through, all of them well."""
    return [
        Answered(step=step.id, answer=_answer(step), status=_status(step))
        for step in template.steps
        if step.when is None and not step.child and not step.optional
    ]


def _status(step: Step) -> str:
    return "done" if step.kind in {"action", "photo"} else "pass"


def _answer(step: Step) -> dict[str, Any]:
    if step.kind == "reading":
        return {"value": _value(step), "unit": step.unit}
    if step.kind == "choice":
        return {"choices": [str(step.choices[0]["id"])] if step.choices else []}
    if step.kind == "check":
        return {"ok": True}
    return {"confirmed": True} if step.kind == "safety" else {"done": True}


def _value(step: Step) -> str:
    """A reading in the middle of the band that passes."""
    for band in (step.limits or {}).get("bands", ()):
        if band.get("status") == "pass":
            atoms = band.get("if", ())
            low, high = _bound(atoms, "ge", "gt"), _bound(atoms, "le", "lt")
            if low is not None and high is not None:
                return str(low + (high - low) * _MIDDLE)
            if low is not None:
                return str(low + _ROOM)
            if high is not None:
                return str(high * _MIDDLE)
    return "1"


def _bound(atoms: Any, *signs: str) -> Decimal | None:
    found = [atom[sign] for atom in atoms for sign in signs if sign in atom]
    return Decimal(str(found[0])) if found and not isinstance(found[0], dict) else None
