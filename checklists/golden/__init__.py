"""The golden vectors: what every client's twin of this engine must answer, and how to replay them.

A file names a template, walks that several vectors share, and vectors. The form is described in
docs/checklists.md; nothing in it is particular to Python.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.catalogue import children_of, load_catalogue
from checklists.evaluate import (
    Answer,
    Context,
    Photo,
    Refused,
    Run,
    applicable,
    consequence,
    judge,
    locked,
    missing,
    next_steps,
    redo,
)


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One vector: after `given`, in `context`, the engine says `expect` (of `answer`, if any)."""

    file: str
    template: str
    name: str
    given: tuple[Mapping[str, Any], ...]
    context: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    expect: Mapping[str, Any]


def load_vectors() -> Iterator[Vector]:
    """Read every vector, with the walks it names spelled out."""
    for path in sorted(Path(__file__).parent.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for vector in data["vectors"]:
            yield Vector(
                file=path.stem,
                template=data["template"],
                name=vector["name"],
                given=tuple(_spelled_out(vector["given"], data["walks"])),
                context=vector["context"],
                answer=vector.get("answer"),
                expect=vector["expect"],
            )


def _spelled_out(
    given: list[Mapping[str, Any]], walks: Mapping[str, list[Mapping[str, Any]]]
) -> Iterator[Mapping[str, Any]]:
    for entry in given:
        if "walk" not in entry:
            yield entry
            continue
        for answer in walks[entry["walk"]]:
            if answer["step"] == entry.get("until"):
                break
            yield answer


def replay(vector: Vector) -> dict[str, Any]:
    """Play a vector and give what the engine says, for the keys that the vector expects."""
    template = load_catalogue()[vector.template]
    run = Run(template=template, children=children_of(template))
    context = Context(price_confirmed=True)
    for entry in vector.given:
        if "context" in entry:
            context = _context(run, entry["context"])
        else:
            run = run.with_result(judge(run, _answer(run, entry), context))
    context = _context(run, vector.context)
    said: dict[str, Any] = {}
    if vector.answer is not None:
        said, run = _judged(run, _answer(run, vector.answer), context)
        said |= _redo(run, vector.answer["step"])
    said |= _state(run, context)
    return {key: said.get(key) for key in vector.expect}


def play(code: str, given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Play a walk and give what the engine says after each of its entries, words included.

    An answer that is refused is passed over. Raises KeyError for a template that is not shipped.
    """
    template = load_catalogue()[code]
    run = Run(template=template, children=children_of(template))
    context = Context(price_confirmed=True)
    told = []
    for entry in given:
        said: dict[str, Any] = {}
        if "context" in entry:
            context = _context(run, entry["context"])
        else:
            said, run = _judged(run, _answer(run, entry), context)
            said |= _redo(run, entry["step"])
        told.append(said | _state(run, context))
    return told


def _judged(run: Run, answer: Answer, context: Context) -> tuple[dict[str, Any], Run]:
    try:
        result = judge(run, answer, context)
    except Refused as refusal:
        return {
            "refused": [reason.code for reason in refusal.reasons],
            "rules": [reason.rule for reason in refusal.reasons if reason.rule],
            "words": [[reason.zh, reason.en] for reason in refusal.reasons],
        }, run
    said: dict[str, Any] = {"status": str(result.status), "band": result.band}
    _, step = run.find(result.step)
    if follows := consequence(step, result):
        said["consequence"] = {"kind": follows.kind, "value": follows.value}
    return said, run.with_result(result)


def _redo(run: Run, step_id: str) -> dict[str, Any]:
    known = any(step_id in template.by_id for template in run.templates)
    return {"redo": sorted(redo(run, step_id))} if known else {}


def _state(run: Run, context: Context) -> dict[str, Any]:
    return {
        "next": list(next_steps(run, context)),
        "applicable": list(applicable(run, context)),
        "locked": {step: list(keys) for step, keys in locked(run, context).items()},
        "missing": [[lack.step, lack.tag, lack.code] for lack in missing(run, context)],
    }


def _answer(run: Run, entry: Mapping[str, Any]) -> Answer:
    last = run.last(entry["step"])
    return Answer(
        step=entry["step"],
        attempt=entry.get("attempt", last.attempt + 1 if last else 1),
        answer=entry["answer"],
        photos=tuple(Photo(**photo) for photo in entry.get("photos", ())),
        text=entry.get("text"),
        reason=entry.get("reason"),
    )


def _context(run: Run, entry: Mapping[str, Any]) -> Context:
    held = entry.get("held", ())
    if held == "all":
        held = [
            (step.id, need.tag, hashlib.sha256(f"{step.id}/{number}".encode()).hexdigest())
            for template in run.templates
            for step in template.steps
            for need in step.photos
            for number in range(need.min)
        ]
    return Context(
        price_confirmed=entry.get("price_confirmed", True),
        held_photos=frozenset((step, tag, sha256) for step, tag, sha256 in held),
        rework_steps=frozenset(entry.get("rework_steps", ())),
        overrides=frozenset(entry.get("overrides", ())),
        hazard=entry.get("hazard", False),
    )
