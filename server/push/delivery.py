"""Rings handhelds: claims what is owed, asks whether it still matters, calls the push services.

No database transaction is open while a push service is waited for. A late ring is worse than
none: what cannot be delivered in time is given up.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import MAX_TRIES, claim, postpone, session, transaction, utcnow
from server.push import keys, operations
from server.push.addresses import allowed
from server.push.encryption import Recipient, encrypt
from server.push.models import PushSubscription, Ring
from server.settings import Settings

log = logging.getLogger(__name__)

#: After that the desk has been alerted and telephones (P-03).
RINGS_FOR = dt.timedelta(minutes=10)
#: Rings that are under way at once: one push service that is silent does not hold up the others.
BATCH = 8
#: To connect and to answer, in seconds; together within a lease and within the time to stop.
TIMEOUT_S = (3, 4)
_MOST_ERROR_BYTES = 200
_TAKEN = range(200, 300)
_GONE = frozenset({404, 410})


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a ring says. `content` goes to a notification: never anything about a person."""

    content: dict[str, str]
    urgent: bool


@dataclass(frozen=True, kw_only=True)
class Call:
    """One ring, ready to be sent."""

    ring_id: int
    lease: str
    device_id: str
    endpoint: str
    headers: dict[str, str]
    body: bytes


class NotTaken(Exception):
    """The push service does not take the message; `gone` where it never will again."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The push worker. `message_of` says what a ring is to say now, None for one that is over."""

    settings: Settings
    message_of: Callable[[Session, Ring], Message | None]

    def run_once(self, now: dt.datetime | None = None) -> bool:
        """Send one batch of rings; True when there may be more."""
        at = now or utcnow()
        if not _anything_due(at):
            return False
        with transaction() as current:
            current.execute(sa.delete(Ring).where(Ring.noted_at <= at - RINGS_FOR))
            taken = claim(current, Ring, at=at, limit=BATCH)
            for ring in taken:
                current.expunge(ring)  # as claimed, whatever becomes of the row meanwhile
        calls = [call for ring in taken if (call := self._prepared(ring, at)) is not None]
        session().rollback()  # nothing stays open while the network is waited for
        for call, failure in zip(calls, _sent(calls), strict=True):
            with transaction() as current:
                _settle(current, call, failure, at)
        return len(taken) == BATCH

    def _prepared(self, ring: Ring, at: dt.datetime) -> Call | None:
        """The call to make; None where there is none, which is then written down already."""
        try:
            call = self._call(session(), ring, at)
        except Exception as error:
            log.exception("a ring for %s cannot be made ready", ring.device_id)
            session().rollback()  # PostgreSQL answers nothing more after an error
            with transaction() as current:
                if (row := _ours(current, ring.id, ring.lease)) is not None:
                    postpone(row, error, at)
            return None
        if call is None:
            with transaction() as current:
                if (row := _ours(current, ring.id, ring.lease)) is not None:
                    current.delete(row)
        return call

    def _call(self, current: Session, ring: Ring, at: dt.datetime) -> Call | None:
        where = current.get(PushSubscription, ring.device_id, populate_existing=True)
        # The list may have become shorter since the handheld subscribed.
        if where is None or not allowed(where.endpoint, self.settings.push_host_names):
            return None
        message = self.message_of(current, ring)
        if message is None:
            return None
        left = ring.noted_at + RINGS_FOR - at
        return Call(
            ring_id=ring.id,
            lease=ring.lease or "",
            device_id=ring.device_id,
            endpoint=where.endpoint,
            headers={
                "Authorization": keys.authorization(self.settings, where.endpoint, at),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(max(1, int(left.total_seconds()))),
                "Urgency": "high" if message.urgent else "normal",
            },
            body=encrypt(
                json.dumps(message.content, ensure_ascii=False).encode(),
                Recipient.of(where.p256dh, where.auth),
            ),
        )


def _anything_due(at: dt.datetime) -> bool:
    """A look that takes no lock: the loop asks several times a second."""
    found = session().scalar(
        sa.select(Ring.id).where(Ring.due_at <= at, Ring.tries < MAX_TRIES).limit(1)
    )
    session().rollback()
    return found is not None


def _sent(calls: Sequence[Call]) -> list[NotTaken | None]:
    """Make all calls at once; for each what went wrong, None where it was taken."""
    if not calls:
        return []
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(_send, calls))


def _send(call: Call) -> NotTaken | None:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request  # signed already; without this a ~/.netrc would be asked

    try:
        with requests.post(
            call.endpoint,
            data=call.body,
            headers=call.headers,
            auth=sign,
            timeout=TIMEOUT_S,
            allow_redirects=False,
            stream=True,  # the answer is its status: nobody makes us read on
        ) as answer:
            if answer.status_code in _TAKEN:
                return None
            told = next(answer.iter_content(_MOST_ERROR_BYTES), b"")
            return NotTaken(f"{answer.status_code} {told!r}", gone=answer.status_code in _GONE)
    except requests.RequestException as error:
        # Not its text: that names the address, which is a secret of the handheld.
        return NotTaken(type(error).__name__)


def _settle(current: Session, call: Call, failure: NotTaken | None, at: dt.datetime) -> None:
    """Write down what became of a call; a ring that was owed anew meanwhile is left alone."""
    if failure is not None and failure.gone:
        operations.forget(current, call.device_id, endpoint=call.endpoint)
    row = _ours(current, call.ring_id, call.lease)
    if row is None:
        return
    if failure is None:
        current.delete(row)
        return
    if row.tries < MAX_TRIES:
        postpone(row, failure, at)
        return
    log.warning("%s could not be rung: %s", call.device_id, failure)
    current.delete(row)


def _ours(current: Session, ring_id: int, lease: str | None) -> Ring | None:
    row = current.get(Ring, ring_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.lease == lease else None
