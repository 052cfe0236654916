"""Versions of the price list: what one changes against another, and when it may begin. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the list, as it is compared."""

    code: str
    name_zh: str
    name_en: str
    category: str
    unit: str
    labour_fen: int
    material_fen: int
    warranty_months: int

    @property
    def price_fen(self) -> int:
        """Labour and material of one unit together, in fen."""
        return self.labour_fen + self.material_fen


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One item that is not the same in both versions; `before` or `after` is missing where new or
    gone."""

    #: new, gone, dearer, cheaper or reworded
    what: str
    before: Item | None
    after: Item | None

    @property
    def code(self) -> str:
        """The item's code."""
        known = self.after or self.before
        return known.code if known else ""

    @property
    def by_fen(self) -> int:
        """How much dearer one unit becomes, in fen; less than nothing where it becomes cheaper."""
        if self.before is None or self.after is None:
            return 0
        return self.after.price_fen - self.before.price_fen


def compare(before: Iterable[Item], after: Iterable[Item]) -> list[Difference]:
    """What the later version changes, by code. `reworded`: costs as much, but another name, unit,
    category, warranty or share of labour and material."""
    old = {item.code: item for item in before}
    new = {item.code: item for item in after}
    found = []
    for code in sorted({*old, *new}):
        was, will_be = old.get(code), new.get(code)
        if (what := _what(was, will_be)) is not None:
            found.append(Difference(what=what, before=was, after=will_be))
    return found


def _what(was: Item | None, will_be: Item | None) -> str | None:
    if was is None:
        return "new"
    if will_be is None:
        return "gone"
    dearer = will_be.price_fen - was.price_fen
    if dearer:
        return "dearer" if dearer > 0 else "cheaper"
    return "reworded" if was != will_be else None


def version_name(valid_from: dt.date, taken: Collection[str]) -> str:
    """PL-2025-04 after the month in which it begins; PL-2025-04-2 where that is taken."""
    first = f"PL-{valid_from:%Y-%m}"
    name, count = first, 1
    while name in taken:
        count += 1
        name = f"{first}-{count}"
    return name


def may_begin(valid_from: dt.date, *, today: dt.date) -> bool:
    """A list begins tomorrow at the earliest: what was quoted today stays true all day (R-055)."""
    return valid_from > today


def last_day(valid_from: dt.date, later: Sequence[dt.date]) -> dt.date | None:
    """The day before the next list begins; None while none follows."""
    following = min((day for day in later if day > valid_from), default=None)
    return following - dt.timedelta(days=1) if following else None


def asked_for(wish: str, item: Item) -> bool:
    """Whether what somebody was declined is this item: by its code or by either of its names."""
    return _spelled(wish) in {_spelled(one) for one in (item.code, item.name_zh, item.name_en)}


def _spelled(words: str) -> str:
    return "".join(words.split()).casefold()
