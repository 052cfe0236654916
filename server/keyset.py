"""Turning pages by key: where a page ended, spelled for an address, and what lies beyond it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

from server.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class Place:
    """A row's place in a list that is sorted by a moment and an id, the newest first."""

    at: dt.datetime
    id: uuid.UUID | int

    def spelled(self) -> str:
        """As it stands in an address."""
        last = self.id.hex if isinstance(self.id, uuid.UUID) else str(self.id)
        return f"{self.at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}_{last}"


def read_place(text: str, *, number: bool = False) -> Place:
    """What `Place.spelled` wrote; `number`: ids are numbers. Raises Invalid."""
    try:
        moment, last = text.split("_")
        at = dt.datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC)
        return Place(at=at, id=int(last) if number else uuid.UUID(last))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "bad-cursor", "分页位置无效。", "The place in the list is not one of ours."
        ) from error


def beyond(
    at: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any], place: Place, *, newer: bool
) -> sa.ColumnElement[bool]:
    """Rows that stand before (`newer`) or behind a place."""
    if newer:
        further = sa.or_(at > place.at, sa.and_(at == place.at, key > place.id))
        return sa.and_(at >= place.at, further)
    # The first half is what an index can begin at.
    further = sa.or_(at < place.at, sa.and_(at == place.at, key < place.id))
    return sa.and_(at <= place.at, further)


class aside(FunctionElement[Any]):  # noqa: N801  # reads as a function of SQL
    """A column that is compared, but by which no index is looked for.

    SQLite knows nothing of how rows are spread and may walk through a hundred thousand closed
    orders to find one technician's: whoever asks says which condition leads, by setting aside the
    others. PostgreSQL has statistics and is left alone.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(aside)
def _plain(element: aside, compiler: Any, **words: Any) -> str:
    return str(compiler.process(element.clauses, **words))


@compiles(aside, "sqlite")
def _unindexed(element: aside, compiler: Any, **words: Any) -> str:
    return f"+{compiler.process(element.clauses, **words)}"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One page, and where the newer and the older one begin."""

    rows: Sequence[sa.Row[*tuple[Any, ...]]]
    newer: Place | None
    older: Place | None


def leaf(
    rows: list[sa.Row[*tuple[Any, ...]]],
    *,
    limit: int,
    place_of: Callable[[sa.Row[*tuple[Any, ...]]], Place],
    after: Place | None,
    before: Place | None,
) -> Leaf:
    """The page that `rows` make, of which one more than `limit` were asked for."""
    more, rows = len(rows) > limit, rows[:limit]
    if not rows:
        return Leaf(rows=[], newer=None, older=None)
    if before is not None:
        rows = rows[::-1]
    first, last = place_of(rows[0]), place_of(rows[-1])
    if before is not None:
        return Leaf(rows=rows, newer=first if more else None, older=last)
    return Leaf(rows=rows, newer=first if after else None, older=last if more else None)


def keys_of(
    key: InstrumentedAttribute[Any],
    at: InstrumentedAttribute[Any],
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    state: Any,
    states: Collection[str],
    limit: int,
    newer: bool,
) -> sa.Select[*tuple[Any, ...]]:
    """The keys of the first rows in any of `states` (without one, in all), each state by its own
    index: asked for several at once, SQLite walks through rows of every other state as well."""
    each = [
        sa.select(key.label("key"), at.label("at"))
        .where(*conditions, *([state == one] if one else []))
        .order_by(*direction(at, key, newer=newer))
        .limit(limit)
        .subquery()
        for one in states or ("",)
    ]
    some = sa.union_all(*(sa.select(one.c.key, one.c.at) for one in each)).subquery()
    return (
        sa.select(some.c.key).order_by(*direction(some.c.at, some.c.key, newer=newer)).limit(limit)
    )


def direction(at: Any, key: Any, *, newer: bool) -> tuple[Any, Any]:
    """The order in which rows are read: away from the place that is known."""
    return (at.asc(), key.asc()) if newer else (at.desc(), key.desc())
