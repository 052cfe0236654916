"""The line of a handheld that somebody else wrote: pairing, paho-mqtt, and what was heard."""

import datetime as dt
import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from tests.acceptance.speaking_http import Http

PATIENCE_S = 20.0
SEND_AGAIN_S = 10.0
TIMEOUT_S = 20


class Line:
    """One paired device, its connection, and what came down it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = str(uuid.uuid4())
        self.fast_s = 0.0
        self.seq = 0
        self.epoch: str | None = None
        self.orders: dict[str, Any] = {}
        self.withdrawn: list[str] = []
        self.heard: list[Any] = []
        self.queue: list[dict[str, Any]] = []
        self.http = Http()
        self.online = False
        self._changed = threading.Condition()
        self._client: Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.go_offline()
        self.http.close()

    # Pairing and the line

    def pair(self, code: str) -> None:
        """Trade a pairing code for credentials."""
        answer = self.http.post(
            f"{self.url}/field/v1/pairings",
            json={"code": code, "model": "plain paho", "app_version": "1"},
            timeout=TIMEOUT_S,
        )
        assert answer.status_code == 201, answer.text
        told = answer.json()
        self.device, self.mqtt = told["device"], told["mqtt"]
        self.root = f"{self.mqtt['root']}/d/{self.device}"
        self.http.headers["Authorization"] = f"Bearer {told['token']}"

    def connect(self) -> Self:
        """Connect, subscribe, say that we are there, sync: the order of docs/wire.md."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.try_to_connect():
            assert time.monotonic() < deadline, "the broker does not let us in"
            time.sleep(0.1)
        self.publish("presence", self._presence(online=True), retain=True)
        self.sync()
        return self

    def try_to_connect(self, *, client_id: str | None = None) -> bool:
        """Connect and subscribe; False where the broker is away or refuses us."""
        ready, gone = threading.Event(), threading.Event()
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or self.mqtt["client_id"],
            protocol=MQTTv311,
            clean_session=True,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self.mqtt["username"], self.mqtt["password"])
        client.will_set(f"{self.root}/up/presence", self._presence(online=False), 1, retain=True)

        def on_connect(_: Any, __: Any, ___: Any, code: Any, ____: Any) -> None:
            if code.is_failure:
                gone.set()
            else:
                root = self.mqtt["root"]
                client.subscribe([(f"{self.root}/dn/#", 1), (f"{root}/server", 1)])

        def on_subscribe(_: Any, __: Any, ___: Any, codes: Any, ____: Any) -> None:
            if not any(code.is_failure for code in codes):
                ready.set()

        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_disconnect = lambda *_: gone.set()
        client.on_message = self._on_message
        try:
            client.connect(self.mqtt["host"], self.mqtt["port"], keepalive=20)
        except OSError:
            return False
        client.loop_start()
        deadline = time.monotonic() + 10
        while not ready.wait(0.01) and not gone.is_set() and time.monotonic() < deadline:
            pass
        if not ready.is_set():
            client.disconnect()
            client.loop_stop()
            return False
        self._client, self.gone, self.online = client, gone, True
        return True

    def go_offline(self) -> None:
        """Lose the network; what is done from here on waits in the queue."""
        self.online = False
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def publish(self, channel: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish below our own `up/`, QoS 1; PUBACK says nothing about acceptance."""
        assert self._client is not None
        info = self._client.publish(f"{self.root}/up/{channel}", payload, 1, retain=retain)
        info.wait_for_publish(PATIENCE_S)

    def publish_anywhere(self, topic: str, payload: bytes) -> None:
        """Publish where we may or may not."""
        assert self._client is not None
        self._client.publish(topic, payload, 1)

    def sync(self) -> dict[str, Any]:
        """Ask what our orders are, and wait until we hold what the newest answer names.

        A server that is just back at the broker tells it unasked, and may not have heard us; what
        it told may have been overtaken since.
        """
        asked = self.envelope(
            "sync.request",
            None,
            {
                "epoch": self.epoch,
                "orders": {number: held["version"] for number, held in self.orders.items()},
                "last_seq": self.seq,
                "queued": len(self.queue),
            },
        )
        earlier = {id(message) for message in self.heard}

        def up_to_date() -> dict[str, Any] | None:
            told: list[dict[str, Any]] = [
                message["data"]
                for message in self.heard
                if message.get("type") == "sync.result"
                and id(message) not in earlier
                and message["data"].get("request") in {None, asked["id"]}
            ]
            return told[-1] if told and set(told[-1]["orders"]) <= set(self.orders) else None

        self.publish("sync", spelled(asked))
        with self._changed:
            unanswered = not self._changed.wait_for(up_to_date, SEND_AGAIN_S)
        if unanswered:
            self.publish("sync", spelled(asked))
        result: dict[str, Any] = self.wait(up_to_date, "the work list and its snapshots")
        self.epoch = result["epoch"]
        return result

    # What comes down

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        said = json.loads(message.payload)
        with self._changed:
            self.heard.append(said)
            if said.get("type") == "order.snapshot":
                data = said["data"]
                held = self.orders.get(data["number"])
                if held is None or held["version"] < data["version"]:
                    self.orders[data["number"]] = data
            if said.get("type") == "order.withdrawn":
                self.orders.pop(said["subject"], None)
                self.withdrawn.append(said["subject"])
            if said.get("type") == "sync.result":
                for number in set(self.orders) - set(said["data"]["orders"]):
                    del self.orders[number]
            self._changed.notify_all()

    def wait(self, condition: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> Any:
        """Wait until something that was heard makes a condition true; what it came to."""
        with self._changed:
            found = self._changed.wait_for(condition, seconds)
            kinds = [m.get("type") for m in self.heard[-12:]]
            assert found, f"{self.device} waited in vain for {what}; heard last {kinds}"
            return found

    def await_heard(self, fits: Callable[[Any], bool], what: str, *, number: int = 1) -> Any:
        """Wait for the `number`-th message that fits."""

        def found() -> Any:
            fitting = [message for message in self.heard if fits(message)]
            return fitting[number - 1] if len(fitting) >= number else None

        return self.wait(found, what)

    def holds(self, number: str, **wanted: Any) -> Any:
        """Wait until the snapshot of an order says so; the snapshot."""

        def as_wanted() -> Any:
            held = self.orders.get(number)
            return held and all(held[key] == value for key, value in wanted.items()) and held

        return self.wait(as_wanted, f"{number} with {wanted}")

    def lets_go_of(self, number: str) -> None:
        """Wait until the order was taken from us."""
        self.wait(lambda: number not in self.orders, f"{number} to be withdrawn")

    def replies_to(self, event: dict[str, Any]) -> list[Any]:
        """The data of every reply to an event so far."""
        return [
            m["data"]
            for m in list(self.heard)
            if m.get("type") == "event.reply" and m["data"]["event"] == event["id"]
        ]

    def envelope(self, kind: str, order: str | None, data: dict[str, Any]) -> dict[str, Any]:
        """CloudEvents 1.0, without a number."""
        made = {
            "specversion": "1.0",
            "id": uuid7(),
            "source": f"devices/{self.device}",
            "type": kind,
            "time": self.time(),
            "data": data,
        }
        return made if order is None else {**made, "subject": order}

    def time(self, at: dt.datetime | None = None) -> str:
        """Our own clock, uncorrected."""
        shown = at or dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.fast_s)
        return shown.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _presence(self, *, online: bool) -> bytes:
        return spelled(
            {
                "online": online,
                "session": self.session,
                "at": self.time(),
                "app_version": "1",
                "battery": 80,
                "queued": len(self.queue),
            }
        )


def uuid7() -> str:
    """A UUIDv7 by hand: 48 bits of milliseconds, version, variant, chance."""
    value = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(value)))


def spelled(message: Any) -> bytes:
    """A message as bytes."""
    return json.dumps(message, ensure_ascii=False).encode()
