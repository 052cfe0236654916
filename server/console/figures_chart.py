"""A figure's 28 days and its day as a drawing: bars, and the line to keep to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

WIDTH, HEIGHT = 290, 84
_TOP, _FLOOR = 12, 70
_BAR, _STEP = 7, 10
#: A target stands a little below the top, so that a bar above it can be seen.
_HEADROOM = 1.08


class Bar(NamedTuple):
    """One day; `value` is None where there was nothing to measure."""

    value: float | None
    #: None, or how much it weighs that the target was missed: limit or goal
    off: str | None
    words: str


class Marks(NamedTuple):
    """What is written at the drawing's edges."""

    top: str
    first: str
    last: str


def chart(
    bars: Sequence[Bar], *, name: str, title: str, told: str, target: float | None, marks: Marks
) -> Markup:
    """The drawing. What it says stands in `title` and `told`; the numbers in a table beside it.

    A missed target is also marked by shape: a square for a limit, a triangle for a goal.
    """
    highest = max([bar.value or 0 for bar in bars] + [target or 0, 0.0])
    scale = (_FLOOR - _TOP) / (highest * _HEADROOM) if highest else 0.0
    drawn = [_bar(place, bar, scale, last=place == len(bars) - 1) for place, bar in enumerate(bars)]
    line = Markup("")
    if target is not None and highest:
        y = _at(target, scale)
        line = Markup('<line class="target" x1="0" x2="{}" y1="{}" y2="{}"/>').format(WIDTH, y, y)
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="t-{n} d-{n}">'
        '<title id="t-{n}">{title}</title><desc id="d-{n}">{told}</desc>'
        '<line class="floor" x1="0" x2="{w}" y1="{floor}" y2="{floor}"/>{bars}{line}'
        '<text x="0" y="9">{top}</text><text x="0" y="{foot}">{first}</text>'
        '<text class="end" x="{w}" y="{foot}">{last}</text></svg>'
    ).format(
        w=WIDTH,
        h=HEIGHT,
        n=name,
        title=title,
        told=told,
        floor=_FLOOR,
        foot=HEIGHT - 2,
        bars=Markup("").join(drawn),
        line=line,
        top=marks.top,
        first=marks.first,
        last=marks.last,
    )


def _bar(place: int, bar: Bar, scale: float, *, last: bool) -> Markup:
    x = place * _STEP + 1
    middle = x + _BAR / 2
    if bar.value is None:
        return Markup('<circle class="none" cx="{}" cy="{}" r="1"/>').format(middle, _FLOOR - 2)
    # A value of nothing is still a value: it leaves a line.
    height = max(1.0, round(bar.value * scale, 1))
    classes = " ".join(
        ["bar", *(["today"] if last else []), *([f"off {bar.off}"] if bar.off else [])]
    )
    y = _FLOOR - height
    drawn = Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
    ).format(classes, x, round(y, 1), _BAR, height, bar.words)
    return drawn + _mark(bar.off, middle, y)


def _mark(off: str | None, middle: float, y: float) -> Markup:
    if off == "limit":
        return Markup('<rect class="mark" x="{}" y="{}" width="4" height="4"/>').format(
            middle - 2, round(y - 6, 1)
        )
    if off == "goal":
        return Markup('<path class="mark" d="M{} {}l5 0l-2.5 -4.5z"/>').format(
            middle - 2.5, round(y - 1.5, 1)
        )
    return Markup("")


def _at(value: float, scale: float) -> float:
    return round(_FLOOR - value * scale, 1)
