"""A reading drawn against its band and against what the same thing read before: where marks stand.

The page draws it as SVG with attributes; this works out the places.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from checklists.bands import Stretch
from server.quality.readings import Earlier

WIDTH, HEIGHT = 300, 40
#: Room at both ends beyond the outermost mark, as a share of what is shown.
MARGIN = Decimal("0.15")
#: Two figures closer than this are not both written.
CLOSEST_PX = 34
REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A coloured stretch, in pixels."""

    x: float
    width: float
    status: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something at one place of the line, with its words."""

    x: float
    words: str
    figure: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Everything that is drawn, from the back to the front."""

    zones: tuple[Zone, ...]
    limits: tuple[Mark, ...]
    earlier: tuple[Mark, ...]
    reading: Mark
    width: int = WIDTH
    height: int = HEIGHT


def chart(
    value: str,
    unit: str,
    stretches: Sequence[Stretch],
    earlier: Sequence[Earlier],
    *,
    shown: str | None = None,
) -> Chart | None:
    """The drawing of one reading; None where there is nothing to draw it against.

    Earlier readings in another unit are left out: they would stand in a wrong place. `shown` is the
    unit as the reader writes it.
    """
    reading = number(value)
    if reading is None:
        return None
    before = [
        (place, one)
        for one in earlier
        if one.unit == unit and (place := number(one.value)) is not None
    ]
    words = unit if shown is None else shown
    limits = _limits(stretches)
    if not limits and not before:
        return None
    scale = Scale.over([reading, *limits, *(place for place, _ in before)])
    return Chart(
        zones=tuple(_zones(stretches, scale)),
        limits=_apart([Mark(x=scale.x(limit), words=plain(limit)) for limit in limits]),
        earlier=tuple(
            Mark(
                x=scale.x(place),
                words=f"{one.order_number}: {one.value} {words}".rstrip(),
                figure=one.value,
            )
            for place, one in before
        ),
        reading=Mark(x=scale.x(reading), words=f"{value} {words}".rstrip()),
    )


@dataclass(frozen=True, kw_only=True)
class Scale:
    """From a number to its place on the line."""

    low: Decimal
    high: Decimal

    @classmethod
    def over(cls, shown: Sequence[Decimal]) -> Scale:
        """A line that shows all of these with some room at both ends."""
        low, high = min(shown), max(shown)
        room = (high - low) * MARGIN or abs(high) * MARGIN or Decimal(1)
        return cls(low=low - room, high=high + room)

    def x(self, value: Decimal | None, *, end: bool = False) -> float:
        """The place of a number in pixels; without one, the line's own beginning or end."""
        if value is None:
            return float(WIDTH) if end else 0.0
        share = (value - self.low) / (self.high - self.low)
        return round(float(share) * WIDTH, 1)


def _limits(stretches: Sequence[Stretch]) -> list[Decimal]:
    """The limits between one verdict and another. Where readings end altogether (no voltage below
    nothing) is no limit to look at, unless there is no other."""
    ends = [
        (high.low, low.status is not None and high.status is not None)
        for low, high in itertools.pairwise(stretches)
        if high.low is not None
    ]
    judged = [end for end, is_judged in ends if is_judged]
    return judged or [end for end, _ in ends]


def _zones(stretches: Sequence[Stretch], scale: Scale) -> Iterator[Zone]:
    """The stretches that can be seen on this line."""
    for stretch in stretches:
        x = min(max(scale.x(stretch.low), 0.0), float(WIDTH))
        end = min(max(scale.x(stretch.high, end=True), 0.0), float(WIDTH))
        if end > x:
            status = stretch.status.value if stretch.status else REFUSED
            yield Zone(x=x, width=round(end - x, 1), status=status)


def number(text: str) -> Decimal | None:
    """A reading as a number; None for what is none."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def plain(value: Decimal) -> str:
    """A limit without zeros that say nothing: 0.4, 198, 4.25."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _apart(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Of figures that would be written over one another only the first."""
    kept: list[Mark] = []
    for mark in marks:
        if not kept or mark.x - kept[-1].x >= CLOSEST_PX:
            kept.append(mark)
    return tuple(kept)
