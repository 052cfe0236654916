"""Reads what a handheld says of a picture, whichever way the picture comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, validates_schema

from contracts.fields import Code, OneOf, OrderNumber, Sha256, Text, UtcTime, UuidV7, WireSchema
from contracts.vocabulary import PhotoTag
from server.errors import Invalid
from server.evidence.photos import MEDIA_TYPES
from server.evidence.uploads import Announcement


class UploadMetadata(WireSchema):
    """What stands in `Upload-Metadata`. `filename` is allowed, because clients send it, and not
    used; `step` is left out for what belongs to the whole order, such as a signature. `event` is
    the report of an incident that has no order."""

    sha256 = Sha256(required=True)
    filetype = Text(longest=40, required=True)
    order = OrderNumber()
    event = UuidV7()
    tag = OneOf(PhotoTag, required=True)
    step = Code()
    taken_at = UtcTime()
    filename = Text(longest=255)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def names_one(self, data: dict[str, Any], told: Mapping[str, Any], **_: Any) -> None:
        """Exactly one of order and event; a step is one of an order."""
        if not told.get("order") and not told.get("event"):
            raise ValidationError("须写明 order 或 event; Name order or event", "order")
        for name in ("order", "step"):
            if name in data and "event" in data:
                raise ValidationError("不能与 event 同用; Not together with event", name)


@dataclass(frozen=True, kw_only=True)
class Named:
    """What an upload says that it belongs to; one of both."""

    order: str | None = None
    #: the id of this handheld's own `incident.reported`
    event: str | None = None


def announcement(told: Mapping[str, Any], size: int, *, text: str) -> tuple[Named, Announcement]:
    """What the picture belongs to and what is announced for it. `size` in bytes; `text` is the
    same as it stood on the wire. Raises Invalid."""
    try:
        loaded = UploadMetadata().load(told)
    except ValidationError as error:
        wrong = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise _invalid(wrong) from error
    if loaded["filetype"] not in MEDIA_TYPES.values():
        raise _invalid({"filetype": [f"{', '.join(MEDIA_TYPES.values())}"]})
    if size == 0:
        raise _invalid({"Upload-Length": ["照片不能为空; A photo cannot be empty"]})
    named = Named(order=loaded.get("order"), event=loaded.get("event"))
    return named, Announcement(
        sha256=loaded["sha256"],
        media_type=loaded["filetype"],
        length_bytes=size,
        step=loaded.get("step", ""),
        tag=loaded["tag"].value,
        taken_at=loaded.get("taken_at"),
        text=text,
    )


def _invalid(errors: dict[str, list[str]]) -> Invalid:
    return Invalid(
        "upload-metadata",
        "上传说明不完整或有误。",
        "What the upload says of itself is incomplete or wrong.",
        errors=errors,
    )
