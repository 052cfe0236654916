"""A place at the broker for proving, testing and administering: one client that remembers."""

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTMessageInfo, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from mqtt.brokers import BrokerUnavailable, Credentials, Endpoint
from mqtt.connection import Publish

PATIENCE_SECONDS = 5.0


class Seat:
    """One connected client that remembers all it was sent."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials | None,
        *,
        client_id: str | None = None,
        will: Publish | None = None,
    ) -> None:
        """Prepare a client; entering the context connects it, as nobody without credentials."""
        self._changed = threading.Condition()
        self._heard: list[MQTTMessage] = []
        self._granted: set[int] = set()
        self._sent: list[MQTTMessageInfo] = []
        self._code: ReasonCode | None = None
        self.gone = threading.Event()
        self._endpoint = endpoint
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or f"seat-{secrets.token_hex(6)}",
            protocol=MQTTv311,
            reconnect_on_failure=False,
        )
        if credentials is not None:
            self._client.username_pw_set(credentials.username, credentials.password)
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        if endpoint.tls:
            self._client.tls_set(ca_certs=endpoint.ca_file)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect

    def __enter__(self) -> Self:
        try:
            self._client.connect(self._endpoint.host, self._endpoint.port, keepalive=10)
        except OSError as error:
            raise BrokerUnavailable(str(error)) from error
        self._client.loop_start()
        try:
            self._wait(lambda: self._code is not None or self.gone.is_set(), "no CONNACK")
        except BrokerUnavailable:
            self.close()
            raise
        if self._code is None or self._code.is_failure:
            self.close()
            raise PermissionError(str(self._code))
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave properly: no will is sent."""
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic_filter: str, *, qos: int = 1) -> None:
        """Ask for a filter and wait for the answer, whatever it is; refused ones are as good."""
        mid = self._client.subscribe(topic_filter, qos=qos)[1]
        self._wait(lambda: mid in self._granted or self.gone.is_set(), "no SUBACK")

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send one message; nothing is waited for."""
        self._sent.append(self._client.publish(topic, payload, qos=1, retain=retain))

    def settle(self) -> None:
        """Wait until the broker acknowledged all that was published."""
        for info in self._sent:
            info.wait_for_publish(PATIENCE_SECONDS)

    def payloads(self) -> list[bytes]:
        """All that was heard, in its order."""
        with self._changed:
            return list(map(_payload, self._heard))

    def die(self) -> None:
        """End without DISCONNECT, so that the will is due."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.gone.wait(PATIENCE_SECONDS)

    def heard(self, payload: bytes) -> bool:
        """Whether a message with this payload came, on any topic."""
        with self._changed:
            return any(message.payload == payload for message in self._heard)

    def await_payload(self, payload: bytes, *, unless: threading.Event | None = None) -> None:
        """Wait for an allowed message; raises BrokerUnavailable where it does not come.

        The wait ends early when this seat loses its connection or `unless` is set.
        """

        def settled() -> bool:
            hung_up = self.gone.is_set() or (unless is not None and unless.is_set())
            return hung_up or self.heard(payload)

        deadline = time.monotonic() + PATIENCE_SECONDS
        while not settled() and time.monotonic() < deadline:
            with self._changed:
                self._changed.wait(0.05)
        if not self.heard(payload):
            raise BrokerUnavailable("an allowed message did not arrive")

    def await_fitting(self, fits: Callable[[bytes], bool], *, otherwise: str) -> bytes:
        """Wait for a message whose payload fits; raises BrokerUnavailable(otherwise)."""

        def found() -> bytes | None:
            return next((one for one in map(_payload, self._heard) if fits(one)), None)

        self._wait(lambda: found() is not None or self.gone.is_set(), otherwise)
        with self._changed:
            payload = found()
        if payload is None:
            raise BrokerUnavailable(otherwise)
        return payload

    def _wait(self, truth: Callable[[], bool], otherwise: str) -> None:
        with self._changed:
            if not self._changed.wait_for(truth, PATIENCE_SECONDS):
                raise BrokerUnavailable(otherwise)

    def _on_connect(
        self, _: Client, __: Any, ___: ConnectFlags, code: ReasonCode, ____: Properties | None
    ) -> None:
        with self._changed:
            self._code = code
            self._changed.notify_all()

    def _on_subscribe(
        self, _: Client, __: Any, mid: int, ___: list[ReasonCode], ____: Properties | None
    ) -> None:
        with self._changed:
            self._granted.add(mid)
            self._changed.notify_all()

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        with self._changed:
            self._heard.append(message)
            self._changed.notify_all()

    def _on_disconnect(self, *_: Any) -> None:
        with self._changed:
            self.gone.set()
            self._changed.notify_all()


def _payload(message: MQTTMessage) -> bytes:
    return bytes(message.payload)
