"""A handheld of a few lines: one paho client that knows the topics and remembers what it hears."""

import datetime as dt
import json
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from uuid_utils.compat import uuid7

PATIENCE_S = 15.0


class Handheld:
    """Speaks as `device`; reconnects only when told to."""

    def __init__(self, host: str, port: int, device: str, password: str) -> None:
        self.device = device
        self.root = f"paigong/v1/d/{device}"
        self.session = str(uuid7())
        self.last_seq = 0
        self.heard: list[tuple[str, Any]] = []
        self.gone = threading.Event()
        self.let_in = False
        self._ready = threading.Event()
        self._changed = threading.Condition()
        self._address = (host, port)
        self._password = password

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def connect(self, *, patience_s: float = PATIENCE_S) -> None:
        """Connect and subscribe, again and again where the broker is not there yet."""
        deadline = time.monotonic() + patience_s
        while True:
            self.gone, self._ready = threading.Event(), threading.Event()
            self._client = self._make_client()
            try:
                self._client.connect(*self._address, keepalive=20)
                self._client.loop_start()
                while not self._ready.wait(0.02) and not self.gone.is_set():
                    assert time.monotonic() < deadline, (
                        "the broker did not let the handheld in: no SUBACK"
                    )
                if self._ready.is_set():
                    return
            except OSError:
                pass
            self._client.loop_stop()
            assert time.monotonic() < deadline, "the broker did not let the handheld in"
            time.sleep(0.05)

    def _make_client(self) -> Client:
        gone, ready = self.gone, self._ready
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.device,
            protocol=MQTTv311,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self.device, self._password)
        client.will_set(f"{self.root}/up/presence", self._presence(online=False), 1, retain=True)

        def connected(_: Any, __: Any, ___: Any, code: Any, ____: Any) -> None:
            self.let_in = not code.is_failure
            if self.let_in:
                client.subscribe([(f"{self.root}/dn/#", 1), ("paigong/v1/server", 0)])

        def subscribed(_: Any, __: Any, ___: Any, codes: Any, ____: Any) -> None:
            # A broker that reads its accounts anew just then refuses: `connect` tries again.
            if any(code.is_failure for code in codes):
                client.disconnect()
            else:
                ready.set()

        client.on_connect = connected
        client.on_subscribe = subscribed
        client.on_disconnect = lambda *_: gone.set()
        client.on_message = self._on_message
        return client

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        with self._changed:
            topic = message.topic.removeprefix(f"{self.root}/dn/")
            self.heard.append((topic, json.loads(message.payload)))
            self._changed.notify_all()

    def die(self) -> None:
        """Break off without DISCONNECT, so that the will is due."""
        self._client.socket().shutdown(2)
        assert self.gone.wait(PATIENCE_S)
        self._client.loop_stop()

    def publish(
        self, channel: str, payload: bytes | dict[str, Any], *, retain: bool = False
    ) -> None:
        """Send one message and wait for PUBACK."""
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        info = self._client.publish(f"{self.root}/up/{channel}", raw, 1, retain=retain)
        info.wait_for_publish(PATIENCE_S)

    def event(self, kind: str, subject: str | None = None, **data: Any) -> dict[str, Any]:
        """The next event in the numbering; it is not sent yet."""
        self.last_seq += 1
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": f"devices/{self.device}",
            "type": kind,
            "time": now(),
            "seq": self.last_seq,
            "data": data,
        }
        return event if subject is None else {**event, "subject": subject}

    def send(self, kind: str, subject: str | None = None, **data: Any) -> dict[str, Any]:
        """Send the next event and wait for its reply's data."""
        event = self.event(kind, subject, **data)
        self.publish("events", event)
        return self.reply(event["id"])

    def reply(self, event_id: str | None, *, number: int = 1) -> dict[str, Any]:
        """Wait for the reply (the `number`-th one) to an event."""
        return self.await_heard(
            lambda _, m: m.get("type") == "event.reply" and m["data"]["event"] == event_id,
            number=number,
        )["data"]

    def sync(self, orders: dict[str, int] | None = None, **more: Any) -> dict[str, Any]:
        """Ask for a sync and wait for its result's data."""
        request = self.sync_request(orders, **more)
        self.publish("sync", request)
        return self.await_heard(
            lambda _, m: (
                m.get("type") == "sync.result" and m["data"].get("request") == request["id"]
            )
        )["data"]

    def sync_request(
        self, orders: dict[str, int] | None = None, *, time: str | None = None, **data: Any
    ) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": f"devices/{self.device}",
            "type": "sync.request",
            "time": time or now(),
            "data": {"epoch": None, "orders": orders or {}, "last_seq": self.last_seq, **data},
        }

    def snapshot(self, number: str, *, version: int = 0) -> dict[str, Any]:
        """Wait for a snapshot of an order in at least this version; its data."""
        return self.await_heard(
            lambda _, m: (
                m.get("type") == "order.snapshot"
                and m["subject"] == number
                and m["data"]["version"] >= version
            )
        )["data"]

    def await_heard(
        self, fits: Callable[[str, Any], bool], *, number: int = 1, seconds: float = PATIENCE_S
    ) -> Any:
        """Wait until `number` messages fit; the last of these."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.matching(fits)) >= number, seconds)
            assert came, f"not heard; heard {[m.get('type') for _, m in self.heard]}"
            return self.matching(fits)[number - 1]

    def matching(self, fits: Callable[[str, Any], bool]) -> list[Any]:
        """All that fits of what was heard."""
        return [message for topic, message in self.heard if fits(topic, message)]

    def say_present(self, *, online: bool = True, session: str | None = None, **more: Any) -> None:
        """Publish presence, retained."""
        self.publish(
            "presence", self._presence(online=online, session=session, **more), retain=True
        )

    def _presence(self, *, online: bool, session: str | None = None, **more: Any) -> bytes:
        said = {"online": online, "session": session or self.session, "at": now(), **more}
        return json.dumps(said).encode()


def now(*, days: float = 0) -> str:
    """The wire's spelling of this moment, or of one some days off."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
