"""Things that are found by their number alone: all of them for the index, some for a page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.db import InEstate
from server.search.filling import Entry, in_batches

Row = TypeVar("Row", bound=InEstate)


def entries_of(
    table: type[InEstate], number: InstrumentedAttribute[str]
) -> Callable[[Session], Iterator[list[Entry]]]:
    """What fills the index with a whole table, in the order in which its rows were written."""

    def entries(session: Session) -> Iterator[list[Entry]]:
        return in_batches(session, sa.select(table.id, table.estate_id, number, number), table.id)

    return entries


def rows_numbered(
    session: Session,
    table: type[Row],
    number: InstrumentedAttribute[str],
    estate_id: uuid.UUID,
    numbers: Collection[str],
) -> list[Row]:
    """The rows with these numbers, in the order in which they are named."""
    if not numbers:
        return []
    query = sa.select(number, table).where(table.estate_id == estate_id, number.in_(list(numbers)))
    found = {row[0]: row[1] for row in session.execute(query)}
    return [found[one] for one in numbers if one in found]
