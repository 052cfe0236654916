"""Figures: what was measured, the bare baseline beside it, the ratio, and how they are printed."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `unit` is `ms` (less is better) or `/s` (more is better)."""

    part: str
    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times dearer than the bare thing; None without one."""
        if not self.baseline or not self.value:
            return None
        return self.value / self.baseline if self.unit == "ms" else self.baseline / self.value

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        return {**asdict(self), "ratio": self.ratio}


def cpu_figures(
    part: str, thing: str, before: Mapping[str, float], after: Mapping[str, float], count: int
) -> list[Figure]:
    """Processor time of each process for one `thing`, as read before and after `count` of them."""
    return [
        Figure(part=part, name=f"processor time per {thing}: {name}", value=used / count, unit="ms")
        for name in before
        if (used := after.get(name, 0) - before[name]) / count >= 0.05
    ]


def percentile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; `share` 0.5 is the median. Needs at least one sample."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def milliseconds(seconds: Sequence[float], share: float) -> float:
    """A percentile of durations in seconds, in milliseconds."""
    return percentile(seconds, share) * 1000


def median_and_tail(
    part: str, name: str, ours: Sequence[float], theirs: Sequence[float], baseline_name: str
) -> list[Figure]:
    """Two lines for durations in seconds: p50 and p95, each beside the bare thing's."""
    return [
        Figure(
            part=part,
            name=f"{name}, {label}",
            value=milliseconds(ours, share),
            unit="ms",
            baseline=milliseconds(theirs, share),
            baseline_name=baseline_name,
        )
        for label, share in (("p50", 0.5), ("p95", 0.95))
    ]


def table(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table, which is a readable one in a terminal as well."""
    rows = [("part", "what", "measured", "bare", "bare is", "ratio")]
    rows += [
        (
            one.part,
            one.name,
            _spelled(one.value, one.unit),
            _spelled(one.baseline, one.unit) if one.baseline is not None else "–",
            one.baseline_name or "–",
            f"{one.ratio:.1f} ×" if one.ratio is not None else "–",
        )
        for one in figures
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
    return "| " + " | ".join(cells) + " |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _spelled(value: float, unit: str) -> str:
    if value >= 100:
        return f"{value:,.0f} {unit}"
    return f"{value:.1f} {unit}" if value >= 10 else f"{value:.2f} {unit}"
