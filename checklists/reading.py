"""Reads an answer strictly, by the kind of its step: nothing unknown, no floats, decimal text."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from checklists.run import Answer, Reason
from checklists.template import Json, Step
from checklists.vocabulary import PHOTO_TAGS, Kind
from checklists.wording import reason

DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
INTEGER = re.compile(r"-?[0-9]{1,9}")
SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_TEXT = 2000
LONGEST_SPEC = 200
MOST_PHOTOS = 20

YES_NO_KEYS: Mapping[Kind, str] = {
    Kind.SAFETY: "confirmed",
    Kind.CHECK: "ok",
    Kind.ACTION: "done",
}


def read(step: Step, answer: Answer) -> tuple[Reason, ...]:
    """Give everything that is wrong with the shape of an answer; nothing when it can be judged."""
    return (*_envelope(step, answer), *_photos(step, answer), *_body(step, answer.answer))


def _envelope(step: Step, answer: Answer) -> list[Reason]:
    found = []
    for name, words in (("text", answer.text), ("reason", answer.reason)):
        if words is not None and (not isinstance(words, str) or len(words) > LONGEST_TEXT):
            found.append(reason("bad-answer", step.id, detail=name))
    return found


def _photos(step: Step, answer: Answer) -> list[Reason]:
    if len(answer.photos) > MOST_PHOTOS:
        return [reason("bad-photo", step.id, detail=f"> {MOST_PHOTOS}")]
    found = []
    for photo in answer.photos:
        if not isinstance(photo.tag, str) or photo.tag not in PHOTO_TAGS:
            found.append(reason("bad-photo", step.id, detail="tag"))
        if not isinstance(photo.sha256, str) or not SHA256.fullmatch(photo.sha256):
            found.append(reason("bad-photo", step.id, detail="sha256"))
    return found


def _body(step: Step, body: Any) -> list[Reason]:
    if not isinstance(body, Mapping):
        return [reason("bad-answer", step.id, detail="object")]
    allowed = {"fields"} if step.fields else set()
    found: list[Reason] = []
    if step.kind in YES_NO_KEYS:
        key = YES_NO_KEYS[step.kind]
        allowed.add(key)
        found += _yes_or_no(step, body, key)
        if step.kind is Kind.ACTION:
            allowed |= {"old_spec", "new_spec"}
            found += _specifications(step, body)
    elif step.kind is Kind.READING:
        allowed |= {"value", "unit"}
        found += _value(step, body)
    elif step.kind is Kind.CHOICE:
        allowed.add("choices")
        found += _choices(step, body)
    unknown = sorted(str(key) for key in body if key not in allowed)
    found += [reason("unknown-key", step.id, key=key[:60]) for key in unknown]
    return found + _fields(step, body.get("fields", {}))


def _yes_or_no(step: Step, body: Json, key: str) -> list[Reason]:
    if key not in body:
        return [reason("missing-key", step.id, key=key)]
    if not isinstance(body[key], bool):
        return [reason("bad-answer", step.id, detail=key)]
    return []


def _specifications(step: Step, body: Json) -> list[Reason]:
    given = [body[key] for key in ("old_spec", "new_spec") if body.get(key) is not None]
    if any(not isinstance(spec, str) or len(spec) > LONGEST_SPEC for spec in given):
        return [reason("bad-answer", step.id, detail="old_spec, new_spec")]
    wanted = bool((step.limits or {}).get("same_spec")) and body.get("done") is True
    if wanted and sum(bool(spec.strip()) for spec in given) < 2:  # noqa: PLR2004 - old and new
        return [reason("specification-missing", step.id)]
    return []


def _value(step: Step, body: Json) -> list[Reason]:
    limits = step.limits or {}
    if "value" not in body and "unit" not in body and limits.get("value") == "optional":
        return []
    if "value" not in body:
        return [reason("missing-key", step.id, key="value")]
    found = _number(step, "value", body["value"], limits.get("number", "decimal"))
    unit = body.get("unit")
    if not isinstance(unit, str) or unit not in (step.unit, *step.unit_also):
        found.append(reason("wrong-unit", step.id, unit=step.unit))
    return found


def _number(step: Step, key: str, value: object, form: str) -> list[Reason]:
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        return [reason("not-a-decimal", step.id, key=key)]
    if form == "integer" and not INTEGER.fullmatch(value):
        return [reason("not-an-integer", step.id, key=key)]
    return []


def _choices(step: Step, body: Json) -> list[Reason]:
    chosen = body.get("choices")
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        return [reason("bad-answer", step.id, detail="choices")]
    if not chosen:
        return [reason("no-choice", step.id)]
    known = {choice["id"] for choice in step.choices}
    found = [reason("unknown-choice", step.id, key=one[:60]) for one in chosen if one not in known]
    if len(set(chosen)) != len(chosen):
        found.append(reason("bad-answer", step.id, detail="choices"))
    if len(chosen) > 1 and not step.multiple:
        found.append(reason("one-choice-only", step.id))
    return found


def _fields(step: Step, given: object) -> list[Reason]:
    if not isinstance(given, Mapping):
        return [reason("bad-answer", step.id, detail="fields")]
    specified = {field["name"]: field for field in step.fields}
    unknown = sorted(str(name) for name in given if name not in specified)
    found = [reason("unknown-key", step.id, key=name[:60]) for name in unknown]
    for name, field in specified.items():
        if name in given:
            found += _field(step, field, given[name])
        elif field.get("required"):
            found.append(reason("missing-key", step.id, key=name))
    return found


def _field(step: Step, field: Json, value: object) -> list[Reason]:
    name = field["name"]
    if "options" in field:
        known = isinstance(value, str) and value in field["options"]
        return [] if known else [reason("unknown-choice", step.id, key=f"{name} = {value}"[:60])]
    found = _number(step, name, value, field.get("number", "decimal"))
    if found:
        return found
    number = Decimal(str(value))
    too_low = "min" in field and number < Decimal(field["min"])
    too_high = "max" in field and number > Decimal(field["max"])
    not_above = "above" in field and number <= Decimal(field["above"])
    if too_low or too_high or not_above:
        return [reason("out-of-range", step.id, key=name)]
    return []
