"""The CloudEvents envelope: written once when an event is made, read leniently coming down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils

from reference_handheld.times import to_wire

SIZE_LIMIT_BYTES = 64 * 1024


class TooLargeError(ValueError):
    """The event would not fit into the 64 KiB that the wire allows."""


class UnreadableError(ValueError):
    """What came down is no JSON object; it is shown and otherwise ignored."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message from the server, reduced to the parts a handheld acts on."""

    type: str
    subject: str | None
    data: Mapping[str, Any]
    #: the envelope's id, by which a notice is shown once
    id: str | None = None


def new_id() -> str:
    """A fresh UUIDv7."""
    return str(uuid_utils.uuid7())


def write(
    *,
    id: str,  # noqa: A002 - the wire's own word for it
    device: str,
    type: str,  # noqa: A002 - the wire's own word for it
    at: datetime,
    data: Mapping[str, Any],
    subject: str | None = None,
    seq: int | None = None,
) -> bytes:
    """The bytes of one envelope. They are stored and sent again unchanged, never made anew.

    `seq` is left out for `sync.request`, which is no event. Raises TooLargeError over 64 KiB.
    """
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": f"devices/{device}",
        "type": type,
        "time": to_wire(at),
        "datacontenttype": "application/json",
    }
    if subject is not None:
        envelope["subject"] = subject
    if seq is not None:
        envelope["seq"] = seq
    envelope["data"] = dict(data)
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > SIZE_LIMIT_BYTES:
        raise TooLargeError(f"{type} has {len(body)} bytes, the wire allows {SIZE_LIMIT_BYTES}")
    return body


def read(body: bytes) -> Message:
    """Read an envelope that came down. Fields not known here are ignored: the wire may grow.

    Raises UnreadableError where it is no JSON object or names no type.
    """
    envelope = read_object(body)
    return message(envelope)


def message(envelope: Mapping[str, Any]) -> Message:
    """The same for an envelope that HTTP delivered already parsed."""
    type_, data, subject = envelope.get("type"), envelope.get("data"), envelope.get("subject")
    if not isinstance(type_, str) or not isinstance(data, dict):
        raise UnreadableError("an envelope without type or data")
    id_ = envelope.get("id")
    return Message(
        type=type_,
        subject=subject if isinstance(subject, str) else None,
        data=data,
        id=id_ if isinstance(id_, str) else None,
    )


def read_object(body: bytes) -> dict[str, Any]:
    """A bare JSON object, such as the server state. Raises UnreadableError."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise UnreadableError("not JSON") from error
    if not isinstance(value, dict):
        raise UnreadableError("not a JSON object")
    return value
