"""The database: engine settings, column types, the one committer and the one way to claim work.

`transaction()` is the only place of the house that commits; everything else flushes. A nested
use joins the outer transaction, so a door may wrap what an operation's door already wraps.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    mapped_column,
    registry,
)
from uuid_utils.compat import uuid7

#: How long a claimed row stays with its worker before another may take it.
LEASE_S = 30
#: How often a failing row is tried before it is parked for a person to look at.
MAX_TRIES = 8
#: How long a writer waits for the others on SQLite.
BUSY_S = 15

_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


class UTCDateTime(sa.TypeDecorator[dt.datetime]):
    """A moment. Naive values are refused; what comes out is always aware UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


class Hundredths(sa.TypeDecorator[Decimal]):
    """A quantity with at most two decimals, stored as an integer number of hundredths."""

    impl = sa.BigInteger()
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * 100
        if scaled != scaled.to_integral_value():
            raise ValueError("more than two decimals")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / 100).quantize(Decimal("0.01"))


JSON = sa.JSON(none_as_null=True)


class Base(DeclarativeBase):
    """Root of every model. Models subclass this, so they can be used without a request."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        type_annotation_map={
            dt.datetime: UTCDateTime,
            Decimal: Hundredths,
            dict[str, Any]: JSON,
            list[str]: JSON,
            list[Any]: JSON,
            uuid.UUID: sa.Uuid(),
        }
    )


class Identified:
    """A row with a time-ordered id of its own."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)


class InEstate(Identified):
    """A row of the trade: it belongs to one estate."""

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))


class Claimable:
    """A row that a background loop works off: due at a moment, taken with a lease."""

    due_at: Mapped[dt.datetime]
    lease: Mapped[str | None] = mapped_column(sa.String(16))
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
    engine_options={"pool_pre_ping": True},
)


def tune(engine: Engine) -> None:
    """Make SQLite durable, concurrent and strict; PostgreSQL needs nothing."""
    if engine.dialect.name != "sqlite":
        return

    _turns[engine] = threading.Lock()

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # no implicit BEGIN of the driver's own
        for pragma in (
            f"busy_timeout={BUSY_S * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def session() -> Session:
    """The session of this application context, for reading."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """One change, whole or not at all: state, history and outgoing message together."""
    current = db.session()
    if current.info.get("in_transaction"):
        yield current
        return
    # A read before may have opened a snapshot that a writer cannot upgrade on SQLite.
    current.rollback()
    with _in_turn(current.get_bind()):
        current.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        current.info["in_transaction"] = True
        try:
            yield current
            current.commit()
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info.pop("in_transaction", None)


@contextmanager
def snapshot() -> Iterator[Session]:
    """Reading at length: everything that is asked within is of one moment, whoever writes."""
    current = db.session()
    current.rollback()
    # SQLite reads from a snapshot anyway, from the first question to the end.
    if current.get_bind().dialect.name == "postgresql":
        current.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield current
    finally:
        current.rollback()


@contextmanager
def _in_turn(bind: sa.Engine | sa.Connection) -> Iterator[None]:
    """Threads of one process queue for SQLite's one writer.

    Its own waiting is a lottery with pauses of up to 100 ms, in which a thread among eight busy
    ones may draw blanks until its time is up. Other processes still meet there.
    """
    turn = _turns.get(bind.engine)
    taken = turn is not None and turn.acquire(timeout=BUSY_S)  # after that SQLite has its say
    try:
        yield
    finally:
        if turn is not None and taken:
            turn.release()


T = TypeVar("T", bound="Claimable")


def claim(
    current: Session, model: type[T], *where: sa.ColumnElement[bool], at: dt.datetime, limit: int
) -> list[T]:
    """Take up to `limit` due rows for LEASE_S seconds; a dead worker's rows come due again.

    Call inside `transaction()`; the conditional UPDATE makes the claim single on SQLite and
    PostgreSQL alike.
    """
    token = secrets.token_hex(8)
    key = sa.inspect(model).primary_key[0]
    due = (
        sa.select(key)
        .where(model.due_at <= at, model.tries < MAX_TRIES, *where)
        .order_by(model.due_at, key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = current.scalars(due).all()
    if not keys:
        return []
    current.execute(
        sa.update(model)
        .where(key.in_(keys))
        .values(lease=token, due_at=at + dt.timedelta(seconds=LEASE_S), tries=model.tries + 1)
        .execution_options(synchronize_session=False)
    )
    rows = current.scalars(
        sa.select(model).where(key.in_(keys)).execution_options(populate_existing=True)
    ).all()
    order = {value: index for index, value in enumerate(keys)}
    return sorted(rows, key=lambda row: order[sa.inspect(row).identity[0]])


def first_of_each(
    key: InstrumentedAttribute[Any],
    column: InstrumentedAttribute[Any],
    values: Collection[str],
    *where: sa.ColumnElement[bool],
    order: Sequence[sa.ColumnExpressionArgument[Any]],
    limit: int,
) -> sa.CompoundSelect[Any]:
    """The keys of the first `limit` rows for every one of `values`, each by the index on `column`.

    Asked with IN and ORDER BY, SQLite walks along the order until enough rows fit: through all of
    them, where what is asked for is rare or old.
    """
    each = (
        sa.select(key.label("key")).where(column == value, *where).order_by(*order).limit(limit)
        for value in values
    )
    return sa.union_all(*(sa.select(one.subquery().c.key) for one in each))


def postpone(row: Claimable, error: Exception, at: dt.datetime) -> None:
    """Put a failed row back with growing pauses; after MAX_TRIES it stays parked, visible."""
    row.lease = None
    row.last_error = f"{type(error).__name__}: {error}"[:500]
    row.due_at = at + dt.timedelta(seconds=min(3600, 2**row.tries))


class Changes:
    """Whether anybody has written since the last time it was asked: a look of some microseconds.

    SQLite counts that for each connection; of PostgreSQL it is not known, so there it always may be.
    """

    def __init__(self) -> None:
        self._connection: sa.PoolProxiedConnection | None = None
        self._seen: int | None = None

    def any_since(self) -> bool:
        """True where something may have changed."""
        if db.engine.dialect.name != "sqlite":
            return True
        if self._connection is None:
            self._connection = db.engine.raw_connection()
        cursor = self._connection.cursor()
        version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        cursor.close()
        seen, self._seen = self._seen, version
        return version != seen

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Statistics:
    """Tells SQLite once a day what its tables are like, so that it asks the right index.

    PostgreSQL does that by itself.
    """

    EVERY = dt.timedelta(days=1)
    #: rows of each index that are looked at: enough to tell rare from common, a tenth of a second
    LOOK_AT = 400

    def __init__(self) -> None:
        self._next_at: dt.datetime | None = None

    def run_once(self, now: dt.datetime | None = None) -> bool:
        """Look where it is time to; there is never more to do."""
        at = now or utcnow()
        if self._next_at is not None and at < self._next_at:
            return False
        self._next_at = at + self.EVERY
        if db.engine.dialect.name == "sqlite":
            with transaction() as current:
                current.connection().exec_driver_sql(f"PRAGMA analysis_limit={self.LOOK_AT}")
                current.connection().exec_driver_sql("ANALYZE")
        return False


def utcnow() -> dt.datetime:
    """The server's clock."""
    return dt.datetime.now(dt.UTC)
