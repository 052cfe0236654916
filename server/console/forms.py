"""Reading what was typed into a page, with the schemas of the API: one set of rules for both."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma
from flask import request
from sqlalchemy.orm import Session

from server import idempotency
from server.console.wording import gettext, marked
from server.db import utcnow
from server.errors import Invalid, Problem, Stale
from server.http import settings, signed_in

#: marshmallow speaks English; these are the sentences that a form can provoke.
MESSAGES = {
    "Missing data for required field.": marked("必填"),
    "Field may not be null.": marked("必填"),
    "Not a valid string.": marked("须为文字"),
    "Not a valid integer.": marked("须为整数"),
    "Not a valid datetime.": marked("时间无效"),
    "Not a valid date.": marked("日期无效"),
    "Shorter than minimum length 1.": marked("必填"),
}


def taken(
    *names: str,
    lists: Sequence[str] = (),
    moments: Sequence[str] = (),
    yuan: Sequence[str] = (),
) -> dict[str, Any]:
    """The fields of the posted form that say something.

    `moments` are local times of the estate; `yuan` are amounts that become `…_fen`.
    Raises Invalid for an amount that is none.
    """
    data: dict[str, Any] = {}
    for name in names:
        if (text := request.form.get(name, "").strip()) != "":
            data[name] = text
    for name in lists:
        data[name] = [text.strip() for text in request.form.getlist(name) if text.strip()]
    for name in moments:
        if text := request.form.get(name, "").strip():
            data[name] = _moment(name, text)
    for name in yuan:
        if text := request.form.get(name, "").strip():
            data[name.removesuffix("_yuan") + "_fen"] = _fen(name, text)
    return data


def loaded(schema: type[ma.Schema], data: Mapping[str, Any]) -> dict[str, Any]:
    """What the schema makes of the form. Raises Invalid with the messages per field."""
    try:
        result: dict[str, Any] = schema().load(data)
    except ma.ValidationError as error:
        raise Invalid(
            "bad-form",
            "请更正标出的内容。",
            "Please correct what is marked.",
            errors=_flat(error.messages_dict),
        ) from error
    return result


def seen_version() -> int:
    """The version on which the form was made. Raises Stale for a form without one."""
    text = request.form.get("version", "")
    if not text.isascii() or not text.isdigit():
        raise Stale("no-version", "表单缺少版本号,请刷新。", "The form names no version.")
    return int(text)


def seen(name: str = "seen") -> str:
    """What the form showed, as `server.seen` spells it. Raises Stale for a form without it."""
    if name not in request.form:
        raise Stale("no-version", "表单缺少版本号,请刷新。", "The form names no version.")
    return request.form[name]


def still(now: str, problem: Problem | None, name: str = "seen") -> str:
    """What the form is to say it showed: `now`, or what it said where it comes back refused.

    After Stale the page shows what is there now; any other refusal leaves what was seen as it was.
    """
    if problem is None or isinstance(problem, Stale):
        return now
    return request.form.get(name, now)


def fresh_key() -> str:
    """A key that makes sending a form twice harmless."""
    return secrets.token_urlsafe(16)


def answered_before(current: Session, files: Iterable[str] = ()) -> str | None:
    """What this form led to when it was sent the first time; None where it comes for the first.

    Call inside `transaction()` and end with `keep_answer`. `files` are the hashes of what came
    with it. Raises Conflict where the key of the form stood on another one.
    """
    key = request.form.get("once", "")[:128]
    if not key:
        return None
    told = [*sorted(request.form.items(multi=True)), *files]
    digest = hashlib.sha256(repr(told).encode()).hexdigest()
    known = idempotency.begin(
        current, user_id=signed_in().id, key=key, request_hash=digest, at=utcnow()
    )
    return str(known.body) if known else None


def keep_answer(current: Session, body: str) -> None:
    """Remember what this form led to, with the change it belongs to."""
    if key := request.form.get("once", "")[:128]:
        idempotency.finish(
            current, user_id=signed_in().id, key=key, status=303, body=body, headers={}
        )


def sent_before(current: Session, *what: str) -> bool:
    """Whether this form was sent before with the same `what`, such as a name and the hash of a
    file; from now on it was. Sent with something else it is another form.

    Call inside `transaction()`, with the change it belongs to.
    """
    if not (once := request.form.get("once", "")[:128]):
        return False
    key = hashlib.sha256(repr((once, *what)).encode()).hexdigest()
    user_id = signed_in().id
    known = idempotency.begin(current, user_id=user_id, key=key, request_hash=key, at=utcnow())
    if known is None:
        idempotency.finish(current, user_id=user_id, key=key, status=303, body="", headers={})
    return known is not None


def _moment(name: str, text: str) -> str:
    try:
        local = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong(name, "时间无效 not a time") from error
    if local.tzinfo is None:
        local = local.replace(tzinfo=settings().zone)
    return local.isoformat()


def _fen(name: str, text: str) -> int:
    try:
        fen = Decimal(text.lstrip("¥")) * 100
    except InvalidOperation as error:
        raise _wrong(name, "金额无效 not an amount") from error
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise _wrong(name, "金额最多两位小数 at most two decimals")
    return int(fen)


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(
        "bad-form",
        "请更正标出的内容。",
        "Please correct what is marked.",
        errors={name: [message]},
    )


def _flat(messages: Mapping[Any, Any], path: str = "") -> dict[str, list[str]]:
    flat: dict[str, list[str]] = {}
    for key, value in messages.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            flat.update(_flat(value, name))
        else:
            flat[name] = [gettext(MESSAGES[text]) if text in MESSAGES else text for text in value]
    return flat
