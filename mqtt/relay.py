"""Sends handhelds what they are owed: claims notes, renders them, publishes, marks what arrived.

A note is marked once the broker has it (PUBACK) and only if nobody made it anew meanwhile. A lost
connection gives notes back at once and costs them no try.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mqtt.brokers import Broker, BrokerUnavailable
from mqtt.link import Link, NotConnected, Ticket
from mqtt.metrics import Metrics
from mqtt.rendering import Due, Renderer, reply_ids
from server import outbox
from server.db import MAX_TRIES, claim, postpone, session, transaction, utcnow
from server.devices.models import Device
from server.devices.operations import broker_password
from server.fieldwork.models import DeviceReply
from server.outbox import Owed

log = logging.getLogger(__name__)

BATCH = 50
PUBACK_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.001
_BROKER_PAUSE = dt.timedelta(seconds=1)
#: Of no interest once sent; the others keep the time at which the broker had them.
_PASSING = frozenset({outbox.REPLY, outbox.SYNC})


@dataclass(kw_only=True)
class Outcome:
    """What became of a batch, by note."""

    sent: list[Due] = field(default_factory=list)
    #: nothing to be said any more
    dropped: list[Due] = field(default_factory=list)
    #: not sent and not their fault, with the pause until they are due again
    given_back: list[tuple[Due, dt.timedelta]] = field(default_factory=list)
    failed: list[tuple[Due, Exception]] = field(default_factory=list)


class Relay:
    """Works off the outbox over one link; call `step` from the link's thread in an app context."""

    def __init__(self, link: Link, broker: Broker, key: bytes, metrics: Metrics) -> None:
        """`key` is the installation's, from which passwords at the broker are derived."""
        self._link = link
        self._broker = broker
        self._key = key
        self._metrics = metrics
        self._accounts_not_before = 0.0

    def step(self) -> bool:
        """Send one batch; True when there may be more. Does nothing while not connected."""
        if not self._link.connected or not self._anything_due():
            return False
        at = utcnow()
        with transaction() as current:
            batch = [_due(row) for row in claim(current, Owed, *_unsent(), at=at, limit=BATCH)]
        outcome = self._send(batch, at=at)
        with transaction() as current:
            settle(current, outcome)
        for name in ("sent", "dropped", "given_back", "failed"):
            self._metrics.count(f"out_{name}", len(getattr(outcome, name)))
        return len(batch) == BATCH

    def _anything_due(self) -> bool:
        """A look that takes no lock: the loop asks many times a second."""
        found = session().scalar(
            sa.select(Owed.id)
            .where(Owed.due_at <= utcnow(), Owed.tries < MAX_TRIES, *_unsent())
            .limit(1)
        )
        session().rollback()
        return found is not None

    def _send(self, batch: Sequence[Due], *, at: dt.datetime) -> Outcome:
        """Publish all of a batch without a pause, then wait for the broker to have them."""
        outcome = Outcome()
        tickets: list[tuple[Due, Ticket]] = []
        renderer_for = _renderers(batch, at=at)
        for due in batch:
            try:
                if (ticket := self._hand_over(due, renderer_for(due), outcome)) is not None:
                    tickets.append((due, ticket))
            except NotConnected:
                outcome.given_back.append((due, dt.timedelta()))
            except BrokerUnavailable as error:
                log.warning("account of %s: %s", due.device_id, error)
                outcome.given_back.append((due, _BROKER_PAUSE))
            except Exception as error:
                log.exception("%s %s for %s cannot be sent", due.kind, due.subject, due.device_id)
                session().rollback()  # PostgreSQL answers nothing more after an error
                outcome.failed.append((due, error))
        session().rollback()
        self._await([ticket for _, ticket in tickets])
        for due, ticket in tickets:
            if ticket.done():
                outcome.sent.append(due)
            else:
                outcome.given_back.append((due, dt.timedelta()))
        return outcome

    def _hand_over(self, due: Due, renderer: Renderer, outcome: Outcome) -> Ticket | None:
        """Do what one note asks for; the ticket where a message is on its way."""
        if due.kind == outbox.ACCOUNT:
            self._set_account(renderer.devices[due.device_id])
            outcome.sent.append(due)
            return None
        message = renderer.render(due)
        if message is None:
            outcome.dropped.append(due)
            return None
        return self._link.publish(message)

    def _await(self, tickets: Collection[Ticket]) -> None:
        deadline = time.monotonic() + PUBACK_SECONDS
        open_ones = list(tickets)
        while open_ones := [one for one in open_ones if not (one.done() or one.lost())]:
            if time.monotonic() > deadline:
                self._link.restart(f"{len(open_ones)} messages not acknowledged in time")
                return
            time.sleep(_LOOK_EVERY_SECONDS)

    def _set_account(self, device: Device) -> None:
        """Let in or shut out by the device's present state; doing it again changes nothing."""
        if time.monotonic() < self._accounts_not_before:
            raise BrokerUnavailable("it did not answer a moment ago")
        try:
            if device.works:
                self._broker.provision(device.id, broker_password(device, self._key))
            else:
                self._broker.revoke(device.id)
        except BrokerUnavailable:
            # Each attempt takes seconds; messages must not wait for a row of them.
            self._accounts_not_before = time.monotonic() + _BROKER_PAUSE.total_seconds()
            raise


