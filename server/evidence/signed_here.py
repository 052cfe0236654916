"""A signature that somebody gives before a desk's or visitor's screen: judged and kept as any other.

What a handheld takes comes by upload; this is the way for those who have none.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.evidence import photos, queries, uploads
from server.evidence.models import SIGNATURE, Photo
from server.evidence.photos import BadPhoto, Limits
from server.evidence.sent_along import Picture
from server.evidence.storage import PhotoStore
from server.evidence.uploads import Subject
from server.history import Actor

PNG = "image/png"
_PREFIX = f"data:{PNG};base64,"


def drawn(data_url: str) -> bytes:
    """The picture that a page's canvas makes of strokes. Raises Invalid."""
    if not data_url.startswith(_PREFIX):
        raise _unusable()
    try:
        return base64.b64decode(data_url.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unusable() from error


def receive(content: bytes, store: PhotoStore, *, limits: Limits) -> tuple[Picture, str]:
    """Judge the bytes as evidence is judged and keep them; the picture and its media type.

    Raises Invalid.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with tempfile.TemporaryDirectory(prefix="paigong-") as folder:
        path = Path(folder) / sha256
        path.write_bytes(content)
        try:
            facts = photos.inspect(path, limits=limits)
        except BadPhoto as bad:
            raise Invalid(bad.slug, bad.zh, bad.en, errors={"signature": [bad.zh]}) from bad
        store.put(sha256, path)
    return (
        Picture(
            sha256=sha256,
            size_bytes=len(content),
            width_px=facts.width_px,
            height_px=facts.height_px,
            taken_at=facts.taken_at,
        ),
        facts.media_type,
    )


def attach(
    session: Session,
    picture: Picture,
    media_type: str,
    subject: Subject,
    *,
    step: str,
    by: Actor,
    at: dt.datetime,
) -> Photo:
    """Make it a signature of what was signed; sent twice it is kept once. The subject is locked.

    Raises Conflict where the same picture signs something else (P-17).
    """
    known = queries.find(session, picture.sha256)
    if known is not None:
        if (known.subject, known.step) != ((subject.kind, subject.number), step):
            raise uploads.already_evidence()
        return known
    photo = Photo(
        estate_id=by.estate_id,
        sha256=picture.sha256,
        **subject.columns,
        step=step,
        tag=SIGNATURE,
        device_id=None,
        media_type=media_type,
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
    uploads.take_in(session, photo, by=by, at=at)
    return photo


def _unusable() -> Invalid:
    return Invalid(
        "signature-unusable",
        "签名图片无效,请重新签名。",
        "The signature cannot be used; please sign again.",
        errors={"signature": ["无效 not usable"]},
    )
