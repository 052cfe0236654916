"""The process behind `paigong worker mqtt`: one link, one thread, one loop for both directions."""

import datetime as dt
import json
import logging
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from flask import Flask

from contracts.downlink import server_state
from mqtt import presence, sync, topics
from mqtt.brokers import Broker, BrokerUnavailable, BrokerUnsafe
from mqtt.ingest import Ingest
from mqtt.link import Link, LinkOptions, Publish, Received
from mqtt.metrics import FILE_NAME, Metrics
from mqtt.relay import Relay
from server.db import Changes, session, transaction, utcnow
from server.devices.models import Device
from server.devices.operations import broker_password
from server.estate.operations import the_estate
from server.settings import Settings
from server.worker import LOOK_S

log = logging.getLogger(__name__)

EXIT_OK = 0
#: The broker lets handhelds do what they must not: a person has to look at it.
EXIT_UNSAFE = 3

_MOST_AT_ONCE = 50
_LISTEN_SECONDS = 0.03
_REPORT_EVERY_SECONDS = 1.0
_PAUSE_SECONDS = 1.0
_ACCOUNTS_AGAIN_SECONDS = 5.0
_NO_ESTATE_YET = "none"
#: The database does not answer, as opposed to refusing what is written: trying again helps.
_DATABASE_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)


def run_mqtt_worker(
    app: Flask,
    settings: Settings,
    broker: Broker,
    *,
    stopping: threading.Event,
    heartbeat: Path | None = None,
) -> int:
    """Serve handhelds over MQTT until `stopping` is set; the exit code of the process.

    Nothing is served before the broker has proved that it keeps handhelds apart: EXIT_UNSAFE
    where it does not. `heartbeat` is touched every second while the broker is connected and the
    database answers, so an old file tells that one of the two is missing.
    """
    if not _proved_safe(broker, stopping):
        return EXIT_UNSAFE
    with MqttWorker(app, settings, broker, heartbeat=heartbeat) as worker:
        while not stopping.is_set():
            try:
                worker.turn()
            except Exception:
                log.exception("mqtt worker: a turn failed")
                stopping.wait(_PAUSE_SECONDS)
    return EXIT_OK


def _proved_safe(broker: Broker, stopping: threading.Event) -> bool:
    """Whether the broker passed its self-test; a broker that is not there yet is waited for."""
    while not stopping.is_set():
        try:
            broker.prepare()
            broker.self_test()
        except BrokerUnsafe as unsafe:
            log.critical("refusing to serve, the broker does not keep handhelds apart: %s", unsafe)
            return False
        except (BrokerUnavailable, OSError) as error:
            log.warning("waiting for the broker: %s", error)
            stopping.wait(_PAUSE_SECONDS)
        else:
            break
    return True


