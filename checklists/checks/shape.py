"""The keys of a template and of its steps: none unknown, none lacking, each of the right type."""

from collections.abc import Iterator, Mapping
from typing import Any

from checklists.checks.finding import Finding, one_of

TEMPLATE_KEYS: dict[str, type] = {
    "code": str,
    "version": int,
    "title": dict,
    "category": str,
    "source": str,
    "steps": list,
    "one_of": list,
    "emergency": bool,
}
TEMPLATE_MUST = ("code", "version", "title", "category", "source", "steps")

STEP_KEYS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "seq": int,
    "kind": str,
    "text": dict,
    "source": str,
    "provenance": str,
    "when": (dict, type(None)),
    "unit": str,
    "unit_also": list,
    "limits": dict,
    "fields": list,
    "choices": list,
    "multiple": bool,
    "photos": list,
    "locks": list,
    "lock_needs_photo": bool,
    "releases": list,
    "repeat": list,
    "on_fail": (dict, type(None)),
    "requires": list,
    "reason_required_on": list,
    "child": str,
    "optional": bool,
    "any_time": bool,
    "test": bool,
    "rule": str,
}
STEP_MUST = ("id", "kind", "text", "source")
LISTS_OF_WORDS = ("unit_also", "locks", "releases", "repeat", "reason_required_on")
LISTS_OF_OBJECTS = ("fields", "choices", "photos", "requires")
FIELD_KEYS = {"name", "text", "unit", "number", "required", "options", "min", "max", "above"}
CHOICE_KEYS = {"id", "text", "verdict", "text_required"}


def shape(data: Any) -> Iterator[Finding]:
    """Find keys and types that are wrong in a template's JSON form."""
    if not isinstance(data, dict):
        yield Finding(
            step=None, what="the file is not a mapping", remedy="start with `code:`, `version:` …"
        )
        return
    yield from _keys(None, data, TEMPLATE_KEYS, TEMPLATE_MUST)
    yield from _text(None, "title", data.get("title"))
    steps = data.get("steps")
    for position, step in enumerate(steps if isinstance(steps, list) else (), start=1):
        if isinstance(step, dict):
            yield from _step(str(step.get("id", f"number {position}")), step)
        else:
            yield Finding(
                step=f"number {position}", what="is not a mapping", remedy="write `- id: …`"
            )


def _step(name: str, step: dict[str, Any]) -> Iterator[Finding]:
    yield from _keys(name, step, STEP_KEYS, STEP_MUST)
    yield from _text(name, "text", step.get("text"))
    for key in LISTS_OF_WORDS:
        yield from _members(name, step, key, str, "words")
    for key in LISTS_OF_OBJECTS:
        yield from _members(name, step, key, dict, "mappings")
    for key, known, must in (("fields", FIELD_KEYS, "name"), ("choices", CHOICE_KEYS, "id")):
        given = step.get(key)
        for item in given if isinstance(given, list) else ():
            if isinstance(item, dict):
                yield from _item(name, key, item, known, must)


def _item(
    name: str, key: str, item: dict[str, Any], known: set[str], must: str
) -> Iterator[Finding]:
    if not isinstance(item.get(must), str):
        yield Finding(step=name, what=f"one of the `{key}` has no `{must}`", remedy="give it one")
    yield from _text(name, key, item.get("text"))
    for extra in sorted(item.keys() - known):
        yield Finding(step=name, what=f"`{key}` has an unknown key `{extra}`", remedy=one_of(known))


def _keys(
    name: str | None,
    given: dict[str, Any],
    known: Mapping[str, type | tuple[type, ...]],
    must: tuple[str, ...],
) -> Iterator[Finding]:
    for key in must:
        if key not in given:
            yield Finding(step=name, what=f"`{key}` is missing", remedy=f"add `{key}:`")
    for key, value in given.items():
        if key not in known:
            yield Finding(
                step=name, what=f"unknown key `{key}`", remedy=f"remove it, or {one_of(known)}"
            )
        elif not isinstance(value, known[key]) or (known[key] is int and value is True):
            yield Finding(
                step=name,
                what=f"`{key}` is of the wrong type ({type(value).__name__})",
                remedy="see the list of keys in docs/checklists.md",
            )


def _text(name: str | None, key: str, text: object) -> Iterator[Finding]:
    if text is None and key in ("title", "text"):
        return
    for language in ("zh", "en"):
        words = text.get(language) if isinstance(text, dict) else None
        if not isinstance(words, str) or not words.strip():
            yield Finding(
                step=name, what=f"`{key}` lacks the {language} words", remedy=f"add `{language}: …`"
            )


def _members(
    name: str, step: dict[str, Any], key: str, member: type, plural: str
) -> Iterator[Finding]:
    given = step.get(key)
    if isinstance(given, list) and not all(isinstance(item, member) for item in given):
        yield Finding(
            step=name,
            what=f"`{key}` must be a list of {plural}",
            remedy="put numbers and units in quotes",
        )
