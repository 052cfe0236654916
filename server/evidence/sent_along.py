"""Pictures sent along with a form, by a customer or at the desk: judged, drawn anew, kept with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from PIL import Image
from sqlalchemy.orm import Session

from contracts.vocabulary import PhotoTag
from server.errors import Invalid, TooLarge
from server.evidence import photos, uploads
from server.evidence.models import Photo
from server.evidence.photos import DERIVED_TYPE, BadPhoto, Limits
from server.evidence.storage import PhotoStore
from server.evidence.uploads import Subject
from server.history import Actor

MOST_PICTURES = 3
#: what a phone's camera makes of one picture, with room to spare
MOST_BYTES = 12 * 1024 * 1024
_PIECE = 1 << 16
#: so much of a file's name is told when it is refused
_LONGEST_NAME = 60


class Sent(Protocol):
    """One file of a form, as it came."""

    @property
    def filename(self) -> str | None:
        """What the sender calls it."""

    @property
    def stream(self) -> IO[bytes]:
        """Its bytes."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that the store holds, not yet known to be of anything."""

    sha256: str
    size_bytes: int
    width_px: int
    height_px: int
    taken_at: dt.datetime | None


def receive(
    files: Sequence[Sent], store: PhotoStore, *, mark: str, limits: Limits
) -> list[Picture]:
    """Judge pictures as evidence is judged and keep them, drawn anew without the place.

    `mark` is written into each: the same picture sent with another request is another file, so
    that each request keeps its own, and the same one sent again, or twice at once, is one. All are
    judged before one is kept. Raises Invalid and TooLarge, which say of which picture.
    """
    if len(files) > MOST_PICTURES:
        raise Invalid(
            "too-many-photos",
            f"最多可附 {MOST_PICTURES} 张照片。",
            f"At most {MOST_PICTURES} photos can be sent along.",
            errors={"photos": [f"≤ {MOST_PICTURES}"]},
        )
    with tempfile.TemporaryDirectory(prefix="paigong-") as folder:
        judged = [
            _judged(_Nth(place, file.filename or ""), file.stream, Path(folder), mark, limits)
            for place, file in enumerate(files, start=1)
        ]
        found = {picture.sha256: picture for picture in judged}
        for sha256 in found:
            store.put(sha256, Path(folder) / sha256)
    return list(found.values())


def attach(
    session: Session, pictures: Sequence[Picture], subject: Subject, *, by: Actor, at: dt.datetime
) -> list[Photo]:
    """Make received pictures photos of a request or an incident; those that were not yet.

    The photo worker then treats them as others. The subject is new or locked. Raises Conflict
    where a picture is evidence of something else (P-17).
    """
    named = (subject.kind, subject.number)
    rows = [
        Photo(
            estate_id=by.estate_id,
            sha256=picture.sha256,
            **subject.columns,
            step="",
            tag=PhotoTag.FAULT_POINT.value,
            device_id=None,
            media_type=DERIVED_TYPE,
            size_bytes=picture.size_bytes,
            width_px=picture.width_px,
            height_px=picture.height_px,
            taken_at=None,
            exif_taken_at=picture.taken_at,
            received_at=at,
            keep_place=False,
            flags=[],
            due_at=at,
            tries=0,
        )
        for picture in pictures
        if uploads.held_for(session, picture.sha256, named, "") is None
    ]
    for row in rows:
        uploads.take_in(session, row, by=by, at=at)
    return rows


@dataclass(frozen=True)
class _Nth:
    """Which of the pictures, as a refusal names it."""

    place: int
    name: str

    @property
    def told(self) -> str:
        return f"{self.place}. {self.name[:_LONGEST_NAME]}"

    def zh(self, why: str) -> str:
        return f"照片 {self.told}:{why}"

    def en(self, why: str) -> str:
        return f"Photo {self.told}: {why}"


def _judged(nth: _Nth, file: IO[bytes], folder: Path, note: str, limits: Limits) -> Picture:
    source = folder / "source"
    _save(nth, file, source)
    try:
        facts = photos.inspect(source, limits=limits)
        content = photos.cleaned(source, note=note, limits=limits)
    except BadPhoto as bad:
        told = {"photos": [nth.told]}
        raise Invalid(bad.slug, nth.zh(bad.zh), nth.en(bad.en), errors=told) from bad
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / sha256
    path.write_bytes(content)
    with Image.open(path) as image:
        width_px, height_px = image.size
    return Picture(
        sha256=sha256,
        size_bytes=len(content),
        width_px=width_px,
        height_px=height_px,
        taken_at=facts.taken_at,
    )


def _save(nth: _Nth, file: IO[bytes], path: Path) -> None:
    written = 0
    with path.open("wb") as copy:
        while piece := file.read(_PIECE):
            written += len(piece)
            if written > MOST_BYTES:
                mega = MOST_BYTES // (1024 * 1024)
                raise TooLarge(
                    "photo-too-many-bytes",
                    nth.zh(f"每张照片最大 {mega} MB。"),
                    nth.en(f"A photo may have up to {mega} MB."),
                    errors={"photos": [nth.told]},
                )
            copy.write(piece)
