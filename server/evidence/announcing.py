"""Reads what a handheld says of a picture, whichever way the picture comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from contracts.fields import Code, OneOf, OrderNumber, Sha256, Text, UtcTime, WireSchema
from contracts.vocabulary import PhotoTag
from server.errors import Invalid
from server.evidence.photos import MEDIA_TYPES
from server.evidence.uploads import Announcement


class UploadMetadata(WireSchema):
    """What stands in `Upload-Metadata`. `filename` is allowed, because clients send it, and not
    used; `step` is left out for what belongs to the whole order, such as a signature."""

    sha256 = Sha256(required=True)
    filetype = Text(longest=40, required=True)
    order = OrderNumber(required=True)
    tag = OneOf(PhotoTag, required=True)
    step = Code()
    taken_at = UtcTime()
    filename = Text(longest=255)


def announcement(told: Mapping[str, Any], size: int, *, text: str) -> tuple[str, Announcement]:
    """The number of the order and what is announced for it. `size` in bytes; `text` is the same
    as it stood on the wire. Raises Invalid."""
    try:
        loaded = UploadMetadata().load(told)
    except ValidationError as error:
        wrong = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise _invalid(wrong) from error
    if loaded["filetype"] not in MEDIA_TYPES.values():
        raise _invalid({"filetype": [f"{', '.join(MEDIA_TYPES.values())}"]})
    if size == 0:
        raise _invalid({"Upload-Length": ["照片不能为空; A photo cannot be empty"]})
    return loaded["order"], Announcement(
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
