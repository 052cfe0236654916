"""A signature is known again however it is moved, sized or encoded; another hand is another."""

import io

import pytest
from PIL import Image, ImageDraw

from server.evidence import strokes
from tests.factories import pictures

SEEDS = range(60)


def paper(content: bytes) -> Image.Image:
    """A signature as it is shown: ink on white."""
    with Image.open(io.BytesIO(content)) as ink:
        white = Image.new("RGBA", ink.size, "white")
        return Image.alpha_composite(white, ink.convert("RGBA")).convert("RGB")


def moved(picture: Image.Image) -> Image.Image:
    larger = Image.new("RGB", (picture.width + 100, picture.height + 160), "white")
    larger.paste(picture, (60, 90))
    return Image.open(io.BytesIO(pictures.encoded(larger, quality=60)))


def halved(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2))


@pytest.mark.parametrize("change", [moved, halved])
def test_the_same_strokes_are_known_again(change):
    for seed in SEEDS:
        drawn = paper(pictures.signature(seed))
        first, again = strokes.fingerprint(drawn), strokes.fingerprint(change(drawn))
        assert strokes.distance(first, again) <= strokes.SAME_CELLS
        shared = zip(strokes.bands(first), strokes.bands(again), strict=True)
        assert any(one == other for one, other in shared), "the index would not find it"


def test_other_strokes_are_far_off():
    prints = [strokes.fingerprint(paper(pictures.signature(seed))) for seed in SEEDS]
    pairs = [(one, other) for place, one in enumerate(prints) for other in prints[:place]]
    nearest = min(strokes.distance(one, other) for one, other in pairs)
    assert nearest > 3 * strokes.SAME_CELLS


@pytest.mark.parametrize(
    "points", [[(20, 100), (300, 110)], [(20, 60), (60, 140), (200, 20)], [(50, 50), (51, 51)]]
)
def test_a_tick_or_a_line_is_everybodys(points):
    plain = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(plain).line(points, fill="black", width=3)
    assert strokes.fingerprint(plain) is None


def test_paper_without_ink_has_no_strokes():
    assert strokes.fingerprint(Image.new("RGB", (400, 200), "white")) is None
