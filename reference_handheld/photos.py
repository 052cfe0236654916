"""Photos and signatures waiting to be sent, and freed once the server's receipt names them."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reference_handheld.store import Store
from reference_handheld.times import to_wire


@dataclass(frozen=True, kw_only=True)
class HeldPhoto:
    """One picture of a step (`step` empty: of the order). `url` is where its upload goes on.

    A picture of an incident, which has no order, bears the id of its report as `order_number`.
    """

    id: int
    order_number: str
    step: str
    tag: str
    sha256: str
    filetype: str
    taken_at: str
    size: int
    url: str | None
    sent_bytes: int
    state: str

    @property
    def of_report(self) -> bool:
        """Whether it belongs to the report of an incident and not to an order."""
        return not self.order_number.startswith("FW-")


def keep(
    store: Store,
    *,
    order_number: str,
    tag: str,
    body: bytes,
    filetype: str,
    taken_at: datetime,
    step: str = "",
) -> str:
    """Keep a picture until the server holds it; returns its sha256. Keeping it twice is one."""
    sha256 = hashlib.sha256(body).hexdigest()
    store.db.execute(
        "INSERT OR IGNORE INTO photos"
        " (order_number, step, tag, sha256, filetype, taken_at, size, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (order_number, step, tag, sha256, filetype, to_wire(taken_at), len(body), body),
    )
    return sha256


def give_to_report(store: Store, event_id: str) -> None:
    """The pictures just kept without an order belong to this report (docs/wire.md)."""
    store.db.execute("UPDATE photos SET order_number = ? WHERE order_number = ''", (event_id,))


def next_to_send(store: Store) -> HeldPhoto | None:
    """The oldest picture that is not yet up, those that failed least often first.

    Those of an incident wait until its report was answered: before, the server knows no incident.
    """
    row = store.db.execute(
        "SELECT * FROM photos WHERE state = 'waiting'"
        " AND order_number NOT IN (SELECT id FROM events WHERE outcome IS NULL)"
        " ORDER BY tries, id LIMIT 1"
    ).fetchone()
    return None if row is None else _photo(row)


def body_of(store: Store, photo: HeldPhoto) -> bytes:
    row = store.db.execute("SELECT body FROM photos WHERE id = ?", (photo.id,)).fetchone()
    return bytes(row["body"])


def progress(store: Store, photo: HeldPhoto, *, url: str | None, sent_bytes: int) -> None:
    """Remember where the upload stands, so that it goes on after a kill."""
    store.db.execute(
        "UPDATE photos SET url = ?, sent_bytes = ? WHERE id = ?", (url, sent_bytes, photo.id)
    )


def postpone(store: Store, photo: HeldPhoto) -> None:
    """It did not work just now; one picture that never works must not hold up the others."""
    store.db.execute("UPDATE photos SET tries = tries + 1 WHERE id = ?", (photo.id,))


def mark_sent(store: Store, photo: HeldPhoto) -> None:
    """All of it is up. Incidents have no receipt: there the finished upload is the proof."""
    if photo.of_report:
        store.db.execute(
            "UPDATE photos SET state = 'verified', body = NULL WHERE id = ?", (photo.id,)
        )
        return
    store.db.execute(
        "UPDATE photos SET state = 'sent', sent_bytes = size WHERE id = ?", (photo.id,)
    )


def mark_refused(store: Store, photo: HeldPhoto, *, problem: str) -> None:
    """The server does not want it (P-17); the picture stays to be looked at, but is not sent."""
    store.db.execute(
        "UPDATE photos SET state = 'refused', problem = ? WHERE id = ?", (problem, photo.id)
    )


def confirm(store: Store, number: str, held_by_server: Collection[str]) -> tuple[int, int]:
    """Compare with a receipt: free what stands in it, send again what does not.

    Returns how many were freed and how many go up again. "Sent" alone frees nothing.
    """
    rows = store.db.execute(
        "SELECT id, sha256 FROM photos WHERE order_number = ? AND state = 'sent'", (number,)
    ).fetchall()
    freed = [row["id"] for row in rows if row["sha256"] in held_by_server]
    again = [row["id"] for row in rows if row["sha256"] not in held_by_server]
    with store.transaction():
        for id_ in freed:
            store.db.execute(
                "UPDATE photos SET state = 'verified', body = NULL WHERE id = ?", (id_,)
            )
        for id_ in again:
            store.db.execute(
                "UPDATE photos SET state = 'waiting', url = NULL, sent_bytes = 0 WHERE id = ?",
                (id_,),
            )
    return len(freed), len(again)


def forget_done(store: Store) -> None:
    """Drop the rows of orders that left this handheld, save what the server has not confirmed."""
    store.db.execute(
        "DELETE FROM photos WHERE state IN ('verified', 'refused') AND order_number NOT IN"
        " (SELECT number FROM orders WHERE snapshot IS NOT NULL)"
    )


def orders_to_confirm(store: Store) -> list[str]:
    """Orders whose pictures are all up, some of them not yet confirmed by a receipt."""
    rows = store.db.execute(
        "SELECT order_number FROM photos GROUP BY order_number"
        " HAVING sum(state = 'sent') > 0 AND sum(state = 'waiting') = 0 ORDER BY order_number"
    )
    return [row["order_number"] for row in rows]


def waiting_count(store: Store, number: str | None = None) -> int:
    """Pictures not yet up, of one order or of all."""
    row = store.db.execute(
        "SELECT count(*) FROM photos WHERE state = 'waiting' AND (? IS NULL OR order_number = ?)",
        (number, number),
    ).fetchone()
    return int(row[0])


def kept(store: Store, number: str) -> frozenset[tuple[str, str, str]]:
    """(step, tag, sha256) of what this handheld promised and the server did not refuse."""
    rows = store.db.execute(
        "SELECT step, tag, sha256 FROM photos WHERE order_number = ? AND state <> 'refused'",
        (number,),
    )
    return frozenset((row["step"], row["tag"], row["sha256"]) for row in rows)


def counts(store: Store) -> dict[str, int]:
    """How many pictures are in each state, for `status`."""
    rows = store.db.execute("SELECT state, count(*) AS n FROM photos GROUP BY state ORDER BY state")
    return {row["state"]: row["n"] for row in rows}


def _photo(row: Any) -> HeldPhoto:
    return HeldPhoto(
        **{name: row[name] for name in HeldPhoto.__dataclass_fields__},
    )
