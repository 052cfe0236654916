"""Filling the index with what was stored before there was one: in batches, as often as wanted."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.search import index

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing and all that it is found by."""

    estate_id: uuid.UUID
    subject: str
    words: str


def in_batches(
    session: Session, query: sa.Select[*tuple[Any, ...]], key: InstrumentedAttribute[uuid.UUID]
) -> Iterator[list[Entry]]:
    """The rows of `query` BATCH by BATCH along its key; ids rise with time, and so do those of the
    index. The first column is the key, then estate, subject and texts."""
    last: uuid.UUID | None = None
    while True:
        here = query if last is None else query.where(key > last)
        rows = session.execute(here.order_by(key).limit(BATCH)).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [
            Entry(estate_id=row[1], subject=str(row[2]), words=" ".join(filter(None, row[3:])))
            for row in rows
        ]


def put_batch(session: Session, kind: str, entries: Sequence[Entry]) -> None:
    """Put a batch into the index."""
    for estate_id, some in itertools.groupby(
        sorted(entries, key=lambda one: str(one.estate_id)), key=lambda one: one.estate_id
    ):
        index.put_all(session, estate_id, kind, {one.subject: one.words for one in some})
