"""Signed addresses: what hangs at doors, what a customer follows a request by, what a form proves.

Each is signed with the installation's own key under a purpose of its own, so that one is never
taken for another. They carry ids and numbers, nothing of a person.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import secrets
import uuid

from itsdangerous import BadSignature, Signer

from server.errors import Invalid, NotFound

#: how long a form that was opened may be sent
FORM_LIFETIME = dt.timedelta(hours=4)


def door_token(key: str, code_id: uuid.UUID, generation: int) -> str:
    """What a door code says; it ends with its generation."""
    return _signed(key, "door", f"{_short(code_id)}.{generation}")


def read_door(key: str, token: str) -> tuple[uuid.UUID, int]:
    """(id, generation) of a door code. Raises NotFound for anything that we did not sign."""
    code_id, _, generation = _read(key, "door", token).partition(".")
    return _long(code_id), int(generation)


def follow_token(key: str, request_id: uuid.UUID) -> str:
    """What a customer follows a request by."""
    return _signed(key, "follow", _short(request_id))


def read_follow(key: str, token: str) -> uuid.UUID:
    """The id of the request. Raises NotFound for anything that we did not sign."""
    return _long(_read(key, "follow", token))


def form_token(key: str, code_id: uuid.UUID, at: dt.datetime) -> str:
    """What a form opened now, at this door, is sent with; good for one report."""
    once = secrets.token_urlsafe(12)
    return _signed(key, "form", f"{_short(code_id)}.{once}.{int(at.timestamp())}")


def read_form(key: str, token: str, code_id: uuid.UUID, at: dt.datetime) -> str:
    """The key by which a form sent twice is known.

    Raises Invalid for a form that was not opened at this door, or too long ago.
    """
    try:
        door, once, opened = _read(key, "form", token).split(".")
    except (NotFound, ValueError) as error:
        raise _outdated() from error
    age = at - dt.datetime.fromtimestamp(int(opened), dt.UTC)
    if _long(door) != code_id or age > FORM_LIFETIME:
        raise _outdated()
    return once


def paper_token(key: str, order_id: uuid.UUID, charge_fen: int, at: dt.datetime) -> str:
    """What a printed order says of itself: which it is, its charge, and when it was printed."""
    return _signed(key, "paper", f"{_short(order_id)}.{charge_fen}.{int(at.timestamp())}")


def read_paper(key: str, token: str) -> tuple[uuid.UUID, int, dt.datetime]:
    """(id of the order, charge in fen, when printed). Raises NotFound for what we did not sign."""
    order_id, charge_fen, printed = _read(key, "paper", token).split(".")
    return _long(order_id), int(charge_fen), dt.datetime.fromtimestamp(int(printed), dt.UTC)


def _outdated() -> Invalid:
    return Invalid(
        "form-outdated",
        "页面打开太久了,请核对后再提交一次(照片要重新选)。",
        "This page was open for too long; look it over and send it again (choose photos anew).",
    )


def _signer(key: str, purpose: str) -> Signer:
    return Signer(key, salt=f"paigong.resident.{purpose}", digest_method=hashlib.sha256)


def _signed(key: str, purpose: str, text: str) -> str:
    return _signer(key, purpose).sign(text).decode()


def _read(key: str, purpose: str, token: str) -> str:
    try:
        return _signer(key, purpose).unsign(token).decode()
    except BadSignature as error:
        raise no_such_link() from error


def no_such_link() -> NotFound:
    """One answer for what was never ours, what was withdrawn and what is over."""
    return NotFound(
        "no-such-link",
        "这个二维码或链接无效,或已停用。请致电物业服务中心。",
        "This code or link is not valid, or no longer. Please call the service centre.",
    )


def _short(value: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(value.bytes).decode().rstrip("=")


def _long(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(text + "=="))
    except (ValueError, binascii.Error) as error:
        raise no_such_link() from error
