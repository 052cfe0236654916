"""One MQTT connection from CONNECT to its end; it is never reopened, the link makes a new one."""

import contextlib
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTMessageInfo,
    MQTTv311,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from mqtt.brokers import Credentials, Endpoint

log = logging.getLogger(__name__)
_P = ParamSpec("_P")


@dataclass(frozen=True, kw_only=True)
class Publish:
    """A message on its way out, QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, kw_only=True)
class Received:
    """A message that came in; `generation` names the connection that may acknowledge it."""

    topic: str
    payload: bytes
    retain: bool
    dup: bool
    mid: int
    qos: int
    generation: int


@dataclass(frozen=True, kw_only=True)
class LinkOptions:
    """How a link connects and what it says of itself.

    `subscriptions` are topic filters, each with its QoS. `credentials` and `birth` are asked anew
    for every connection. `birth` is published once the subscriptions stand, and again whenever
    somebody publishes to the will's topic what `contradicts` it: a late will of an earlier
    connection, or that of a process beside this one. Without `contradicts` only our own will does.
    No birth may contradict another, or two processes would answer each other for ever. With
    `echo_topic`, a topic that only this client uses, a connection that has gone silent is found
    within `silence_seconds` though its socket looks open.
    """

    endpoint: Endpoint
    client_id: str
    credentials: Callable[[], Credentials]
    subscriptions: Mapping[str, int] = field(default_factory=dict)
    will: Publish | None = None
    birth: Callable[[], Publish] | None = None
    contradicts: Callable[[bytes], bool] | None = None
    echo_topic: str | None = None
    clean_session: bool = True
    keepalive_seconds: int = 20
    connect_seconds: float = 3.0
    handshake_seconds: float = 5.0
    silence_seconds: float = 4.0
    longest_pause_seconds: float = 4.0
    inbox_size: int = 2000
    outbox_size: int = 1000
    max_inflight: int = 200


class Connection:
    """The network side of a link: paho's thread fills `inbox`, sets `ready` and `over`."""

    def __init__(self, options: LinkOptions, generation: int) -> None:
        """Connect the socket; raises OSError where nobody listens."""
        self.generation = generation
        self.inbox: queue.Queue[Received | None] = queue.Queue(maxsize=options.inbox_size)
        self.ready = threading.Event()
        self.over = threading.Event()
        self.refused = False
        self.reason = ""
        self.dropped = 0
        self.opened_at = time.monotonic()
        self.heard_at = self.opened_at
        self.echo_sent_at: float | None = None
        self._options = options
        self._thread: threading.Thread | None = None
        self.client = self._make_client()
        try:
            self.client.connect(
                options.endpoint.host, options.endpoint.port, keepalive=options.keepalive_seconds
            )
        except OSError:
            self.abandon()
            raise
        self._send_at_once()
        self.client.loop_start()

    def _send_at_once(self) -> None:
        """No Nagle: a reply would wait 40 ms behind the acknowledgement written before it."""
        sock = self.client.socket()
        if isinstance(sock, socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _make_client(self) -> Client:
        options = self._options
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=options.client_id,
            clean_session=options.clean_session,
            protocol=MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        credentials = options.credentials()
        client.username_pw_set(credentials.username, credentials.password)
        if options.will is not None:
            will = options.will
            client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        if options.endpoint.tls:
            client.tls_set(ca_certs=options.endpoint.ca_file)
        client.connect_timeout = options.connect_seconds
        client.max_queued_messages_set(options.outbox_size)
        client.max_inflight_messages_set(options.max_inflight)
        client.on_connect = self._guarded(self._on_connect)
        client.on_subscribe = self._guarded(self._on_subscribe)
        client.on_message = self._guarded(self._on_message)
        client.on_publish = self._guarded(self._on_publish)
        client.on_disconnect = self._guarded(self._on_disconnect)
        return client

    def fault(self) -> str | None:
        """Why this connection is of no more use; None while it is sound."""
        now = time.monotonic()
        thread = self._thread
        if self.over.is_set():
            return self.reason or "connection lost"
        if thread is not None and not thread.is_alive():
            return "network thread died"
        if not self.ready.is_set():
            waited = now - self.opened_at
            return "no handshake" if waited > self._options.handshake_seconds else None
        sent_at = self.echo_sent_at
        if sent_at is not None and self.heard_at < sent_at:
            return "silent" if now - sent_at > self._options.silence_seconds else None
        return None

    def listen_for_itself(self) -> None:
        """Send the echo when the last one was heard and a third of the allowed silence passed."""
        topic, now = self._options.echo_topic, time.monotonic()
        if topic is None or not self.ready.is_set():
            return
        unanswered = self.echo_sent_at is not None and self.heard_at < self.echo_sent_at
        if unanswered or now - self.heard_at < self._options.silence_seconds / 3:
            return
        self.echo_sent_at = now
        self.client.publish(topic, b"", qos=0)

    def disconnect(self) -> None:
        """Leave properly: no will is sent."""
        self.client.disconnect()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2)
        self.abandon()

    def abandon(self) -> None:
        """Cut the socket; a live network thread sees it and ends, a dead one left it open."""
        self.over.set()
        self._let_go()
        sock = self.client.socket()
        if not isinstance(sock, socket.socket):
            return
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        if self._thread is None or not self._thread.is_alive():
            sock.close()

    def _let_go(self) -> None:
        """Take our callbacks out of the client.

        The two would hold each other, and paho closes its inner sockets only when it is freed.
        """
        client = self.client
        client.on_connect = client.on_subscribe = client.on_message = None
        client.on_publish = client.on_disconnect = None

    def _guarded(self, callback: Callable[_P, None]) -> Callable[_P, None]:
        """An exception must not leave a callback: it would end paho's thread unseen."""

        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
            try:
                callback(*args, **kwargs)
            except Exception:
                log.exception("mqtt callback failed, connection %s", self.generation)

        return guarded

    def _on_connect(
        self, client: Client, _: Any, __: ConnectFlags, code: ReasonCode, ___: Properties | None
    ) -> None:
        self._thread = threading.current_thread()
        if code.is_failure:
            self.refused = True
            self.reason = f"refused: {code}"
            return
        options = self._options
        filters = list(options.subscriptions.items())
        if options.echo_topic is not None:
            filters.append((options.echo_topic, 0))
        if options.will is not None and options.birth is not None:
            filters.append((options.will.topic, 0))
        if filters:
            client.subscribe(filters)
        else:
            self._become_ready()

    def _on_subscribe(
        self, client: Client, _: Any, __: int, codes: list[ReasonCode], ___: Properties | None
    ) -> None:
        if any(code.is_failure for code in codes):
            self.reason = "subscription refused"
            client.disconnect()
            return
        self._become_ready()

    def _become_ready(self) -> None:
        self.heard_at = time.monotonic()
        self._announce()
        self.ready.set()

    def _announce(self) -> None:
        if self._options.birth is None:
            return
        birth = self._options.birth()
        self.client.publish(birth.topic, birth.payload, qos=1, retain=birth.retain)

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        self.heard_at = time.monotonic()
        options = self._options
        if message.topic == options.echo_topic:
            return
        if options.birth and options.will and message.topic == options.will.topic:
            if not message.retain and self._contradicts_birth(bytes(message.payload)):
                self._announce()
            return
        received = Received(
            topic=message.topic,
            payload=bytes(message.payload),
            retain=message.retain,
            dup=message.dup,
            mid=message.mid,
            qos=message.qos,
            generation=self.generation,
        )
        try:
            self.inbox.put_nowait(received)
        except queue.Full:
            # Not acknowledged, so the broker sends a QoS 1 message again.
            self.dropped += 1

    def _contradicts_birth(self, payload: bytes) -> bool:
        options = self._options
        if options.contradicts is not None:
            return options.contradicts(payload)
        return options.will is not None and payload == options.will.payload

    def _on_publish(
        self, _: Client, __: Any, ___: int, ____: ReasonCode, _____: Properties | None
    ) -> None:
        self.heard_at = time.monotonic()

    def _on_disconnect(
        self, _: Client, __: Any, ___: DisconnectFlags, code: ReasonCode, ____: Properties | None
    ) -> None:
        self.reason = self.reason or f"disconnected: {code}"
        self.over.set()
        with contextlib.suppress(queue.Full):
            self.inbox.put_nowait(None)

    def publish(self, message: Publish) -> MQTTMessageInfo | None:
        """Hand a message to paho; None where paho did not take it."""
        info = self.client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        return info if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None
