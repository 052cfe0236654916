"""(c) A photo: from the last byte of the upload to the thumbnail that the desk can open."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps

from benchmarks.bulk import Writer
from benchmarks.desk import Line, Refused
from benchmarks.figures import Figure, milliseconds

PART = "photo"
SIZE_PX = (4032, 3024)
SCREEN_PX = 1600
THUMBNAIL_PX = 320
_QUALITY = 80
_LOOK_EVERY_S = 0.004
_PATIENCE_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds after the last byte had left the handheld."""

    answered: float
    thumbnail: float


def measure(writer: Writer, *, samples: int) -> list[Figure]:
    """`samples` different photos of 12 megapixels, one at a time; the same files by bare Pillow."""
    house, estate = writer.house, writer.estate
    number = writer.all_in("dispatched", 1)[0][0]
    grain = Image.effect_noise(SIZE_PX, 40).convert("RGB")
    pictures = [_photo(seed, grain) for seed in range(samples)]
    handheld = Line(
        house.settings.web_port,
        {
            "Authorization": f"Bearer {estate.technicians[0].token}",
            "Tus-Resumable": "1.0.0",
        },
    )
    desk = Line(house.settings.web_port, {"Authorization": f"Bearer {estate.desk_token}"})
    took = [_upload(handheld, desk, number, content) for content in pictures]
    handheld.close()
    desk.close()
    bare = [_bare(content) for content in pictures]
    size_mb = sum(map(len, pictures)) / len(pictures) / 1e6
    bare_name = "Pillow, both sizes"
    return [
        *(
            Figure(
                part=PART,
                name=f"last byte → thumbnail, 12 MP JPEG of {size_mb:.1f} MB, {name}",
                value=milliseconds([one.thumbnail for one in took], share),
                unit="ms",
                baseline=milliseconds(bare, share),
                baseline_name=bare_name,
            )
            for name, share in (("p50", 0.5), ("p95", 0.95))
        ),
        Figure(
            part=PART,
            name="of which last byte → 204 (judged, hashed, on disk), p50",
            value=milliseconds([one.answered for one in took], 0.5),
            unit="ms",
        ),
    ]


def _upload(handheld: Line, desk: Line, number: str, content: bytes) -> Took:
    sha256 = hashlib.sha256(content).hexdigest()
    metadata = {"sha256": sha256, "filetype": "image/jpeg", "order": number, "tag": "before"}
    spelled = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items()
    )
    location = _expect(
        201,
        handheld.ask(
            "POST",
            "/field/v1/photos",
            headers={"Upload-Length": str(len(content)), "Upload-Metadata": spelled},
        ),
    )["Location"]
    path = "/" + location.split("/", 3)[3] if location.startswith("http") else location
    handheld.send(
        "PATCH",
        path,
        body=content,
        headers={"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
    )
    last_byte = time.perf_counter()
    _expect(204, handheld.answer())
    answered = time.perf_counter()
    while desk.ask("GET", f"/api/v1/photos/{sha256}/thumbnail")[0] != 200:
        if time.perf_counter() - answered > _PATIENCE_S:
            raise TimeoutError("no thumbnail")
        time.sleep(_LOOK_EVERY_S)
    return Took(answered=answered - last_byte, thumbnail=time.perf_counter() - last_byte)


def _expect(wanted: int, answer: tuple[int, Mapping[str, str], bytes]) -> Mapping[str, str]:
    status, headers, body = answer
    if status != wanted:
        raise Refused(f"{status} {body[:400]!r}")
    return headers


def _bare(content: bytes) -> float:
    """Seconds in which Pillow alone makes both sizes, the usual way."""
    begun = time.perf_counter()
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (SCREEN_PX, SCREEN_PX))
        picture = ImageOps.exif_transpose(image)
        for edge in (SCREEN_PX, THUMBNAIL_PX):
            picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
            picture.save(io.BytesIO(), "JPEG", quality=_QUALITY)
    return time.perf_counter() - begun


def _photo(seed: int, grain: Image.Image) -> bytes:
    """Something that weighs as much as a phone's photo: shapes drawn small, blown up, grained."""
    dice = random.Random(seed)
    width, height = SIZE_PX[0] // 4, SIZE_PX[1] // 4
    light = Image.linear_gradient("L").rotate(90 * dice.randrange(4)).resize((width, height))
    picture = Image.merge("RGB", [light.point(_tone(dice)) for _ in range(3)])
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = dice.randint(-75, width), dice.randint(-75, height)
        box = (x, y, x + dice.randint(15, 350), y + dice.randint(15, 350))
        colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
        (pen.ellipse if dice.random() < 0.5 else pen.rectangle)(box, fill=colour)
    out = io.BytesIO()
    large = picture.resize(SIZE_PX, Image.Resampling.BILINEAR)
    Image.blend(large, grain, 0.12).save(out, "JPEG", quality=88)
    return out.getvalue()


def _tone(dice: random.Random) -> list[int]:
    slope, floor = dice.uniform(0.2, 0.8), dice.randint(10, 50)
    return [int(light * slope + floor) for light in range(256)]
