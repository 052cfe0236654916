"""Tells whether two signatures are the same strokes, drawn once and used again. Pure.

The ink is trimmed, laid on a grid of 16 by 8 cells and each cell asked whether it holds more of
it than the middle one: moving, resizing and encoding anew change none or a few of the 128 cells,
another hand, or the same hand another day, changes dozens."""

from PIL import Image, ImageChops

ACROSS, DOWN = 16, 8
CELLS = ACROSS * DOWN
BANDS = 8
#: Measured over drawn strokes: copies that were moved, resized or encoded anew differ in at most 6
#: cells, strangers in 27 and more. Fewer than there are bands: one band of two copies is the same.
SAME_CELLS = 7

# A line or a tick is everybody's: too plain to be told apart. Lines across and down the paper meet
# a line in 2 places together, on the average, a tick in 2.6, drawn names nearly all in 3.3 and more.
_LEAST_CROSSINGS = 3.2
_TRACED = (64, 32)
# Ink by how much darker than the paper, of 255.
_INK = 96


def fingerprint(signature: Image.Image) -> int | None:
    """The 128 bits of a signature on white paper; None where its strokes are too plain."""
    ink = ImageChops.invert(signature.convert("L"))
    drawn = ink.point(lambda dark: 255 if dark >= _INK else 0)
    box = drawn.getbbox()
    if box is None or _crossings(drawn.crop(box)) < _LEAST_CROSSINGS:
        return None
    amounts = ink.resize((ACROSS, DOWN), Image.Resampling.BOX, box).tobytes()
    middle = sorted(amounts)[CELLS // 2]
    found = 0
    for amount in amounts:
        found = found << 1 | (amount > middle)
    return found


def _crossings(drawn: Image.Image) -> float:
    """How often a line across and a line down meet ink, both together, on the average."""
    traced = drawn.resize(_TRACED, Image.Resampling.BOX)
    return _runs(traced) + _runs(traced.transpose(Image.Transpose.TRANSPOSE))


def _runs(traced: Image.Image) -> float:
    cells, width = traced.tobytes(), traced.width
    begun = sum(
        bool(cells[place]) and (place % width == 0 or not cells[place - 1])
        for place in range(len(cells))
    )
    return begun / traced.height


def distance(one: int, other: int) -> int:
    """In how many cells two fingerprints differ."""
    return (one ^ other).bit_count()


def bands(cells: int) -> tuple[int, ...]:
    """The columns that the index stands on: each takes every eighth cell, from all over the paper,
    so that corners without ink do not make a band that everybody shares."""
    return tuple(
        sum((cells >> (place * BANDS + band) & 1) << place for place in range(CELLS // BANDS))
        for band in range(BANDS)
    )
