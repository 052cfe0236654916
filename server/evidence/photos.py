"""What a picture is and how it is shown: judged by its content, bounded before it is decoded.

Pure: a file in, facts or derivatives out. A JPEG is decoded at the scale that is needed, so a
picture of 60 megapixels costs as little memory as a small one; what can only be decoded whole
(PNG, WebP, progressive JPEG) has a lower bound of its own.
"""

import datetime as dt
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from server.evidence import exif

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
DERIVED_TYPE = "image/jpeg"

SCREEN_PX = 1600
THUMBNAIL_PX = 320

# A picture decoded whole takes up to 200 MB for a moment: one of them at a time.
_decoding = threading.Lock()

_QUALITY = 80
_PROBE_PX = 320


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is accepted: size of the file in bytes, pixels of a JPEG, and pixels of a picture that
    has to be decoded whole."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 60_000_000
    max_whole_pixels: int = 12_500_000


DEFAULT_LIMITS = Limits()


class BadPhoto(ValueError):
    """The bytes cannot be taken as a photo; says why in a slug and two languages."""

    def __init__(self, slug: str, zh: str, en: str) -> None:
        super().__init__(f"{slug}: {en}")
        self.slug, self.zh, self.en = slug, zh, en


@dataclass(frozen=True, kw_only=True)
class PhotoFacts:
    """What an accepted picture says of itself. Width and height are those of the upright picture;
    `taken_at` is the camera's time (aware UTC); place in degrees, both or none."""

    media_type: str
    width_px: int
    height_px: int
    taken_at: dt.datetime | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, kw_only=True)
class Derivatives:
    """The two JPEGs that people are shown, upright and without the original's metadata."""

    screen: bytes
    thumbnail: bytes


def inspect(
    path: Path, *, media_type: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> PhotoFacts:
    """Judge a file and read its facts; every byte of the picture is decoded once.

    `media_type` is what the sender says it is; another content is refused. Raises BadPhoto.
    """
    size_bytes = path.stat().st_size
    if size_bytes > limits.max_bytes:
        raise BadPhoto(
            "photo-too-many-bytes",
            f"照片有 {size_bytes} 字节,最多允许 {limits.max_bytes} 字节。",
            f"The photo has {size_bytes} bytes; at most {limits.max_bytes} are taken.",
        )
    with _opened(path, limits) as image:
        found = _media_type(image)
        if media_type is not None and media_type != found:
            raise BadPhoto(
                "photo-mislabelled",
                f"文件内容是 {found},与所报的类型不符。",
                f"The file is {found}, not what it was announced as.",
            )
        width_px, height_px = image.size
        _decode(image, _PROBE_PX)
        facts = exif.read(image)
    if facts.turn in _SIDEWAYS:
        width_px, height_px = height_px, width_px
    return PhotoFacts(
        media_type=found,
        width_px=width_px,
        height_px=height_px,
        taken_at=facts.taken_at,
        latitude=facts.latitude,
        longitude=facts.longitude,
    )


def derive(
    source: Path | BinaryIO, *, keep_place: bool, limits: Limits = DEFAULT_LIMITS
) -> Derivatives:
    """The screen size (1600 px) and thumbnail (320 px) of a picture, upright, on white where it
    was transparent. Of the metadata only the time stays and, with `keep_place`, the place.

    Raises BadPhoto.
    """
    with _opened(source, limits) as image:
        _decode(image, SCREEN_PX)
        facts = exif.read(image)
        image.thumbnail((SCREEN_PX, SCREEN_PX), Image.Resampling.LANCZOS, reducing_gap=1.5)
        picture = _flat(image)
    if facts.turn is not None:
        picture = picture.transpose(facts.turn)
    tags = exif.write(facts, keep_place=keep_place)
    screen = _encoded(picture, tags)
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    return Derivatives(screen=screen, thumbnail=_encoded(picture, tags))


def cleaned(source: Path | BinaryIO, *, note: str, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The screen size of a stranger's picture, drawn anew: a JPEG, upright, with nothing in it
    that came with the file but what is seen. `note` stands in it as its only comment.

    Raises BadPhoto.
    """
    with _opened(source, limits) as image:
        _decode(image, SCREEN_PX)
        turn = exif.read(image).turn
        image.thumbnail((SCREEN_PX, SCREEN_PX), Image.Resampling.LANCZOS, reducing_gap=1.5)
        picture = _flat(image)
    if turn is not None:
        picture = picture.transpose(turn)
    return _encoded(picture, Image.Exif(), comment=note)


_SIDEWAYS = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}


@contextmanager
def _opened(source: Path | BinaryIO, limits: Limits) -> Iterator[Image.Image]:
    """An opened picture within the limits; whatever its decoder raises becomes a BadPhoto."""
    try:
        with _decoding, Image.open(source, formats=list(MEDIA_TYPES)) as image:
            _check(image, limits)
            yield image
    except BadPhoto:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(limits.max_pixels) from error
    except UnidentifiedImageError as error:
        raise BadPhoto(
            "photo-not-a-picture",
            "文件不是 JPEG、PNG 或 WebP 图片。",
            "The file is no JPEG, PNG or WebP picture.",
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # decoders fed by strangers fail in many ways
        raise BadPhoto(
            "photo-damaged",
            "图片不完整或已损坏,请重新上传。",
            "The picture is incomplete or damaged; please send it again.",
        ) from error


def _check(image: Image.Image, limits: Limits) -> None:
    whole = _media_type(image) != "image/jpeg" or "progressive" in image.info
    most = min(limits.max_whole_pixels, limits.max_pixels) if whole else limits.max_pixels
    if image.width * image.height > most:
        raise _too_many_pixels(most)
    # Phones append further frames to a JPEG (depth, HDR gain): the first is the photo.
    if _media_type(image) != "image/jpeg" and getattr(image, "n_frames", 1) > 1:
        raise BadPhoto(
            "photo-animated", "不接受动态图片。", "An animated picture is not taken as evidence."
        )


def _media_type(image: Image.Image) -> str:
    return MEDIA_TYPES["JPEG" if image.format == "MPO" else image.format or ""]


def _too_many_pixels(most: int) -> BadPhoto:
    return BadPhoto(
        "photo-too-many-pixels",
        f"图片像素过多,此类图片最多 {most // 1_000_000} 百万像素。",
        f"The picture has too many pixels; at most {most // 1_000_000} megapixels of this kind.",
    )


def _decode(image: Image.Image, edge_px: int) -> None:
    """Read all of the file; a JPEG only at the scale that still covers `edge_px`."""
    image.draft(None, (edge_px, edge_px))
    image.load()


def _flat(image: Image.Image) -> Image.Image:
    """RGB without transparency: ink on nothing becomes ink on paper."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda light: light / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    ink = image.convert("RGBA")
    paper = Image.new("RGBA", ink.size, "white")
    return Image.alpha_composite(paper, ink).convert("RGB")


def _encoded(picture: Image.Image, tags: Image.Exif, **more: str) -> bytes:
    out = io.BytesIO()
    picture.info.clear()
    picture.save(out, "JPEG", quality=_QUALITY, exif=tags, **more)
    return out.getvalue()
