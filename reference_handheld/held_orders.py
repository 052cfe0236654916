"""Orders on the handheld: only a newer snapshot counts, and what left the handheld stays away."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from reference_handheld.store import HeldOrder, Store

_OVER = frozenset({"archived", "cancelled", "void"})


def take(store: Store, snapshot: Mapping[str, Any]) -> bool:
    """Keep a snapshot; True where it was newer than what is held.

    A snapshot of another epoch always counts: after a restore the server's versions start lower.
    """
    number, version = str(snapshot["number"]), int(snapshot["version"])
    epoch, round_ = store.epoch(), sync_round(store)
    body = None if _is_over(snapshot) else json.dumps(snapshot, ensure_ascii=False)
    with store.transaction():
        held = store.db.execute(
            "SELECT version, epoch, snapshot FROM orders WHERE number = ?", (number,)
        ).fetchone()
        if held is not None and held["epoch"] == epoch and held["version"] >= version:
            store.db.execute(
                "UPDATE orders SET seen_in_round = ? WHERE number = ?", (round_, number)
            )
            return False
        store.db.execute(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET"
            " version = excluded.version, epoch = excluded.epoch, snapshot = excluded.snapshot,"
            " since_seq = CASE WHEN orders.snapshot IS NULL THEN excluded.since_seq"
            " ELSE orders.since_seq END, seen_in_round = excluded.seen_in_round",
            (number, version, epoch, body, _next_seq(store), round_),
        )
    return True


def _is_over(snapshot: Mapping[str, Any]) -> bool:
    """Whether there is nothing left to do; a closed order of which a step came back is not over."""
    state = snapshot.get("state")
    return state in _OVER or (state == "closed" and not snapshot.get("returned_steps"))


def held(store: Store) -> list[HeldOrder]:
    """What the technician has to do, oldest number first."""
    rows = store.db.execute("SELECT * FROM orders WHERE snapshot IS NOT NULL ORDER BY number")
    return [
        HeldOrder(
            number=row["number"],
            version=row["version"],
            snapshot=json.loads(row["snapshot"]),
            since_seq=row["since_seq"],
        )
        for row in rows
    ]


def templates_named(snapshot: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Code and version of the order's checklist and of those that it may open, itself first."""
    named = [snapshot.get("checklist"), *(snapshot.get("child_checklists") or ())]
    return [(str(one["code"]), int(one["version"])) for one in named if one]


def versions(store: Store) -> dict[str, int]:
    """Number and version of what is held, as `sync.request` tells the server.

    Snapshots of an earlier epoch are left out, so that the server sends them again.
    """
    rows = store.db.execute(
        "SELECT number, version FROM orders WHERE snapshot IS NOT NULL AND epoch = ?",
        (store.epoch(),),
    )
    return {row["number"]: row["version"] for row in rows}


def put_away(store: Store, number: str) -> bool:
    """The order left this handheld: its particulars go, its number stays against late snapshots.

    Photos that the server has not confirmed stay too: they are evidence (P-18).
    """
    changed = store.db.execute(
        "UPDATE orders SET snapshot = NULL WHERE number = ? AND snapshot IS NOT NULL", (number,)
    )
    return changed.rowcount > 0


def first_epoch(store: Store) -> None:
    """What came before the server had named its epoch for the first time belongs to it."""
    store.db.execute("UPDATE orders SET epoch = ? WHERE epoch = ''", (store.epoch(),))


def begin_sync(store: Store) -> int:
    """Count a new round of sync; orders that come in from now on are not judged by older lists."""
    with store.transaction():
        round_ = sync_round(store) + 1
        store.remember("sync_round", round_)
    return round_


def sync_round(store: Store) -> int:
    return int(store.fact("sync_round") or 0)


def keep_only(store: Store, numbers: Collection[str]) -> list[str]:
    """Forget what the server did not list; returns the numbers put away.

    An order that arrived after the question was asked is left for the next round. The row goes
    altogether, so that the same version may come back should the list have been out of date.
    """
    with store.transaction():
        rows = store.db.execute(
            "SELECT number FROM orders WHERE snapshot IS NOT NULL AND seen_in_round < ?",
            (sync_round(store),),
        ).fetchall()
        gone = [row["number"] for row in rows if row["number"] not in numbers]
        for number in gone:
            store.db.execute("DELETE FROM orders WHERE number = ?", (number,))
    return gone


def _next_seq(store: Store) -> int:
    return int(store.fact("last_seq") or 0) + 1