class MqttWorker:
    """One turn of the loop at a time: take in, commit, acknowledge, relay."""

    def __init__(
        self, app: Flask, settings: Settings, broker: Broker, *, heartbeat: Path | None = None
    ) -> None:
        """Prepare; the first turn connects."""
        self._app = app
        self._broker = broker
        self._key = settings.secret_key()
        self._heartbeat = heartbeat
        self.metrics = Metrics(settings.home / FILE_NAME)
        self._ingest = Ingest(settings, self.metrics)
        self._client_id = f"srv-{secrets.token_hex(8)}"
        self._epoch = self._read_epoch()
        self._accounts_due_at: float | None = None
        self._refusals = 0
        self._open_link()
        self._held: list[Received] = []
        self._more = False
        self._changes = Changes()
        self._looked_at = 0.0
        self._reported_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave without DISCONNECT, so that the broker tells everybody our will.

        Saying it ourselves would be contradicted by our own birth message.
        """
        self.link.restart("stopping")
        self._changes.close()

    def turn(self) -> None:
        """One go. Raises where the database is away; messages at hand are kept for the next go."""
        self._held += self._collect()
        self._make_sure_of_our_account()
        with self._app.app_context():
            if self._greeted != self.link.generation and (self.link.connected or self._held):
                self._greet()
            self._let_handhelds_in()
            if self._held:
                self._take_in()
            if self._may_owe():
                self._more = self._relay.step()
        self._report()

    def _may_owe(self) -> bool:
        """Whether the outbox is worth a look: somebody wrote, or the time may have come for a note."""
        now = time.monotonic()
        written = self._changes.any_since()
        if not (self._more or written or now - self._looked_at >= LOOK_S):
            return False
        self._looked_at = now
        return True

    def _collect(self) -> list[Received]:
        """What has come, waiting a little for the first message when there is nothing to do."""
        if self._held:
            return []
        batch: list[Received] = []
        received = self.link.next(0 if self._more else _LISTEN_SECONDS)
        while received is not None:
            batch.append(received)
            received = self.link.next(0) if len(batch) < _MOST_AT_ONCE else None
        return batch

    def _take_in(self) -> None:
        """Handle all messages in one transaction; if that fails, each in one of its own.

        Raises where the database is away; nothing is acknowledged then.
        """
        try:
            self._commit(self._held)
        except Exception:
            log.exception("%d messages could not be handled at once", len(self._held))
            while self._held:
                self._take_singly(self._held[0])
                self._acknowledge([self._held.pop(0)])
            return
        batch, self._held = self._held, []
        self._acknowledge(batch)

    def _take_singly(self, message: Received) -> None:
        """Handle one message, or refuse it where our own fault keeps us from handling it."""
        for _ in range(2):
            try:
                self._commit([message])
            except _DATABASE_AWAY:
                _prove_database()
            except Exception:
                log.exception("a message on %s cannot be handled", message.topic)
                break
            else:
                return
        try:
            with transaction() as current:
                self._ingest.refuse_poisoned(current, message, at=utcnow())
        except _DATABASE_AWAY:
            raise
        except Exception:
            log.exception("nor can it be refused: dropped")

    def _commit(self, batch: Sequence[Received]) -> None:
        with transaction() as current:
            for message in batch:
                self._ingest.take(current, message, at=utcnow())

    def _acknowledge(self, batch: Sequence[Received]) -> None:
        for message in batch:
            self.link.ack(message)

    def _greet(self) -> None:
        """On a new connection: nobody is known to be there until the retained messages say so.

        Whoever is there nevertheless gets its work list, for its own sync may have gone unheard.
        """
        with transaction() as current:
            sync.offer_to_all(current, at=utcnow())
            presence.forget_all(current)
        self._greeted = self.link.generation
        self._accounts_due_at = time.monotonic()
        self.metrics.count("connections")

    def _make_sure_of_our_account(self) -> None:
        """A broker that refuses even us may have lost its accounts: have it make ours again."""
        if self.link.auth_failures == self._refusals:
            return
        self._refusals = self.link.auth_failures
        try:
            self._broker.prepare()
        except (BrokerUnavailable, OSError) as error:
            log.warning("the broker refuses us and cannot be told of us: %s", error)

    def _let_handhelds_in(self) -> None:
        """Make the broker know exactly the working handhelds: it may have lost its accounts."""
        due_at = self._accounts_due_at
        if due_at is None or time.monotonic() < due_at or not self.link.connected:
            return
        active = session().scalars(sa.select(Device).where(Device.state == "active")).all()
        accounts = {device.id: broker_password(device, self._key) for device in active}
        session().rollback()
        try:
            self._broker.reconcile(accounts)
        except BrokerUnavailable as error:
            log.warning("the broker has not confirmed its accounts: %s", error)
            self._accounts_due_at = time.monotonic() + _ACCOUNTS_AGAIN_SECONDS
        else:
            self._accounts_due_at = None
            log.info("connected to the broker, %d handhelds may come in", len(accounts))

    def _open_link(self) -> None:
        endpoint = self._broker.endpoint
        self.link = Link(
            LinkOptions(
                endpoint=endpoint,
                client_id=self._client_id,
                credentials=lambda: self._broker.server_credentials,
                subscriptions=topics.uplink_subscriptions(),
                will=self._state(online=False),
                birth=lambda: self._state(online=True),
                contradicts=_says_absent,
                echo_topic=topics.server_echo(self._client_id),
            )
        )
        self._relay = Relay(self.link, self._broker, self._key, self.metrics)
        self._greeted = 0
        self._refusals = 0

    def _state(self, *, online: bool) -> Publish:
        state = server_state(online=online, epoch=self._epoch, at=dt.datetime.now(dt.UTC))
        payload = json.dumps(state, separators=(",", ":")).encode()
        return Publish(topic=topics.server_state(), payload=payload, retain=True)

    def _read_epoch(self) -> str:
        with self._app.app_context():
            estate = the_estate(session())
            return estate.epoch if estate else _NO_ESTATE_YET

    def _report(self) -> None:
        """Once a second: heartbeat, counters, and whether the server is still the same one."""
        now = time.monotonic()
        if now - self._reported_at < _REPORT_EVERY_SECONDS:
            return
        self._reported_at = now
        epoch = self._read_epoch()
        if epoch != self._epoch:
            log.warning("the server's epoch is now %s: connecting anew under it", epoch)
            self._epoch = epoch
            self.link.close()
            self._open_link()
        if self._heartbeat is not None and self.link.connected:
            self._heartbeat.touch()
        self.metrics.write(
            {
                "connected": self.link.connected,
                "restarts": self.link.restarts,
                "refused_logins": self.link.auth_failures,
                "dropped": self.link.dropped,
                "last_fault": self.link.last_fault,
            }
        )


def _prove_database() -> None:
    """Raise while the database cannot be written; a message that it chokes on is another matter."""
    with transaction() as current:
        current.execute(sa.update(Device).where(sa.false()).values(online=Device.online))


def _says_absent(payload: bytes) -> bool:
    """Whether somebody announced that the server is away, which it is not."""
    try:
        state = json.loads(payload)
    except ValueError:
        return False
    return isinstance(state, dict) and state.get("online") is False
