"""Collecting rows and writing them table by table; histories as valid chains; what is searched for."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base
from server.estate.models import Counter
from server.history import GENESIS, HistoryChain, HistoryRow, row_hash
from server.search.models import SearchDocument, SearchToken
from server.search.tokens import folded, tokens

_AT_ONCE = 10_000


@dataclass(frozen=True, kw_only=True)
class By:
    """Who did something, as history names him."""

    id: uuid.UUID
    name: str

    @property
    def ref(self) -> str:
        """`user:<id>`."""
        return f"user:{self.id}"


@dataclass
class Sheaf:
    """Rows of one stretch of time, until they are written."""

    estate_id: uuid.UUID
    first_document: int
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._documents = itertools.count(self.first_document)

    def add(self, model: type[Base], /, **values: Any) -> dict[str, Any]:
        """One row of a table."""
        self.rows[model].append(values)
        return values

    def story(
        self,
        subject_kind: str,
        subject: str,
        events: list[tuple[str, dt.datetime, By, Mapping[str, Any]]],
    ) -> int:
        """The whole history of one subject as a chain; how long it is."""
        previous = GENESIS
        for position, (kind, at, by, data) in enumerate(events, 1):
            # The real class would cost ten times as much as what it carries.
            row = SimpleNamespace(
                estate_id=self.estate_id,
                subject_kind=subject_kind,
                subject=subject,
                position=position,
                kind=kind,
                actor=by.ref,
                actor_name=by.name,
                at=at,
                device_at=None,
                data=dict(data),
                previous_hash=previous,
            )
            previous = row_hash(cast("HistoryRow", row))
            self.rows[HistoryRow].append({**vars(row), "hash": previous})
        self.add(
            HistoryChain,
            subject_kind=subject_kind,
            subject=subject,
            length=len(events),
            head=previous,
        )
        return len(events)

    def register(self, kind: str, model: type[Base], /, **values: Any) -> None:
        """A row that is found by its number."""
        self.add(model, **values)
        self.found_by(kind, values["number"], values["number"])

    def found_by(self, kind: str, subject: str, words: str) -> None:
        """What search finds it by."""
        document, text = next(self._documents), folded(words)
        self.add(
            SearchDocument,
            id=document,
            estate_id=self.estate_id,
            kind=kind,
            subject=subject,
            text=text,
        )
        for token in tokens(text):
            self.add(SearchToken, kind=kind, token=token, document_id=document)

    def write(self, session: Session, order: tuple[type[Base], ...]) -> int:
        """Insert all, parents first as `order` has them; how many rows."""
        count = 0
        known = dict.fromkeys((*order, *self.rows))
        for model in known:
            rows = self.rows.pop(model, [])
            table = cast("sa.Table", model.__table__)
            for start in range(0, len(rows), _AT_ONCE):
                session.connection().execute(sa.insert(table), rows[start : start + _AT_ONCE])
            count += len(rows)
        return count


class Numbers:
    """Gapless numbers per series and month, as the product allots them."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = defaultdict(int)

    def next(self, prefix: str, month: str) -> str:
        """The next one, such as FW-202503-0001."""
        self._last[prefix, month] += 1
        return f"{prefix}-{month}-{self._last[prefix, month]:04d}"

    def store(self, session: Session, estate_id: uuid.UUID) -> None:
        """Where the product goes on counting."""
        session.connection().execute(
            sa.insert(cast("sa.Table", Counter.__table__)),
            [
                {"estate_id": estate_id, "prefix": prefix, "month": month, "last": last}
                for (prefix, month), last in self._last.items()
            ],
        )
