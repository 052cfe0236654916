"""What a believable technician measures and finds: an answer for any step of a template.

The limits themselves are the template's; here stands only what instruments usually show. A step
unknown here is answered from its own choices and fields, and given up where that is not enough.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from checklists.run import Run
from checklists.template import Step
from checklists.vocabulary import Kind


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is typed in for a step."""

    answer: Mapping[str, Any]
    text: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Usual:
    """The range an instrument usually shows, its decimals, and what it shows of a fault."""

    low: str
    high: str
    faulty: str | None = None


READINGS = {
    "LAMP-03": Usual(low="214", high="229"),
    "LAMP-19": Usual(low="1", high="3", faulty="5"),
    "SW-02": Usual(low="3.1", high="9.8"),
    "SW-08": Usual(low="2.00", high="49.90", faulty="0.31"),
    "GWH-A1": Usual(low="2.84", high="3.12", faulty="2.21"),
    "GWH-T2": Usual(low="3", high="5"),
    "ST-T2": Usual(low="3", high="5"),
    "WC-T2": Usual(low="10", high="12"),
    "AC-02": Usual(low="29", high="31"),
    "AC-18": Usual(low="0.50", high="0.53", faulty="0.36"),
    "AC-19": Usual(low="1.20", high="1.34"),
    "AC-20": Usual(low="4.9", high="5.4"),
    "PIPE-05": Usual(low="1", high="1"),
    "PIPE-08": Usual(low="0.4", high="1.7", faulty="2.3"),
    "PIPE-09": Usual(low="0.2", high="0.9"),
    "PIPE-13": Usual(low="0.8", high="1.6", faulty="2.4"),
    "PIPE-14": Usual(low="0", high="0"),
    "PIPE-16": Usual(low="0.60", high="0.80"),
}
FIELDS = {
    "ballast": "inductive",
    "lit": "1",
    "rated_a": "16",
    "test_voltage_v": "500",
    "ambient_c": "30",
    "refrigerant": "R22",
    "rated_current_a": "5.2",
    "charged_g": "300",
    "hold_min": "30",
    "leaks": "0",
    "gap_mm": "4.0",
}
#: How often a first look finds the fault, where the checklist has a remedy for it.
FAULTS = {
    "LAMP-06": 0.10,
    "LAMP-08": 0.35,
    "LAMP-10": 0.45,
    "LAMP-19": 0.12,
    "SW-05": 0.15,
    "SW-08": 0.25,
    "TAP-05": 0.60,
    "TAP-09": 0.10,
    "GWH-A1": 0.40,
    "GWH-A3": 0.25,
    "GWH-B4": 0.20,
    "ST-A1": 0.30,
    "ST-C2": 0.50,
    "WC-A4": 0.50,
    "WC-B2": 0.50,
    "AC-07": 0.10,
    "AC-18": 0.40,
    "PIPE-08": 0.15,
    "PIPE-13": 0.15,
}
_SPEC = {"LAMP-11": "T8 36W", "LAMP-17": "36W", "SW-10": "250V 10A", "TAP-06": "DN15"}


def entry(step: Step, run: Run, *, attempt: int, fate: random.Random) -> Entry | None:
    """Answer a step; None where a technician would have to be asked.

    `fate` decides what is found; given the same one, the same is found again after a restart.
    """
    faulty = attempt == 1 and run.last(step.id) is None and fate.random() < FAULTS.get(step.id, 0)
    answer: dict[str, Any]
    match step.kind:
        case Kind.SAFETY:
            answer = {"confirmed": True}
        case Kind.CHECK:
            answer = {"ok": not faulty}
        case Kind.ACTION:
            answer = {"done": True}
            if (step.limits or {}).get("same_spec"):
                spec = _SPEC.get(step.id, "同原规格")
                answer |= {"old_spec": spec, "new_spec": spec}
        case Kind.READING:
            usual = READINGS.get(step.id)
            if usual is None:
                return None
            answer = {"value": _shown(usual, faulty=faulty, fate=fate), "unit": step.unit}
        case Kind.CHOICE:
            answer = {"choices": _choices(step, fate)}
        case _:
            answer = {}
    fields = _fields(step)
    if fields:
        answer["fields"] = fields
    return Entry(answer=answer, text=_NOTES.get(step.id) or _note(answer))


def _shown(usual: Usual, *, faulty: bool, fate: random.Random) -> str:
    if faulty and usual.faulty is not None:
        return usual.faulty
    low, high = Decimal(usual.low), Decimal(usual.high)
    exponent = low.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return str(low + step * fate.randint(0, int((high - low) / step)))


def _choices(step: Step, fate: random.Random) -> list[str]:
    """All that have to be there, or else one that is neither a failure nor in need of words."""
    wanted = list((step.limits or {}).get("all_of", ()))
    if wanted:
        return wanted
    plain = [
        choice["id"]
        for choice in step.choices
        if choice.get("verdict") != "fail" and not choice.get("text_required")
    ]
    return [fate.choice([one for one in plain if one not in _NOT_SIMULATED] or plain)]


def _fields(step: Step) -> dict[str, str]:
    filled = {}
    for field in step.fields:
        name = field["name"]
        if name in FIELDS:
            filled[name] = FIELDS[name]
        elif field.get("required"):
            options = field.get("options")
            filled[name] = options[0] if options else str(field.get("min", "1"))
    return filled


_NOTES = {
    "AC-13": "室外机低压管喇叭口泄漏,已紧固 leak at the outdoor flare joint, tightened",
    "GE-05": "燃气公司值班员 gas company duty officer",
}
#: Faults that end in an emergency or call for the office are for scripts, not for the simulation.
_NOT_SIMULATED = frozenset({"gas_leak"})


def _note(answer: Mapping[str, Any]) -> str | None:
    return "发现问题,按清单处理 found, to be put right" if answer.get("ok") is False else None
