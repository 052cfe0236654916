"""Pictures for tests: drawn rather than downloaded, detailed enough to be told apart."""

import datetime as dt
import io
import random
import struct
import zlib

from PIL import Image, ImageDraw, ImageFilter
from PIL.ExifTags import GPS, IFD, Base

EXIF_TIME = "%Y:%m:%d %H:%M:%S"


def scene(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """A cluttered still life: a light falling in, things lying about, a little noise."""
    dice = random.Random(seed)
    width, height = size
    light = Image.linear_gradient("L").resize(size).rotate(90 * dice.randrange(4))
    picture = Image.merge("RGB", [light.point(_tone(dice)) for _ in range(3)])
    pen = ImageDraw.Draw(picture)
    for _ in range(dice.randint(12, 24)):
        x, y = dice.randint(-60, width), dice.randint(-60, height)
        box = (x, y, x + dice.randint(30, 30 + width // 3), y + dice.randint(30, 30 + height // 3))
        colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
        draw = pen.ellipse if dice.random() < 0.5 else pen.rectangle
        draw(box, fill=colour)
    blurred = picture.filter(ImageFilter.GaussianBlur(2))
    grain = Image.frombytes("L", size, dice.randbytes(width * height)).convert("RGB")
    return Image.blend(blurred, grain, 0.03)


def _tone(dice: random.Random):
    slope, floor = dice.uniform(0.2, 0.8), dice.randint(10, 50)
    return lambda light: int(light * slope + floor)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def photo(seed: int, *, size: tuple[int, int] = (800, 600), quality: int = 85) -> bytes:
    """A JPEG as a handheld sends it."""
    return encoded(scene(seed, size), quality=quality)


def cropped(content: bytes, *, part: float, quality: int = 60) -> bytes:
    """The same picture again: `part` of the width and height cut off, encoded anew."""
    with Image.open(io.BytesIO(content)) as picture:
        width, height = picture.size
        left, top = int(width * part / 3), int(height * part * 2 / 3)
        box = (left, top, left + int(width * (1 - part)), top + int(height * (1 - part)))
        return encoded(picture.crop(box), quality=quality)


def signature(seed: int) -> bytes:
    """A PNG of strokes on a transparent ground."""
    dice = random.Random(seed)
    paper = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    points = [(x, dice.randint(40, 200)) for x in range(30, 570, 30)]
    ImageDraw.Draw(paper).line(points, fill=(0, 0, 0, 255), width=5)
    return encoded(paper, "PNG")


def redrawn(content: bytes) -> bytes:
    """The strokes of a signature on larger white paper: other bytes, the same hand."""
    with Image.open(io.BytesIO(content)) as ink:
        paper = Image.new("RGBA", (ink.width + 90, ink.height + 120), "white")
        paper.alpha_composite(ink.convert("RGBA"), (40, 70))
    return encoded(paper.convert("RGB"), "PNG")


def metadata(
    *,
    taken_at: str | None = None,
    offset: str | None = None,
    place: tuple[float, float] | None = None,
    turn: int | None = None,
) -> bytes:
    """What a camera would write: local clock text, its offset, degrees north and east."""
    tags = Image.Exif()
    if turn is not None:
        tags[Base.Orientation] = turn
    camera = tags.get_ifd(IFD.Exif)
    camera[Base.LensModel] = "tell-tale lens"
    if taken_at is not None:
        camera[Base.DateTimeOriginal] = taken_at
    if offset is not None:
        camera[Base.OffsetTimeOriginal] = offset
    if place is not None:
        gps = tags.get_ifd(IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (place[0], 0.0, 0.0)
        gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (place[1], 0.0, 0.0)
    return tags.tobytes()


def camera_clock(moment: dt.datetime) -> str:
    """A moment as a camera writes it: local time without a zone."""
    return moment.strftime(EXIF_TIME)


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be, and would decode to, something huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    magic = b"\x89PNG\r\n\x1a\n"
    return magic + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
