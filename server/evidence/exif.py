"""Reads the few facts of a picture's own metadata that count as evidence, and writes them back."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

# A camera's clock has no zone of its own; the estates stand in China.
CAMERA_ZONE = ZoneInfo("Asia/Shanghai")

_TIME_FORMAT = "%Y:%m:%d %H:%M:%S"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, kw_only=True)
class ExifFacts:
    """What the camera wrote into the picture: the time (aware UTC), the place (degrees) and
    which way it was held. Whatever is missing, malformed or out of range is None."""

    taken_at: dt.datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    turn: Image.Transpose | None = None


def read(image: Image.Image) -> ExifFacts:
    """The facts of an opened picture. Never raises: metadata is a stranger's text, and a picture
    is not refused for what stands beside it."""
    try:
        tags = image.getexif()
        camera, place = tags.get_ifd(IFD.Exif), tags.get_ifd(IFD.GPSInfo)
    except Exception:  # noqa: BLE001 - a parser fed by strangers may fail in any way
        return ExifFacts()
    latitude = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), 90)
    longitude = _degrees(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), 180)
    known = latitude is not None and longitude is not None
    turn = tags.get(Base.Orientation)
    return ExifFacts(
        taken_at=_time(camera, tags),
        latitude=latitude if known else None,
        longitude=longitude if known else None,
        turn=_TURNS.get(turn) if isinstance(turn, int) else None,
    )


def write(facts: ExifFacts, *, keep_place: bool) -> Image.Exif:
    """A fresh metadata block that holds the time and, where `keep_place`, the place; no more."""
    tags = Image.Exif()
    if facts.taken_at is not None:
        local = facts.taken_at.astimezone(CAMERA_ZONE)
        camera = tags.get_ifd(IFD.Exif)
        camera[Base.DateTimeOriginal] = local.strftime(_TIME_FORMAT)
        camera[Base.OffsetTimeOriginal] = local.isoformat()[-6:]
    if keep_place and facts.latitude is not None and facts.longitude is not None:
        place = tags.get_ifd(IFD.GPSInfo)
        place[GPS.GPSLatitudeRef] = "N" if facts.latitude >= 0 else "S"
        place[GPS.GPSLatitude] = _sexagesimal(facts.latitude)
        place[GPS.GPSLongitudeRef] = "E" if facts.longitude >= 0 else "W"
        place[GPS.GPSLongitude] = _sexagesimal(facts.longitude)
    return tags


def _text(value: Any) -> str:
    return str(value).strip("\0 ")


def _time(camera: dict[int, Any], tags: Image.Exif) -> dt.datetime | None:
    """The moment of exposure, else the moment of the file. An offset beside it is honoured."""
    for raw, offset in (
        (camera.get(Base.DateTimeOriginal), camera.get(Base.OffsetTimeOriginal)),
        (camera.get(Base.DateTimeDigitized), camera.get(Base.OffsetTimeDigitized)),
        (tags.get(Base.DateTime), camera.get(Base.OffsetTime)),
    ):
        try:
            clock = dt.datetime.strptime(_text(raw)[:19], _TIME_FORMAT)  # noqa: DTZ007 - the zone follows below
        except ValueError:
            continue
        try:
            zone = dt.datetime.strptime(_text(offset), "%z").tzinfo
        except ValueError:
            zone = CAMERA_ZONE
        try:
            return clock.replace(tzinfo=zone).astimezone(dt.UTC)
        except OverflowError:
            continue
    return None


def _degrees(value: Any, hemisphere: Any, limit: int) -> float | None:
    try:
        parts = [float(part) for part in value]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if len(parts) != 3 or not all(math.isfinite(part) and part >= 0 for part in parts):  # noqa: PLR2004 - degrees, minutes, seconds
        return None
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    if degrees > limit:
        return None
    return -degrees if _text(hemisphere).upper() in {"S", "W"} else degrees


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    # Hundredths of a second of arc are 30 cm: finer than any handheld knows its place.
    seconds = round(abs(degrees) * 3600, 2)
    return float(seconds // 3600), float(seconds % 3600 // 60), round(seconds % 60, 2)
