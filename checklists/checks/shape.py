"""The keys of a template and of all inside it: none unknown, none lacking, each of its type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.checks.finding import Finding, one_of

# A shape is a type; a one-element list (a list of that shape); a mapping of keys to shapes; a
# tuple (any of these shapes); or the word "condition", which may stand inside itself.
WORDS = [str]
TEXT = {"zh": str, "en": str}
NOTHING = type(None)
QUANTITY = {"step": str, "field": str}
# Numbers without quotes are told in the author's own terms by the check of limits.
OPERAND = (str, int, float, QUANTITY)
CONDITION = {
    "step": str,
    "is": (str, WORDS),
    "chose": str,
    "field": str,
    "all": ["condition"],
    "any": ["condition"],
    "not": "condition",
}
TEST = {
    "of": (str, QUANTITY),
    "is": (str, WORDS),
    "within_percent": {"percent": OPERAND, "of": (str, QUANTITY)},
} | dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), OPERAND)
LIMITS = {
    "provenance": str,
    "number": str,
    "value": str,
    "same_spec": bool,
    "all_of": WORDS,
    "guards": [{"if": [TEST], "refuse": str, "rule": str}],
    "bands": [{"if": [TEST], "status": str, "band": str, "rule": str, "overridable": bool}],
    "if_no": [{"when": "condition", "status": str, "band": str}],
}
FIELD = {
    "name": str,
    "text": TEXT,
    "unit": str,
    "number": str,
    "required": bool,
    "options": WORDS,
    "min": (str, int, float),
    "max": (str, int, float),
    "above": (str, int, float),
}
STEP = {
    "id": str,
    "seq": int,
    "kind": str,
    "text": TEXT,
    "source": str,
    "provenance": str,
    "when": ("condition", NOTHING),
    "unit": str,
    "unit_also": WORDS,
    "limits": LIMITS,
    "fields": [FIELD],
    "choices": [{"id": str, "text": TEXT, "verdict": str, "text_required": bool}],
    "multiple": bool,
    "photos": [{"tag": str, "min": int}],
    "locks": WORDS,
    "lock_needs_photo": bool,
    "releases": WORDS,
    "repeat": WORDS,
    "on_fail": ({"do": WORDS, "back_to": WORDS, "hazard": str, "suspend": str}, NOTHING),
    "requires": [{"if": "condition", "rule": str, "text": TEXT}],
    "reason_required_on": WORDS,
    "child": str,
    "optional": bool,
    "any_time": bool,
    "test": bool,
    "rule": str,
}
TEMPLATE = {
    "code": str,
    "version": int,
    "title": TEXT,
    "category": (str, NOTHING),
    "source": str,
    "steps": [dict],
    "one_of": [WORDS],
    "emergency": bool,
}
MUST: Mapping[str, tuple[str, ...]] = {
    "template": ("code", "version", "title", "category", "source", "steps"),
    "step": ("id", "kind", "text", "source"),
    "title": ("zh", "en"),
    "text": ("zh", "en"),
    "fields": ("name", "text"),
    "choices": ("id", "text"),
    "photos": ("tag", "min"),
    "requires": ("if", "text"),
    "guards": ("if", "refuse"),
    "bands": ("status",),
    "if_no": ("status",),
    "within_percent": ("percent", "of"),
}


def shape(data: Any) -> Iterator[Finding]:
    """Find keys and types that are wrong in a template's JSON form."""
    if not isinstance(data, dict):
        yield Finding(
            step=None, what="the file is not a mapping", remedy="start with `code:`, `version:` …"
        )
        return
    yield from _Reader(step=None).read("template", data, TEMPLATE)
    steps = data.get("steps")
    for position, step in enumerate(steps if isinstance(steps, list) else (), start=1):
        if isinstance(step, dict):
            name = str(step.get("id", f"number {position}"))
            yield from _Reader(step=name).read("step", step, STEP)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Holds values against shapes, and tells what differs as findings about one step."""

    step: str | None

    def read(self, name: str, value: Any, wanted: Any) -> Iterator[Finding]:
        """Find where `value`, called `name`, differs from the shape `wanted`."""
        if wanted == "condition":
            wanted = CONDITION
        if isinstance(wanted, tuple):
            yield from self._any_of(name, value, wanted)
        elif isinstance(wanted, Mapping) and isinstance(value, dict):
            yield from self._mapping(name, value, wanted)
        elif isinstance(wanted, list) and isinstance(value, list):
            for item in value:
                yield from self.read(name, item, wanted[0])
        elif not _is_a(value, wanted):
            yield self._finding(
                f"`{name}` is of the wrong type ({type(value).__name__})",
                "see the list of keys in docs/checklists.md; put words that look like numbers, "
                "and numbers, in quotes",
            )

    def _any_of(self, name: str, value: Any, shapes: tuple[Any, ...]) -> Iterator[Finding]:
        tries = [list(self.read(name, value, wanted)) for wanted in shapes]
        if all(tries):
            yield from min(tries, key=lambda found: _is_flat(found, name))

    def _mapping(
        self, name: str, value: dict[Any, Any], wanted: Mapping[str, Any]
    ) -> Iterator[Finding]:
        for key in MUST.get(name, ()):
            if wanted is not CONDITION and key not in value:
                yield self._lacking(name, key)
        for key, inner in value.items():
            if key not in wanted:
                place = "" if name in ("template", "step") else f" in `{name}`"
                yield self._finding(
                    f"unknown key `{key}`{place}", f"remove it, or {one_of(wanted)}"
                )
            else:
                yield from self.read(str(key), inner, wanted[key])
        if wanted is TEXT:
            for language in ("zh", "en"):
                if value.get(language, "-") == "":
                    yield self._lacking(name, language)

    def _lacking(self, name: str, key: str) -> Finding:
        if key in ("zh", "en"):
            return self._finding(f"`{name}` lacks the {key} words", f"add `{key}: …`")
        place = "" if name in ("template", "step") else f" in `{name}`"
        return self._finding(f"`{key}` is missing{place}", f"add `{key}:`")

    def _finding(self, what: str, remedy: str) -> Finding:
        return Finding(step=self.step, what=what, remedy=remedy)


def _is_a(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, type):
        return False
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _is_flat(found: list[Finding], name: str) -> bool:
    """Prefer, of several readings, the one that went deeper before it failed."""
    return any(finding.what.startswith(f"`{name}` is of the wrong type") for finding in found)
