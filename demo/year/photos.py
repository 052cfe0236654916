"""Sixty thousand photos as small files: a few pictures, each copy told apart by its comment; the
signatures beside them likewise.

The files lie where the product looks for them; they are written without waiting for the disk.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH_PX, HEIGHT_PX = 160, 120
_START = b"\xff\xd8"
_COMMENT = b"\xff\xfe"
_SCENES = 24
SIGNATURE_PX = (240, 80)
#: A PNG begins with eight bytes and its header of 25.
_AFTER_HEADER = 33


def scenes() -> list[bytes]:
    """Pictures that differ to the eye: JPEG bytes."""
    found = []
    for number in range(_SCENES):
        hue = number * 360 // _SCENES
        picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), f"hsl({hue}, 35%, 62%)")
        draw = ImageDraw.Draw(picture)
        for line in range(0, WIDTH_PX, 8 + number):
            draw.line((line, 0, WIDTH_PX - line, HEIGHT_PX), fill=f"hsl({hue}, 60%, 30%)", width=2)
        draw.ellipse((40 + number, 30, 90 + number, 80), fill=f"hsl({(hue + 180) % 360}, 50%, 50%)")
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=70)
        found.append(file.getvalue())
    return found


def told_apart(scene: bytes, words: str) -> tuple[str, bytes]:
    """A copy with a comment of its own: (sha256, bytes)."""
    text = words.encode()
    content = _START + _COMMENT + (len(text) + 2).to_bytes(2, "big") + text + scene[len(_START) :]
    return hashlib.sha256(content).hexdigest(), content


def strokes() -> list[bytes]:
    """Signatures that differ to the eye: PNG bytes, black on white."""
    found = []
    for number in range(_SCENES):
        picture = Image.new("L", SIGNATURE_PX, 255)
        width_px, height_px = SIGNATURE_PX
        line = [
            (
                x,
                height_px / 2
                + math.sin(x / (9 + number / 3) + number) * height_px / (3 + number % 4),
            )
            for x in range(12, width_px - 12, 3)
        ]
        ImageDraw.Draw(picture).line(line, fill=0, width=3)
        file = io.BytesIO()
        picture.quantize(2).save(file, "PNG")
        found.append(file.getvalue())
    return found


def signed(stroke: bytes, words: str) -> tuple[str, bytes]:
    """A copy of a signature with a text of its own: (sha256, bytes)."""
    text = b"tEXtComment\0" + words.encode()
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    content = stroke[:_AFTER_HEADER] + chunk + stroke[_AFTER_HEADER:]
    return hashlib.sha256(content).hexdigest(), content


def write(root: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Lay files and both of their derivatives where `FileStore` finds them."""
    made: set[Path] = set()
    for sha256, content in files:
        folder = root / sha256[:2] / sha256[2:4]
        if folder not in made:
            folder.mkdir(parents=True, exist_ok=True)
            made.add(folder)
        original = folder / sha256
        original.write_bytes(content)
        for size in ("thumbnail", "screen"):
            # The picture is as small as a thumbnail: one file, three names.
            (folder / f"{sha256}.{size}.jpg").hardlink_to(original)
