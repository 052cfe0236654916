"""Sends webhooks: claims what is owed, calls the neighbours, tries again with growing pauses.

No database transaction is open while a neighbour is waited for. A neighbour may hear a message
twice; it knows it by its id.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import MAX_TRIES, claim, session, transaction, utcnow
from server.outgoing import origins, signing
from server.outgoing.models import WebhookDelivery, WebhookEndpoint
from server.settings import Settings

log = logging.getLogger(__name__)

BATCH = 8
#: To connect and to answer, in seconds; within a lease and within the time to stop.
TIMEOUT_S = (3, 10)
#: After the first, second … failure: two minutes of trouble, an hour, a night, a weekend.
PAUSES = (
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=2),
    dt.timedelta(minutes=15),
    dt.timedelta(hours=1),
    dt.timedelta(hours=4),
    dt.timedelta(hours=14),
    dt.timedelta(hours=40),
)
_TAKEN = range(200, 300)
_GONE = 410
_MOST_ERROR_BYTES = 200
_WAITING = (WebhookDelivery.sent_at.is_(None), WebhookDelivery.given_up_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class Call:
    """One message, ready to be sent."""

    delivery_id: UUID
    lease: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a neighbour said; `status` is None where it could not be reached."""

    status: int | None
    told: str

    @property
    def taken(self) -> bool:
        """Whether it has the message."""
        return self.status in _TAKEN


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The loop that tells neighbours; `given_up` is told of messages that nobody took."""

    settings: Settings
    given_up: Callable[[Session, WebhookDelivery, dt.datetime], None]

    def run_once(self, now: dt.datetime | None = None) -> bool:
        """Send one batch; True when there may be more."""
        at = now or utcnow()
        if not _anything_due(at):
            return False
        with transaction() as current:
            taken = claim(current, WebhookDelivery, *_WAITING, at=at, limit=BATCH)
            calls = [call for row in taken if (call := self._call(current, row, at)) is not None]
        for call, answer in zip(calls, _answers(calls), strict=True):
            with transaction() as current:
                self._settle(current, call, answer, at)
        return len(taken) == BATCH

    def _call(self, current: Session, row: WebhookDelivery, at: dt.datetime) -> Call | None:
        endpoint = current.get_one(WebhookEndpoint, row.endpoint_id)
        # The list may have become shorter since the neighbour was added.
        if not endpoint.active or not origins.allowed(
            endpoint.url, self.settings.webhook_origin_list
        ):
            row.given_up_at, row.last_error = at, "switched off"
            return None
        body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
        keys = [endpoint.secret]
        if endpoint.previous_secret and (endpoint.previous_until_at or at) > at:
            keys.append(endpoint.previous_secret)
        return Call(
            delivery_id=row.id,
            lease=row.lease or "",
            url=endpoint.url,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "paigong",
                **signing.headers(row.message_id, at, body, keys),
            },
            body=body,
        )

    def _settle(self, current: Session, call: Call, answer: Answer, at: dt.datetime) -> None:
        """Write down what became of a call; one that was claimed anew meanwhile is left alone."""
        row = current.get(
            WebhookDelivery, call.delivery_id, with_for_update=True, populate_existing=True
        )
        if row is None or row.lease != call.lease:
            return
        row.lease, row.last_status = None, answer.status
        if answer.taken:
            row.sent_at, row.last_error = at, None
            return
        row.last_error = answer.told
        gone = answer.status == _GONE
        if not gone and row.tries < MAX_TRIES:
            row.due_at = at + PAUSES[min(row.tries, len(PAUSES)) - 1]
            return
        row.given_up_at = at
        if gone:
            endpoint = current.get_one(WebhookEndpoint, row.endpoint_id)
            endpoint.active, endpoint.disabled_reason = False, "410 Gone"
        self.given_up(current, row, at)


def _anything_due(at: dt.datetime) -> bool:
    """A look that takes no lock: the loop asks several times a second."""
    found = session().scalar(
        sa.select(WebhookDelivery.id)
        .where(*_WAITING, WebhookDelivery.due_at <= at, WebhookDelivery.tries < MAX_TRIES)
        .limit(1)
    )
    session().rollback()
    return found is not None


def _answers(calls: Sequence[Call]) -> list[Answer]:
    if not calls:
        return []
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(_send, calls))


def _send(call: Call) -> Answer:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request  # signed already; without this a ~/.netrc would be asked

    try:
        with requests.post(
            call.url,
            data=call.body,
            headers=call.headers,
            auth=sign,
            timeout=TIMEOUT_S,
            allow_redirects=False,
            stream=True,  # the answer is its status: nobody makes us read on
        ) as answer:
            told = next(answer.iter_content(_MOST_ERROR_BYTES), b"")
            return Answer(status=answer.status_code, told=f"{answer.status_code} {told!r}")
    except requests.RequestException as error:
        return Answer(status=None, told=type(error).__name__)
