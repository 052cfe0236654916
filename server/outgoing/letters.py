"""Writing letters inside a change, and posting them a moment later, once each."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import MAX_TRIES, claim, postpone, session, transaction, utcnow
from server.outgoing.channels import Channel, NotSent
from server.outgoing.models import Letter

log = logging.getLogger(__name__)

BATCH = 5
LONGEST_SUBJECT = 200
_WAITING = (Letter.sent_at.is_(None), Letter.given_up_at.is_(None))


def write(
    session: Session,
    estate_id: uuid.UUID,
    *,
    channel: str,
    address: str,
    subject: str,
    text: str,
    cause: str,
    at: dt.datetime,
) -> Letter:
    """Put a letter into the out-tray, in the caller's transaction. The same cause is written to an
    address once, however often it is told."""
    known = session.scalar(
        sa.select(Letter).where(
            Letter.cause == cause, Letter.channel == channel, Letter.address == address
        )
    )
    if known is not None:
        return known
    letter = Letter(
        estate_id=estate_id,
        channel=channel,
        address=address,
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        text=text,
        cause=cause,
        written_at=at,
        due_at=at,
        tries=0,
    )
    session.add(letter)
    session.flush()
    return letter


@dataclass(frozen=True, kw_only=True)
class Post:
    """The loop that empties the out-tray. Letters for a channel that the installation does not have
    wait until it has."""

    channels: Mapping[str, Channel]

    def run_once(self, now: dt.datetime | None = None) -> bool:
        """Post one batch; True when there may be more."""
        at = now or utcnow()
        here = (*_WAITING, Letter.channel.in_(list(self.channels)))
        if not self.channels or not _anything_due(at, here):
            return False
        with transaction() as current:
            taken = claim(current, Letter, *here, at=at, limit=BATCH)
            for letter in taken:
                current.expunge(letter)  # nothing stays open while the network is waited for
        for letter in taken:
            failure = self._sent(letter)
            with transaction() as current:
                _settle(current, letter, failure, at)
        return len(taken) == BATCH

    def _sent(self, letter: Letter) -> NotSent | None:
        try:
            self.channels[letter.channel].send(letter)
        except NotSent as failure:
            return failure
        except Exception as error:
            log.exception("letter %s cannot be made", letter.id)
            return NotSent(type(error).__name__)
        return None


def newest(session: Session, estate_id: uuid.UUID, *, limit: int = 50) -> Sequence[Letter]:
    """The out-tray, newest first."""
    return session.scalars(
        sa.select(Letter)
        .where(Letter.estate_id == estate_id)
        .order_by(Letter.written_at.desc(), Letter.id.desc())
        .limit(limit)
    ).all()


def _settle(current: Session, letter: Letter, failure: NotSent | None, at: dt.datetime) -> None:
    row = current.get(Letter, letter.id, with_for_update=True, populate_existing=True)
    if row is None or row.lease != letter.lease:
        return
    if failure is None:
        row.sent_at, row.lease, row.last_error = at, None, None
        return
    if failure.for_good or row.tries >= MAX_TRIES:
        row.given_up_at = at
        log.warning("letter %s was not sent: %s", row.id, failure)
    postpone(row, failure, at)


def _anything_due(at: dt.datetime, here: Sequence[sa.ColumnElement[bool]]) -> bool:
    """A look that takes no lock: the loop asks several times a second."""
    found = session().scalar(
        sa.select(Letter.id).where(*here, Letter.due_at <= at, Letter.tries < MAX_TRIES).limit(1)
    )
    session().rollback()
    return found is not None
