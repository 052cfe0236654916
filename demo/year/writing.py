"""Collecting rows and writing them table by table; histories as valid chains; what is searched for."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server.alerts.models import Alert
from server.db import Base
from server.deadlines.models import Timer
from server.estate.models import Counter
from server.history import GENESIS, HistoryChain, HistoryRow, row_hash
from server.search.models import SearchDocument, SearchToken
from server.search.tokens import folded, tokens

_AT_ONCE = 10_000
#: When the office is there.
_OPENS, _CLOSES = dt.time(8, 30), dt.time(18)


@dataclass(frozen=True, kw_only=True)
class By:
    """Who did something, as history names him; nobody's id where the house itself did."""

    id: uuid.UUID | None
    name: str

    @property
    def ref(self) -> str:
        """`user:<id>`, or `system`."""
        return f"user:{self.id}" if self.id else "system"


#: What timers and reactions do (`server.accounts.operations.system_actor`).
HOUSE = By(id=None, name="系统")
#: One line of a history: kind, moment, by whom, data.
Event = tuple[str, dt.datetime, By, Mapping[str, Any]]


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
        events: Sequence[Event],
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

    def alert(
        self,
        kind: str,
        subject: tuple[str, str],
        roles: Iterable[str],
        at: dt.datetime,
        rule: str,
        **data: Any,
    ) -> Event:
        """Something that still needs somebody; what its history says of it."""
        audience = sorted(roles)
        self.add(
            Alert,
            id=uuid7(),
            estate_id=self.estate_id,
            kind=kind,
            subject_kind=subject[0],
            subject=subject[1],
            audience=audience,
            addressee_id=None,
            data=data,
            rule=rule,
            raised_at=at,
            resolved_at=None,
            resolution=None,
        )
        return ("alert.raised", at, HOUSE, {"alert": kind, "audience": audience, **data})

    def clock(
        self,
        kind: str,
        subject: tuple[str, str],
        at: dt.datetime,
        due_at: dt.datetime,
        **data: Any,
    ) -> None:
        """A clock that runs."""
        self.add(
            Timer,
            id=uuid7(),
            estate_id=self.estate_id,
            kind=kind,
            subject_kind=subject[0],
            subject=subject[1],
            started_at=at,
            deadline_at=due_at,
            due_at=due_at,
            lease=None,
            tries=0,
            last_error=None,
            data=data,
        )

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


class Diary:
    """Histories that go on all year: kept until the last month, then written whole."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], list[Event]] = defaultdict(list)

    def note(self, subject_kind: str, subject: str, *events: Event) -> None:
        """Something more of one subject, in whichever order it is told."""
        self._events[subject_kind, subject] += events

    def store(self, sheaf: Sheaf) -> None:
        """Every history in order of time."""
        for (subject_kind, subject), events in self._events.items():
            sheaf.story(subject_kind, subject, sorted(events, key=lambda one: one[1]))
        self._events.clear()


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


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What every part of the year goes by."""

    numbers: Numbers
    diary: Diary
    zone: ZoneInfo
    dice: random.Random
    now: dt.datetime

    def at(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """A time of the estate's day, in UTC."""
        return dt.datetime.combine(day, dt.time(hour, minute), self.zone).astimezone(dt.UTC)

    def day(self, moment: dt.datetime) -> dt.date:
        """The estate's day of a moment."""
        return moment.astimezone(self.zone).date()

    def by_day(self, moment: dt.datetime) -> dt.datetime:
        """That moment, or the morning after it where the office is closed then: what came before
        something else still does."""
        local = moment.astimezone(self.zone)
        if _OPENS <= local.time() < _CLOSES:
            return moment
        day = local.date() + dt.timedelta(days=local.time() >= _CLOSES)
        waited = dt.datetime.combine(day, _OPENS, self.zone) - local
        # The later it was, the later its turn in the first hour and a half.
        return moment + waited + (dt.timedelta(hours=15) - waited) / 10

    def month_key(self, moment: dt.datetime) -> str:
        """The month of a moment as it stands in numbers: 202503."""
        return f"{self.day(moment):%Y%m}"
