"""Searching the history: who did what to what, and when (X-021). Reads, never writes.

Each way of asking has an index that ends in time: nothing is scanned.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.history import HistoryRow
from server.keyset import Leaf, Place, aside, beyond, direction, leaf

CHUNK = 500
#: Whose rows carry their number or id as the subject.
SUBJECT_KINDS = (
    "order",
    "request",
    "incident",
    "damage",
    "handover",
    "complaint",
    "cluster",
    "visit",
    "finance_report",
    "fee_notice",
    "capture",
    "user",
    "device",
    "checklist",
)
#: Two conditions share an index for one only: together they reach this far back unless told.
REACH = dt.timedelta(days=31)

_ROW = (
    HistoryRow.id,
    HistoryRow.at,
    HistoryRow.device_at,
    HistoryRow.actor,
    HistoryRow.actor_name,
    HistoryRow.kind,
    HistoryRow.subject_kind,
    HistoryRow.subject,
    HistoryRow.position,
    HistoryRow.data,
    HistoryRow.hash,
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What of the history is asked for; what is not named is not asked."""

    #: `user:<id>`, `device:<id>` or `system`
    actor: str | None = None
    kind: str | None = None
    subject: str | None = None
    #: at or after the first, before the second
    since: dt.datetime | None = None
    before: dt.datetime | None = None

    def within_reach(self, now: dt.datetime) -> Question:
        """The same, bounded to REACH where it asks for one person's rows of one kind."""
        if not (self.actor and self.kind) or self.subject or self.since:
            return self
        since = (self.before or now) - REACH
        return Question(actor=self.actor, kind=self.kind, since=since, before=self.before)


def history(
    session: Session,
    estate_id: uuid.UUID,
    asked: Question,
    *,
    limit: int = 100,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page, the newest first: what stands behind `after` or in front of `before`."""
    newer = before is not None
    rows = _rows(session, estate_id, asked, limit + 1, after or before, newer=newer)
    return leaf(rows, limit=limit, place_of=_place, after=after, before=before)


def whole_history(
    session: Session, estate_id: uuid.UUID, asked: Question
) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
    """All of it, CHUNK by CHUNK."""
    place: Place | None = None
    while rows := _rows(session, estate_id, asked, CHUNK, place, newer=False):
        yield rows
        place = _place(rows[-1])


def _rows(
    session: Session,
    estate_id: uuid.UUID,
    asked: Question,
    limit: int,
    place: Place | None,
    *,
    newer: bool,
) -> list[sa.Row[*tuple[Any, ...]]]:
    at, key = HistoryRow.at, HistoryRow.id
    # One condition leads; what the house itself did is more than what happened of one kind.
    lead = (
        "subject"
        if asked.subject
        else "kind"
        if asked.kind and asked.actor in (None, "system")
        else "actor"
        if asked.actor
        else "estate_id"
    )

    def by(name: str) -> Any:
        column: Any = getattr(HistoryRow, name)
        return column if name == lead else aside(column)

    conditions = [by("estate_id") == estate_id]
    if asked.subject:
        conditions += [
            HistoryRow.subject_kind.in_(SUBJECT_KINDS),
            HistoryRow.subject == asked.subject,
        ]
    if asked.actor:
        conditions.append(by("actor") == asked.actor)
    if asked.kind:
        conditions.append(by("kind") == asked.kind)
    if asked.since:
        conditions.append(at >= asked.since)
    if asked.before:
        conditions.append(at < asked.before)
    if place is not None:
        conditions.append(beyond(at, key, place, newer=newer))
    query = sa.select(*_ROW).where(*conditions).order_by(*direction(at, key, newer=newer))
    return list(session.execute(query.limit(limit)))


def _place(row: sa.Row[*tuple[Any, ...]]) -> Place:
    return Place(at=row.at, id=row.id)
