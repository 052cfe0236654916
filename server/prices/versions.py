"""Versions of the price list: what one changes against another, and when it may begin. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Item(Protocol):
    """One line of the list, wherever it is kept."""

    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def labour_fen(self) -> int: ...
    @property
    def material_fen(self) -> int: ...
    @property
    def warranty_months(self) -> int: ...
    @property
    def category(self) -> str: ...


ItemT = TypeVar("ItemT", bound=Item)


@dataclass(frozen=True, kw_only=True)
class Difference(Generic[ItemT]):
    """One item that is not the same in both versions; `before` or `after` is missing where new or
    gone."""

    #: new, gone, dearer, cheaper or reworded
    what: str
    before: ItemT | None
    after: ItemT | None

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
        return price_fen(self.after) - price_fen(self.before)


def price_fen(item: Item) -> int:
    """Labour and material of one unit together, in fen."""
    return item.labour_fen + item.material_fen


def compare(before: Iterable[ItemT], after: Iterable[ItemT]) -> list[Difference[ItemT]]:
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
    dearer = price_fen(will_be) - price_fen(was)
    if dearer:
        return "dearer" if dearer > 0 else "cheaper"
    return "reworded" if _words(was) != _words(will_be) else None


def _words(item: Item) -> tuple[object, ...]:
    return (
        item.name_zh,
        item.name_en,
        item.unit,
        item.category,
        item.labour_fen,
        item.material_fen,
        item.warranty_months,
    )


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
