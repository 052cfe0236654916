"""Keeps one client connected to the broker for the one thread that owns it."""

import logging
import queue
import random
import time
from typing import Self

from paho.mqtt.client import MQTTMessageInfo

from mqtt.brokers import MAX_PACKET_BYTES
from mqtt.connection import Connection, LinkOptions, Publish, Received

__all__ = ["Congested", "Link", "LinkOptions", "NotConnected", "Publish", "Received", "Ticket"]

log = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.1
_TEND_EVERY_SECONDS = 0.5
_HEADER_BYTES = 1024


class NotConnected(Exception):
    """Nothing was sent: there is no connection whose subscriptions stand."""


class Congested(NotConnected):
    """Nothing was sent: too many messages wait for the broker already."""


class Ticket:
    """Tells what became of one published message, without blocking."""

    def __init__(self, info: MQTTMessageInfo, connection: Connection) -> None:
        """Follow `info` as long as `connection` lasts."""
        self._info = info
        self._connection = connection

    def done(self) -> bool:
        """Whether the broker has acknowledged (PUBACK); this is no receipt by the handheld."""
        return self._info.is_published()

    def lost(self) -> bool:
        """Whether the connection ended first: the message must be published again."""
        return self._connection.over.is_set() and not self.done()


class Link:
    """A client that stays connected while its owner calls `next` (or `tend`) now and then.

    Connecting, watching and dropping happen in the owner's thread; paho's thread only fills a
    bounded queue. What an old connection had not handed over is forgotten with it.
    """

    def __init__(self, options: LinkOptions) -> None:
        """Make a link; the first call of `next` or `tend` connects."""
        self.options = options
        self.generation = 0
        self.auth_failures = 0
        self.restarts = 0
        self.last_fault: str | None = None
        self._dropped_before = 0
        self._connection: Connection | None = None
        self._pause_seconds = 0.0
        self._not_before = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        """Whether CONNACK and SUBACK came and nothing was wrong when last looked."""
        connection = self._connection
        return connection is not None and connection.ready.is_set() and not connection.over.is_set()

    @property
    def dropped(self) -> int:
        """How many messages found the queue full; QoS 1 ones come again."""
        return self._dropped_before + (self._connection.dropped if self._connection else 0)

    def alive(self) -> bool:
        """Whether there is a connection and it shows no fault."""
        return self._connection is not None and self._connection.fault() is None

    def tend(self) -> None:
        """Watchdog and reconnect in one: drop a faulty connection, open the next when due."""
        if self._connection is not None:
            fault = self._connection.fault()
            if fault is None:
                if self._connection.ready.is_set():
                    self._pause_seconds = 0.0
                self._connection.listen_for_itself()
                return
            self.restart(fault)
        if time.monotonic() >= self._not_before:
            self._open()

    def restart(self, reason: str) -> None:
        """Drop the connection; the next `tend` after a jittered pause opens another."""
        self.last_fault = reason
        connection, self._connection = self._connection, None
        if connection is not None:
            log.warning("mqtt connection %s ended: %s", connection.generation, reason)
            self.restarts += 1
            self.auth_failures += connection.refused
            self._dropped_before += connection.dropped
            connection.abandon()
        self._grow_pause()

    def next(self, timeout_seconds: float) -> Received | None:
        """The next message, or None after `timeout_seconds`; keeps the link tended."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            self.tend()
            left = deadline - time.monotonic()
            received = self._wait(max(0.0, min(left, _TEND_EVERY_SECONDS)))
            if received is not None or time.monotonic() >= deadline:
                return received

    def ack(self, received: Received) -> None:
        """Acknowledge after the commit; a message of an earlier connection is left alone.

        Message ids start anew with each connection: an old one would acknowledge a stranger.
        """
        connection = self._connection
        if connection is None or connection.generation != received.generation or not received.qos:
            return
        connection.client.ack(received.mid, received.qos)

    def publish(self, message: Publish) -> Ticket:
        """Send at QoS 1; raises NotConnected or Congested, and then nothing was sent."""
        if len(message.payload) + _HEADER_BYTES > MAX_PACKET_BYTES:
            raise ValueError(f"{len(message.payload)} bytes are more than a broker takes")
        connection = self._connection
        if connection is None or not self.connected:
            raise NotConnected(self.last_fault or "not connected yet")
        info = connection.publish(message)
        if info is None:
            raise Congested(message.topic)
        return Ticket(info, connection)

    def close(self) -> None:
        """Disconnect properly, so that the broker sends no will."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()

    def _open(self) -> None:
        self.generation += 1
        try:
            self._connection = Connection(self.options, self.generation)
        except OSError as error:
            self.last_fault = f"cannot connect: {error}"
            self._grow_pause()

    def _grow_pause(self) -> None:
        doubled = max(_FIRST_PAUSE_SECONDS, self._pause_seconds * 2)
        self._pause_seconds = min(doubled, self.options.longest_pause_seconds)
        jitter = random.uniform(0.5, 1.0)  # noqa: S311  spreads reconnects, keeps no secret
        self._not_before = time.monotonic() + self._pause_seconds * jitter

    def _wait(self, seconds: float) -> Received | None:
        if self._connection is None:
            until_open = max(0.0, self._not_before - time.monotonic())
            time.sleep(min(seconds, until_open))
            return None
        try:
            return self._connection.inbox.get(timeout=seconds)
        except queue.Empty:
            return None
