"""The handheld's own SQLite file: who it is, which orders it holds, which templates it has read.

Whatever is acted on was written here first, so that a handheld killed at any point goes on from
what it finds. The queue of events and the photos are tables of the same file (`outgoing`,
`photos`), so that one transaction can hold an event, its photos and the place in a script.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
  number TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  snapshot TEXT,
  since_seq INTEGER NOT NULL,
  seen_in_round INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (
  code TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (code, version)
);
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  subject TEXT,
  envelope BLOB NOT NULL,
  outcome TEXT,
  first_outcome TEXT,
  order_version INTEGER,
  problem TEXT,
  settled_at TEXT
);
CREATE INDEX IF NOT EXISTS events_waiting ON events (seq) WHERE outcome IS NULL;
CREATE INDEX IF NOT EXISTS events_of_order ON events (subject, seq);
CREATE TABLE IF NOT EXISTS photos (
  id INTEGER PRIMARY KEY,
  order_number TEXT NOT NULL,
  step TEXT NOT NULL,
  tag TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  filetype TEXT NOT NULL,
  taken_at TEXT NOT NULL,
  size INTEGER NOT NULL,
  body BLOB,
  url TEXT,
  sent_bytes INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting',
  problem TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  UNIQUE (order_number, step, tag, sha256)
);
"""


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """What pairing gave this installation: who it is and where the two doors are."""

    url: str
    device: str
    token: str
    technician: str
    mqtt: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class HeldOrder:
    """An order on this handheld. `since_seq`: events from this number on belong to this stay."""

    number: str
    version: int
    snapshot: Mapping[str, Any]
    since_seq: int


class Store:
    """One open file. Not shared between threads; the program has only one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None, timeout=5)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        # FULL, not NORMAL: an event shown as kept must outlive a battery that dies the next moment.
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.executescript(_SCHEMA)

    def close(self) -> None:
        self.db.close()

    @property
    def changes(self) -> int:
        """Grows with every row written; equal means that another look would see the same."""
        return self.db.total_changes

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner one joins the outer."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def fact(self, name: str) -> Any:
        """A small thing remembered by name, or None."""
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row["value"])

    def remember(self, name: str, value: Any) -> None:
        self.db.execute(
            "INSERT INTO facts VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value, ensure_ascii=False)),
        )

    def pairing(self) -> Pairing | None:
        found = self.fact("pairing")
        return None if found is None else Pairing(**found)

    def pair(self, pairing: Pairing) -> None:
        """Become another device. What an earlier pairing left behind is not this device's."""
        with self.transaction():
            self._empty()
            self.remember("pairing", vars(pairing))

    def epoch(self) -> str:
        """The server's epoch as last heard, empty before the first time."""
        return str(self.fact("epoch") or "")

    def template(self, code: str, version: int) -> dict[str, Any] | None:
        row = self.db.execute(
            "SELECT body FROM templates WHERE code = ? AND version = ?", (code, version)
        ).fetchone()
        return None if row is None else json.loads(row["body"])

    def keep_template(self, code: str, version: int, body: Mapping[str, Any]) -> None:
        """A published version never changes, so it is kept for ever."""
        self.db.execute(
            "INSERT OR IGNORE INTO templates VALUES (?, ?, ?)",
            (code, version, json.dumps(body, ensure_ascii=False)),
        )

    def wipe(self) -> None:
        """Forget everything and leave no bytes of it in the file (P-19)."""
        with self.transaction():
            self._empty()
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _empty(self) -> None:
        for table in ("facts", "orders", "templates", "events", "photos"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand in the line above
