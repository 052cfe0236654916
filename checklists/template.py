"""A checklist template and its steps: frozen values with exactly one JSON form, the wire's."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from checklists.vocabulary import Kind

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PhotoNeed:
    """So many pictures (`min`) of one kind (`tag`)."""

    tag: str
    min: int = 1


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a checklist.

    `when`, `limits`, `on_fail` and `requires` are written in the closed vocabulary of
    docs/checklists.md. `rule` is the clause that a refusal to record this step, or a step that
    this one locks, is put down to (`R-164`).
    """

    id: str
    seq: int
    kind: Kind
    text: Mapping[str, str]
    source: str
    provenance: str
    when: Json | None = None
    unit: str | None = None
    unit_also: tuple[str, ...] = ()
    limits: Json | None = None
    fields: tuple[Json, ...] = ()
    choices: tuple[Json, ...] = ()
    multiple: bool = False
    photos: tuple[PhotoNeed, ...] = ()
    locks: tuple[str, ...] = ()
    lock_needs_photo: bool = False
    releases: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    on_fail: Json | None = None
    requires: tuple[Json, ...] = ()
    reason_required_on: tuple[str, ...] = ()
    child: str | None = None
    optional: bool = False
    any_time: bool = False
    test: bool = False
    rule: str | None = None

    @property
    def remedies(self) -> tuple[str, ...]:
        """The actions that put a failure of this step right."""
        return tuple((self.on_fail or {}).get("do", ()))

    @property
    def back_to(self) -> tuple[str, ...]:
        """The steps at which the run starts again when this one fails."""
        return tuple((self.on_fail or {}).get("back_to", ()))

    def to_json(self) -> dict[str, Any]:
        """Give the wire form; keys that say nothing are left out, save those a client relies on."""
        always: dict[str, Any] = {
            "id": self.id,
            "seq": self.seq,
            "kind": str(self.kind),
            "text": dict(self.text),
            "source": self.source,
            "provenance": self.provenance,
            "when": self.when,
            "photos": [{"tag": need.tag, "min": need.min} for need in self.photos],
            "locks": list(self.locks),
            "on_fail": self.on_fail,
        }
        sometimes: dict[str, Any] = {
            "unit": self.unit,
            "unit_also": list(self.unit_also),
            "limits": self.limits,
            "fields": list(self.fields),
            "choices": list(self.choices),
            "multiple": self.multiple,
            "lock_needs_photo": self.lock_needs_photo,
            "releases": list(self.releases),
            "repeat": list(self.repeat),
            "requires": list(self.requires),
            "reason_required_on": list(self.reason_required_on),
            "child": self.child,
            "optional": self.optional,
            "any_time": self.any_time,
            "test": self.test,
            "rule": self.rule,
        }
        return always | {key: value for key, value in sometimes.items() if value}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Build a step from its wire form (trusted: authoring has checked it)."""
        given = dict(data)
        given["kind"] = Kind(given["kind"])
        given["photos"] = tuple(PhotoNeed(**need) for need in given.get("photos", ()))
        given["limits"] = given.get("limits") or None  # none written down are no limits
        for name in (
            "unit_also",
            "fields",
            "choices",
            "locks",
            "releases",
            "repeat",
            "requires",
            "reason_required_on",
        ):
            given[name] = tuple(given.get(name, ()))
        return cls(**given)


@dataclass(frozen=True, kw_only=True)
class Template:
    """A published checklist. A version, once used by a run, is never edited.

    An `emergency` template is free of the price gate and of the order of steps, and never keeps
    an order from being finished nor finishes one (R-056, P-22). It belongs to no category of
    orders: it is only ever opened by an alarm.
    """

    code: str
    version: int
    title: Mapping[str, str]
    category: str | None
    source: str
    steps: tuple[Step, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    emergency: bool = False

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """The steps by their id."""
        return {step.id: step for step in self.steps}

    def step(self, step_id: str) -> Step:
        """Find a step. Raises KeyError."""
        return self.by_id[step_id]

    @cached_property
    def child_codes(self) -> tuple[str, ...]:
        """The templates that a run of this one may open: child runs and the emergency."""
        codes = {step.child for step in self.steps if step.child}
        failures = [step.on_fail for step in self.steps if step.on_fail]
        codes |= {failure["hazard"] for failure in failures if "hazard" in failure}
        return tuple(sorted(codes))

    def to_json(self) -> dict[str, Any]:
        """Give the wire form of docs/wire.md, "A checklist template"."""
        data: dict[str, Any] = {
            "code": self.code,
            "version": self.version,
            "title": dict(self.title),
            "category": self.category,
            "source": self.source,
            "steps": [step.to_json() for step in self.steps],
        }
        if self.one_of:
            data["one_of"] = [list(group) for group in self.one_of]
        if self.emergency:
            data["emergency"] = True
        return data

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Build a template from its wire form (trusted: authoring has checked it)."""
        given = dict(data)
        given["steps"] = tuple(Step.from_json(step) for step in given["steps"])
        given["one_of"] = tuple(tuple(group) for group in given.get("one_of", ()))
        return cls(**given)

    @cached_property
    def content_hash(self) -> str:
        """Give the sha256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
        canonical = json.dumps(
            self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()