def _renderers(batch: Sequence[Due], *, at: dt.datetime) -> Callable[[Due], Renderer]:
    """One renderer for all; one for each note where a broken row spoils the common reading."""
    try:
        common = Renderer(session(), batch, at=at)
    except Exception:
        log.exception("a batch cannot be read at once, reading note by note")
        session().rollback()
        return lambda due: Renderer(session(), [due], at=at)
    return lambda _: common


def _unsent() -> tuple[sa.ColumnElement[bool], ...]:
    """What may be sent: a command waits until its handheld is there, for nobody repeats it."""
    present = sa.select(Device.id).where(Device.online)
    return (
        Owed.sent_at.is_(None),
        sa.or_(Owed.kind != outbox.COMMAND, Owed.device_id.in_(present)),
    )


def _due(row: Owed) -> Due:
    return Due(
        id=row.id,
        lease=row.lease or "",
        device_id=row.device_id,
        kind=row.kind,
        subject=row.subject,
    )


def _still_ours(notes: Sequence[Due]) -> sa.ColumnElement[bool]:
    # A batch is claimed under one lease; a note that was made anew has none.
    leases = {due.lease for due in notes}
    return sa.and_(Owed.id.in_([due.id for due in notes]), Owed.lease.in_(leases))


def settle(current: Session, outcome: Outcome) -> None:
    """Write down what became of a batch; a note that was made anew meanwhile is left alone."""
    now = utcnow()
    passing = [due for due in outcome.sent if due.kind in _PASSING] + outcome.dropped
    lasting = [due for due in outcome.sent if due.kind not in _PASSING]
    replies = reply_ids(passing)
    statements: list[Any] = []
    if lasting:
        sent = sa.update(Owed).where(_still_ours(lasting))
        statements.append(sent.values(sent_at=now, lease=None, last_error=None))
    if passing:
        statements.append(sa.delete(Owed).where(_still_ours(passing)))
    if replies:
        statements.append(sa.delete(DeviceReply).where(DeviceReply.id.in_(replies)))
    accounts = {due.device_id for due in lasting if due.kind == outbox.ACCOUNT}
    if accounts:  # nobody will ever read what a handheld that was shut out was still owed
        gone = sa.select(Device.id).where(Device.id.in_(accounts), Device.state != "active")
        statements.append(sa.delete(DeviceReply).where(DeviceReply.device_id.in_(gone)))
    for pause in {pause for _, pause in outcome.given_back}:
        back = [due for due, its_pause in outcome.given_back if its_pause == pause]
        again = sa.update(Owed).where(_still_ours(back))
        due_at = Owed.noted_at if not pause else now + pause
        statements.append(again.values(lease=None, tries=Owed.tries - 1, due_at=due_at))
    for statement in statements:
        current.execute(statement.execution_options(synchronize_session=False))
    for due, error in outcome.failed:
        row = current.get(Owed, due.id, populate_existing=True)
        if row is not None and row.lease == due.lease:
            postpone(row, error, now)
