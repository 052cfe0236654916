"""Synthetic pictures: dated like a camera's, no two alike even to an eye that squints."""

import io
import random
from datetime import UTC, datetime
from itertools import combinations

from PIL import Image

from reference_handheld import pictures

AT = datetime(2025, 3, 5, 2, 22, tzinfo=UTC)


def drawn(seed: int) -> bytes:
    return pictures.photo(label="FW-202503-0001 LAMP-01", taken_at=AT, rng=random.Random(seed))


def squinted(body: bytes) -> list[bool]:
    """A difference hash of 64 bits, as the server's copy detector takes in other words."""
    grey = Image.open(io.BytesIO(body)).convert("L").resize((9, 8), Image.Resampling.BOX)
    pixel = list(grey.tobytes())
    return [pixel[y * 9 + x] < pixel[y * 9 + x + 1] for y in range(8) for x in range(8)]


def test_a_photo_carries_its_time_as_a_camera_in_the_estate_writes_it() -> None:
    exif = Image.open(io.BytesIO(drawn(1))).getexif().get_ifd(0x8769)
    assert exif[0x9003] == "2025:03:05 10:22:00"
    assert exif[0x9011] == "+08:00"


def test_no_two_photos_look_alike() -> None:
    hashes = [squinted(drawn(seed)) for seed in range(24)]
    nearest = min(
        sum(one != other for one, other in zip(*pair, strict=True))
        for pair in combinations(hashes, 2)
    )
    assert nearest > 10


def test_a_signature_is_a_png_with_ink_on_it() -> None:
    image = Image.open(io.BytesIO(pictures.signature(rng=random.Random(1))))
    assert image.format == "PNG"
    assert image.convert("L").getextrema() == (0, 255)
