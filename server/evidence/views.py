"""The desk's door to photos: screen size, thumbnail and, where asked for by name, the original."""

import os
import uuid
from typing import BinaryIO

from flask import Blueprint, Response, send_file

from server.db import session
from server.devices.models import Device
from server.errors import NotFound
from server.evidence import queries
from server.evidence.models import Photo
from server.evidence.photos import DERIVED_TYPE
from server.evidence.storage import PhotoStore, Size
from server.http import actor, level, requires

PATH = "/api/v1/photos"
ORIGINAL = "original"
DERIVED: dict[str, Size] = {"screen": "screen", "thumbnail": "thumbnail"}
YEAR_S = 365 * 24 * 3600


def photo_views(store: PhotoStore) -> Blueprint:
    """The blueprint of `/api/v1/photos`."""
    views = Blueprint("photos", __name__, url_prefix=PATH)

    @views.get("/<string(length=64):sha256>/<any(screen, thumbnail, original):size>")
    @requires("photo.read", reading=True)
    def get_photo(sha256: str, size: str) -> Response:
        """One picture. Its address names its bytes, so it may be kept for ever."""
        return _picture(_visible(sha256), size)

    @views.get("/incidents/<string(length=64):sha256>/<any(screen, thumbnail, original):size>")
    @requires("incident.handle")
    def get_photo_of_incident(sha256: str, size: str) -> Response:
        """One picture of an incident, for those who handle it and see no customers' photos."""
        photo = queries.find(session(), sha256)
        if photo is None or photo.estate_id != actor().estate_id or photo.incident_id is None:
            raise _no_such_photo()
        return _picture(photo, size)

    def _picture(photo: Photo, size: str) -> Response:
        try:
            if size == ORIGINAL:
                file = store.open(photo.sha256)
            else:
                file = store.open_derivative(photo.sha256, DERIVED[size])
        except FileNotFoundError as missing:
            raise NotFound(
                "photo-not-ready",
                "照片已收到,正在处理,请稍后再看。",
                "The photo has arrived and is being prepared; look again in a moment.",
            ) from missing
        media_type = photo.media_type if size == ORIGINAL else DERIVED_TYPE
        return sent(file, media_type=media_type, etag=f"{photo.sha256}-{size}")

    return views


def sent(
    file: BinaryIO, *, media_type: str | None, etag: str, saved_as: str | None = None
) -> Response:
    """A file of the store whose address always names these bytes: kept by the browser of whoever
    asked and by nobody between, taken for nothing but what it is. `saved_as`: what it is saved
    under, instead of being shown."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    response = send_file(
        file,
        mimetype=media_type,
        as_attachment=saved_as is not None,
        download_name=saved_as,
        etag=etag,
        conditional=True,
        max_age=YEAR_S,
    )
    if response.status_code == 200:  # noqa: PLR2004 - a 304 has no body and no length
        response.content_length = length
    response.cache_control.private = True
    response.cache_control.public = False
    response.cache_control.immutable = True
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def addresses(photo: Photo) -> dict[str, str]:
    """Where a photo is looked at, as the contract names it: `url` and `thumbnail_url`."""
    one = f"{PATH}/{photo.sha256}"
    return {"url": f"{one}/screen", "thumbnail_url": f"{one}/thumbnail"}


def _visible(sha256: str) -> Photo:
    """The photo, where whoever asks may see it: the desk all of its estate's, a technician those
    that his own handhelds took or that came with the requests of his orders (5.1)."""
    by = actor()
    photo = queries.find(session(), sha256)
    if photo is None or photo.estate_id != by.estate_id or not _may_see(photo, by.user_id):
        raise _no_such_photo()
    return photo


def _no_such_photo() -> NotFound:
    return NotFound("no-such-photo", "没有这张照片。", "There is no such photo.")


def _may_see(photo: Photo, user_id: uuid.UUID | None) -> bool:
    if level("photo.read") != "O":
        return True
    if photo.device_id is None:
        return user_id is not None and queries.sent_for_order_of(session(), photo, user_id)
    device = session().get(Device, photo.device_id)
    return device is not None and device.technician_id == user_id
