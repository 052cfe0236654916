"""Sixty thousand photos as small files: a few pictures, each copy told apart by its comment.

The files lie where the product looks for them; they are written without waiting for the disk.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH_PX, HEIGHT_PX = 160, 120
_START = b"\xff\xd8"
_COMMENT = b"\xff\xfe"
_SCENES = 24


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
