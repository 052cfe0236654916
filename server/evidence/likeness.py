"""Tells whether one picture is a copy of another, re-encoded or a little cropped.

Two stages. A difference hash says, for 8 by 8 cells, whether the picture grows brighter to the
right (`across`) or downwards (`down`); it survives re-encoding, resizing and brightness, and is
found by index. A crop shifts the cells, so nine windows of 92 % are hashed beside the whole: a
cropped copy meets the window that it was cut to. What the hashes name is then laid over the
picture itself, edges fitted, and only a high correlation counts as a copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from operator import mul

from PIL import Image

CELLS = 8
BANDS = 4
BAND_BITS = CELLS * CELLS // BANDS

# Eleven differing bits over four bands leave one band with at most two: so far the index reaches.
REACH_BITS = 11
_PROBE_BITS = 2

# Measured over drawn scenes, cropped by 4 to 10 % and encoded anew: 97 % of the copies stay within
# these, and one in ten thousand of unrelated pairs, which `SAME` then sorts out.
ACROSS_BITS = 10
DOWN_BITS = 12
SAME = 0.985  # correlation of a copy; true copies measured 0.987 and more

_WINDOW = 0.92
_SKETCH = (24, 24)
_STEPS = (0.03, 0.015, 0.0075)
_MOST_CUT = 0.25

Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """The two 64 bit hashes of one window of a picture; window 0 is the whole."""

    window: int
    across: int
    down: int


def boxes() -> tuple[Box, ...]:
    """The windows as parts of the width and height: the whole, then three by three of 92 %."""
    offsets = (0.0, (1 - _WINDOW) / 2, 1 - _WINDOW)
    inner = ((x, y, x + _WINDOW, y + _WINDOW) for x, y in product(offsets, offsets))
    return ((0.0, 0.0, 1.0, 1.0), *inner)


def fingerprints(picture: Image.Image) -> list[Fingerprint]:
    """The fingerprints of all windows of an upright picture (a thumbnail is enough).

    A picture of nothing, such as a dark cellar, has none: it would resemble every other.
    """
    grey = picture.convert("L")
    if _normalised(grey.resize(_SKETCH, Image.Resampling.BOX)) is None:
        return []
    return [
        Fingerprint(window=number, across=_across(grey, box), down=_down(grey, box))
        for number, box in enumerate(boxes())
    ]


def distance(one: int, other: int) -> int:
    """How many bits two hashes differ in."""
    return (one ^ other).bit_count()


def alike(one: Fingerprint, other: Fingerprint, *, across_bits: int = ACROSS_BITS) -> bool:
    """Whether two fingerprints are close enough to look at the pictures themselves."""
    return (
        distance(one.across, other.across) <= across_bits
        and distance(one.down, other.down) <= DOWN_BITS
    )


def bands(hash_: int) -> tuple[int, ...]:
    """A 64 bit hash as four numbers of 16 bits, the columns that the index stands on."""
    mask = (1 << BAND_BITS) - 1
    return tuple(hash_ >> BAND_BITS * band & mask for band in range(BANDS))


def probes(band: int) -> list[int]:
    """The values of a band within two bits: with these, all hashes within `REACH_BITS` are met."""
    return [
        band ^ sum(1 << bit for bit in flipped)
        for count in range(_PROBE_BITS + 1)
        for flipped in combinations(range(BAND_BITS), count)
    ]


def correlation(copy: Image.Image, original: Image.Image, window: int) -> float:
    """How well `copy` lies over the part of `original` near a window, from -1 to 1.

    The edges of the part are moved in ever smaller steps while that betters the fit, so a crop of
    any shape up to a quarter of each side is found.
    """
    copy, original = copy.convert("L"), original.convert("L")
    sketch = _normalised(copy.resize(_SKETCH, Image.Resampling.BOX))
    if sketch is None:
        return 0.0
    box = boxes()[window]
    best = _overlay(sketch, original, box)
    for step in _STEPS:
        better = True
        while better:
            better = False
            for moved in _moved(box, step):
                fit = _overlay(sketch, original, moved)
                if fit > best:
                    box, best, better = moved, fit, True
    return best


def _across(grey: Image.Image, box: Box) -> int:
    return _gradient(grey.resize((CELLS + 1, CELLS), Image.Resampling.LANCZOS, _pixels(grey, box)))


def _down(grey: Image.Image, box: Box) -> int:
    cells = grey.resize((CELLS, CELLS + 1), Image.Resampling.LANCZOS, _pixels(grey, box))
    return _gradient(cells.transpose(Image.Transpose.TRANSPOSE))


def _gradient(cells: Image.Image) -> int:
    light = cells.tobytes()
    found = 0
    for place in range(len(light)):
        if place % (CELLS + 1) < CELLS:
            found = found << 1 | (light[place] < light[place + 1])
    return found


def _pixels(grey: Image.Image, box: Box) -> Box:
    width, height = grey.size
    left, top, right, bottom = box
    return (
        left * width,
        top * height,
        min(right * width, float(width)),
        min(bottom * height, float(height)),
    )


def _moved(box: Box, step: float) -> Iterator[Box]:
    for edge, way in product(range(4), (step, -step)):
        place = min(max(box[edge] + way, 0.0), 1.0)
        moved = (*box[:edge], place, *box[edge + 1 :])
        left, top, right, bottom = moved
        if min(right - left, bottom - top) >= 1 - _MOST_CUT:
            yield left, top, right, bottom


def _overlay(sketch: list[float], original: Image.Image, box: Box) -> float:
    part = original.resize(_SKETCH, Image.Resampling.BOX, _pixels(original, box))
    other = _normalised(part)
    return 0.0 if other is None else sum(map(mul, sketch, other))


def _normalised(cells: Image.Image) -> list[float] | None:
    """The cells with mean 0 and length 1, so that light and contrast do not count; None if flat."""
    light = cells.tobytes()
    mean = sum(light) / len(light)
    centred = [value - mean for value in light]
    length = sum(map(mul, centred, centred)) ** 0.5
    # Less than two grey levels of spread is noise: every dark cellar would resemble every other.
    if length < 2 * len(light) ** 0.5:
        return None
    return [value / length for value in centred]
