"""Synthetic photos and signatures: drawn, unmistakably made up, no two alike in bytes or looks."""

import io
import random
from datetime import datetime
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

WIDTH_PX, HEIGHT_PX = 1024, 768
ZONE = ZoneInfo("Asia/Shanghai")
_EXIF_IFD = 0x8769
_DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL = 0x9003, 0x9011
_SHAPES = 14


def photo(*, label: str, taken_at: datetime, rng: random.Random) -> bytes:
    """A JPEG with its time in the EXIF, as a camera in Shanghai writes it.

    The large shapes differ from picture to picture, so that a perceptual hash tells them apart;
    `label` (ASCII) is written along the foot to let a person recognise the step.
    """
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _colour(rng, 40, 220))
    draw = ImageDraw.Draw(image)
    for _ in range(_SHAPES):
        _shape(draw, rng)
    _dial(ImageDraw.Draw(image), rng)
    foot = ImageDraw.Draw(image)
    local = taken_at.astimezone(ZONE)
    foot.rectangle((0, HEIGHT_PX - 56, WIDTH_PX, HEIGHT_PX), fill=(20, 20, 20))
    foot.text((16, HEIGHT_PX - 44), f"SIMULATED  {label}  {local:%Y-%m-%d %H:%M:%S}", font_size=28)
    exif = Image.Exif()
    exif.get_ifd(_EXIF_IFD)[_DATE_TIME_ORIGINAL] = f"{local:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(_EXIF_IFD)[_OFFSET_TIME_ORIGINAL] = "+08:00"
    body = io.BytesIO()
    image.save(body, "JPEG", quality=82, exif=exif)
    return body.getvalue()


def signature(*, rng: random.Random) -> bytes:
    """A PNG with a few strokes of a pen, black on white."""
    image = Image.new("L", (600, 240), 255)
    draw = ImageDraw.Draw(image)
    x = 60.0
    for _ in range(rng.randint(3, 5)):
        points = []
        y = rng.uniform(90, 150)
        for _ in range(rng.randint(8, 14)):
            points.append((x, y))
            x += rng.uniform(2, 14)
            y = min(210, max(30, y + rng.uniform(-45, 45)))
        draw.line(points, fill=0, width=5, joint="curve")
        x += rng.uniform(6, 24)
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def _shape(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    x, y = rng.uniform(-200, WIDTH_PX), rng.uniform(-200, HEIGHT_PX)
    box = (x, y, x + rng.uniform(150, 700), y + rng.uniform(120, 600))
    if rng.random() < 0.5:  # noqa: PLR2004 - an even chance
        draw.ellipse(box, fill=_colour(rng, 0, 255))
    else:
        draw.rectangle(box, fill=_colour(rng, 0, 255))


def _dial(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """A round instrument somewhere in the picture, its needle anywhere."""
    x, y, radius = rng.uniform(200, 820), rng.uniform(190, 520), rng.uniform(80, 160)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill="white", outline="black")
    draw.pieslice(
        (x - radius, y - radius, x + radius, y + radius),
        start=(at := rng.uniform(0, 360)),
        end=at + 6,
        fill="red",
    )


def _colour(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
