"""The MQTT line: connect, subscribe, ask for a sync, send the queue in order, start over.

paho runs without its network thread. This module owns the select call, so callbacks run in the
program's only thread, an exception is never swallowed, and no thread can die unnoticed.
"""

import json
import random
import select
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from reference_handheld import envelope, held_orders, outgoing, speech
from reference_handheld.inbox import Effect, Inbox
from reference_handheld.speech import Say
from reference_handheld.store import Pairing, Store
from reference_handheld.times import Clock, to_wire

WINDOW = 20
APP_VERSION = "reference-1"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the line waits, in seconds."""

    sync_s: float = 10.0
    answer_s: float = 10.0
    resend_s: float = 1.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0


class Link:
    """One line to the broker. Call `turn` again and again; call `stop` to leave politely."""

    def __init__(
        self,
        store: Store,
        pairing: Pairing,
        inbox: Inbox,
        *,
        say: Say,
        clock: Clock,
        rng: random.Random,
        patience: Patience | None = None,
    ) -> None:
        self._store = store
        self._pairing = pairing
        self._inbox = inbox
        self._say = say
        self._clock = clock
        self._rng = rng
        self._patience = patience or Patience()
        self._base = f"{pairing.mqtt['root']}/d/{pairing.device}"
        self._client: Client | None = None
        self._session = ""
        self._synced = False
        self._server_online = True
        self._deadline = 0.0
        self._next_try = 0.0
        self._sent_at: dict[int, float] = {}
        self._asked_again: dict[int, float] = {}
        self.failures = 0
        self.not_authorised = False
        self.wiped = False

    @property
    def up(self) -> bool:
        """Whether the work list on the handheld is the server's."""
        return self._synced and self._server_online

    def turn(self, wait_s: float) -> None:
        """One go: connect where it is time, take what has come, send what may go."""
        now = time.monotonic()
        if self._client is None:
            if now < self._next_try:
                time.sleep(min(wait_s, self._next_try - now))
                return
            self._connect()
            return
        self._pump(wait_s)
        if self._client is None or self.wiped:
            return
        if not self._synced and self._server_online and time.monotonic() > self._deadline:
            self._drop("服务器没有答复同步 no answer to the sync request")
        elif self.up:
            self._send()

    def stop(self) -> None:
        """Say good-bye: presence offline under the same session, then disconnect."""
        client = self._client
        if client is None:
            return
        if client.is_connected() and not self.wiped:
            sent = client.publish(
                f"{self._base}/up/presence", self._presence(online=False), qos=1, retain=True
            )
            until = time.monotonic() + 2
            while not sent.is_published() and self._client and time.monotonic() < until:
                self._pump(0.05)
        self._forget_client()

    def _connect(self) -> None:
        mqtt = self._pairing.mqtt
        self._session = envelope.new_id()
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=mqtt["client_id"],
            clean_session=True,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.username_pw_set(mqtt["username"], mqtt["password"])
        if mqtt.get("tls"):
            client.tls_set()
        client.will_set(
            f"{self._base}/up/presence", self._presence(online=False), qos=1, retain=True
        )
        client.connect_timeout = 5
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        try:
            client.connect(mqtt["host"], int(mqtt["port"]), keepalive=30)
        except OSError as error:
            self._drop(f"连不上 cannot connect: {error}")
            return
        self._client = client
        self._synced, self._server_online = False, True
        self._deadline = time.monotonic() + self._patience.sync_s
        self._sent_at.clear()
        self._asked_again.clear()

    def _pump(self, wait_s: float) -> None:
        """Let paho read and write, waiting for the socket at most `wait_s`."""
        client = self._client
        socket = client.socket() if client else None
        if client is None or socket is None:
            self._drop("连接断开 connection lost")
            return
        # Bytes that TLS has already decrypted do not make the socket readable.
        pending = getattr(socket, "pending", lambda: 0)() > 0
        readable, writable, _ = select.select(
            [socket], [socket] if client.want_write() else [], [], 0 if pending else wait_s
        )
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        if readable or pending:
            result = client.loop_read()
        if writable and result is MQTTErrorCode.MQTT_ERR_SUCCESS:
            result = client.loop_write()
        if result is MQTTErrorCode.MQTT_ERR_SUCCESS:
            result = client.loop_misc()
        if result is not MQTTErrorCode.MQTT_ERR_SUCCESS and self._client is client:
            self._drop("连接断开 connection lost")

    def _on_connect(
        self, client: Client, _userdata: Any, _flags: Any, reason_code: Any, _properties: Any
    ) -> None:
        if reason_code.is_failure:
            self.not_authorised = str(reason_code) in {
                "Not authorized",
                "Bad user name or password",
            }
            self._drop(f"消息服务器拒绝 the broker refused: {reason_code}")
            return
        self.not_authorised = False
        client.subscribe([(f"{self._base}/dn/#", 1), (f"{self._pairing.mqtt['root']}/server", 1)])

    def _on_subscribe(
        self, client: Client, _userdata: Any, _mid: int, reason_codes: Any, _properties: Any
    ) -> None:
        if any(code.is_failure for code in reason_codes):
            self._drop("订阅被拒 subscription refused")
            return
        client.publish(f"{self._base}/up/presence", self._presence(online=True), qos=1, retain=True)
        self._ask_for_sync()

    def _on_message(self, client: Client, _userdata: Any, message: MQTTMessage) -> None:
        if self.wiped:
            return  # nothing may settle on a handheld that was just emptied
        try:
            if message.topic == f"{self._pairing.mqtt['root']}/server":
                self._server_state(envelope.read_object(bytes(message.payload)))
            else:
                self._act(self._inbox.receive(envelope.read(bytes(message.payload))))
        except (envelope.UnreadableError, KeyError, TypeError, ValueError) as error:
            self._say(f"! 看不懂的消息 unreadable message on {message.topic}: {error!r}")
        # Acknowledged only now: what the broker forgets is already in the file.
        client.ack(message.mid, message.qos)

    def _act(self, effect: Effect) -> None:
        if effect.wiped:
            self.wiped = True
            return
        if effect.synced:
            self._synced, self.failures = True, 0
        if effect.sync_wanted:
            self._ask_for_sync()
        if effect.send_from_seq is not None:
            self._send_again(effect.send_from_seq)

    def _server_state(self, state: Mapping[str, Any]) -> None:
        was_online, self._server_online = self._server_online, bool(state.get("online"))
        if was_online and not self._server_online:
            self._say("! 服务器离线,事件留在本机 the server is away; events stay here")
        elif self._server_online and not was_online:
            self._ask_for_sync()

    def _ask_for_sync(self) -> None:
        if self._client is None:
            return
        held_orders.begin_sync(self._store)
        self._synced = False
        self._deadline = time.monotonic() + self._patience.sync_s
        self._sent_at.clear()
        epoch = self._store.fact("epoch")
        data = ({} if epoch is None else {"epoch": epoch}) | {
            "orders": held_orders.versions(self._store),
            "last_seq": outgoing.last_seq(self._store),
            "queued": outgoing.waiting_count(self._store),
        }
        body = envelope.write(
            id=envelope.new_id(),
            device=self._pairing.device,
            type="sync.request",
            at=self._clock(),
            data=data,
        )
        self._client.publish(f"{self._base}/up/sync", body, qos=1)

    def _send(self) -> None:
        """Send at most a window of events, in order; one without an answer goes again."""
        if self._client is None:
            return
        now = time.monotonic()
        for event in outgoing.waiting(self._store, limit=WINDOW):
            if now - self._sent_at.get(event.seq, -self._patience.answer_s) < (
                self._patience.answer_s
            ):
                continue
            first_time = event.seq not in self._sent_at
            self._client.publish(f"{self._base}/up/events", event.body, qos=1)
            self._sent_at[event.seq] = now
            if first_time:
                self._say(
                    f"→ {event.seq} {event.subject or ''} {speech.event(event.type, event.data)}"
                )

    def _send_again(self, seq: int) -> None:
        """Go back to `seq`. A window behind a gap draws many such answers: one round is enough."""
        now = time.monotonic()
        if now - self._asked_again.get(seq, -self._patience.resend_s) < self._patience.resend_s:
            return
        self._asked_again[seq] = now
        for sent in [number for number in self._sent_at if number >= seq]:
            del self._sent_at[sent]

    def _presence(self, *, online: bool) -> bytes:
        return json.dumps(
            {
                "online": online,
                "session": self._session,
                "at": to_wire(self._clock()),
                "app_version": APP_VERSION,
                "queued": outgoing.waiting_count(self._store),
            }
        ).encode()

    def _drop(self, why: str) -> None:
        """Give this connection up and pause, longer each time and never twice the same."""
        self._forget_client()
        longest = min(
            self._patience.longest_pause_s, self._patience.first_pause_s * 2.0**self.failures
        )
        self.failures = min(self.failures + 1, 16)
        self._next_try = time.monotonic() + self._rng.uniform(longest / 2, longest)
        self._say(f"! {why}")

    def _forget_client(self) -> None:
        client, self._client = self._client, None
        self._synced = False
        if client is not None:
            client.disconnect()
