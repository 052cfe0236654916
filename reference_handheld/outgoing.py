"""The queue of events: numbered without gaps, kept until the server answered, then for 7 days."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reference_handheld import envelope
from reference_handheld.store import Store
from reference_handheld.times import to_wire

KEPT_FOR = timedelta(days=7)
SETTLING = frozenset({"applied", "duplicate", "recorded", "rejected"})


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """An event as it was made. `outcome` is None while the server owes an answer."""

    seq: int
    id: str
    type: str
    subject: str | None
    body: bytes
    outcome: str | None
    order_version: int | None
    problem: Mapping[str, Any] | None

    @property
    def data(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = json.loads(self.body)["data"]
        return data


def enqueue(
    store: Store,
    *,
    device: str,
    type: str,  # noqa: A002 - the wire's own word for it
    subject: str | None,
    data: Mapping[str, Any],
    at: datetime,
) -> StoredEvent:
    """Make the next event of this device and keep it; from here on nothing about it changes.

    Number, id and bytes are settled in one transaction, so no number is ever left out or used
    twice. `at` is the handheld's clock, uncorrected: the server learns the skew by itself.
    """
    with store.transaction():
        seq = last_seq(store) + 1
        id_ = envelope.new_id()
        body = envelope.write(
            id=id_, device=device, type=type, at=at, subject=subject, seq=seq, data=data
        )
        store.db.execute(
            "INSERT INTO events (seq, id, type, subject, envelope) VALUES (?, ?, ?, ?, ?)",
            (seq, id_, type, subject, body),
        )
        store.remember("last_seq", seq)
    return StoredEvent(
        seq=seq,
        id=id_,
        type=type,
        subject=subject,
        body=body,
        outcome=None,
        order_version=None,
        problem=None,
    )


def last_seq(store: Store) -> int:
    """The highest number given out."""
    return int(store.fact("last_seq") or 0)


def waiting(store: Store, *, limit: int = -1) -> list[StoredEvent]:
    """Events without an answer, in order."""
    rows = store.db.execute(
        "SELECT * FROM events WHERE outcome IS NULL ORDER BY seq LIMIT ?", (limit,)
    )
    return [_event(row) for row in rows]


def waiting_count(store: Store) -> int:
    row = store.db.execute("SELECT count(*) FROM events WHERE outcome IS NULL").fetchone()
    return int(row[0])


def of_order(store: Store, number: str, *, since_seq: int = 0) -> list[StoredEvent]:
    """What this handheld said about an order, answered or not, in order."""
    rows = store.db.execute(
        "SELECT * FROM events WHERE subject = ? AND seq >= ? ORDER BY seq", (number, since_seq)
    )
    return [_event(row) for row in rows]


def refused(store: Store) -> list[StoredEvent]:
    """Events that the server refused for good; they are the handheld's log of trouble."""
    rows = store.db.execute(
        "SELECT * FROM events WHERE outcome = 'rejected' OR first_outcome = 'rejected' ORDER BY seq"
    )
    return [_event(row) for row in rows]


def settle(store: Store, reply: Mapping[str, Any], *, at: datetime) -> StoredEvent | None:
    """Take an answered event out of the queue; None where there is nothing left to take out.

    Answers may come twice, late, or for events that were never ours: all of that is harmless.
    """
    outcome = reply.get("outcome")
    if outcome not in SETTLING:
        return None
    problem = reply.get("problem")
    with store.transaction():
        changed = store.db.execute(
            "UPDATE events SET outcome = ?, first_outcome = ?, order_version = ?, problem = ?,"
            " settled_at = ? WHERE id = ? AND outcome IS NULL",
            (
                outcome,
                reply.get("first_outcome"),
                reply.get("order_version"),
                json.dumps(problem, ensure_ascii=False) if problem else None,
                to_wire(at),
                reply.get("event"),
            ),
        )
        if changed.rowcount == 0:
            return None
        row = store.db.execute(
            "SELECT * FROM events WHERE id = ?", (reply.get("event"),)
        ).fetchone()
    return _event(row)


def send_again_from(store: Store, seq: int) -> int:
    """Put answered events from `seq` on back into the queue; returns how many.

    After a restore the server has forgotten them. Those it does remember it calls duplicates.
    """
    changed = store.db.execute(
        "UPDATE events SET outcome = NULL, first_outcome = NULL, order_version = NULL,"
        " problem = NULL, settled_at = NULL WHERE seq >= ? AND outcome IS NOT NULL",
        (seq,),
    )
    return changed.rowcount


def holds(store: Store, seq: int) -> bool:
    """Whether the event of this number can still be sent."""
    return store.db.execute("SELECT 1 FROM events WHERE seq = ?", (seq,)).fetchone() is not None


def outcome_of(store: Store, seq: int) -> str | None:
    """What became of the event of this number; None while it waits for its answer."""
    row = store.db.execute("SELECT * FROM events WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else _event(row).outcome


def forget_old(store: Store, *, at: datetime) -> int:
    """Drop events answered more than 7 days ago; returns how many."""
    changed = store.db.execute(
        "DELETE FROM events WHERE outcome IS NOT NULL AND settled_at < ?", (to_wire(at - KEPT_FOR),)
    )
    return changed.rowcount


def _event(row: Any) -> StoredEvent:
    return StoredEvent(
        seq=row["seq"],
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        body=bytes(row["envelope"]),
        outcome=row["first_outcome"] or row["outcome"],
        order_version=row["order_version"],
        problem=json.loads(row["problem"]) if row["problem"] else None,
    )
