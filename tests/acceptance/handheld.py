"""A handheld that somebody else wrote: paho-mqtt, requests, the official tus client, and nothing
of this project. It knows what docs/wire.md says and remembers what it hears."""

import base64
import datetime as dt
import hashlib
import io
import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

import requests
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

PATIENCE_S = 20.0
SEND_AGAIN_S = 10.0
TIMEOUT_S = 20


class Handheld:
    """One paired device. `draw` gives the bytes of a new picture, or of a signature."""

    def __init__(self, url: str, draw: Callable[[str], bytes]) -> None:
        self.url = url
        self.draw = draw
        self.session = str(uuid.uuid4())
        self.fast_s = 0.0
        self.seq = 0
        self.epoch: str | None = None
        self.orders: dict[str, Any] = {}
        self.withdrawn: list[str] = []
        self.heard: list[Any] = []
        self.queue: list[dict[str, Any]] = []
        self.attempts: dict[tuple[str, str], int] = {}
        self.http = requests.Session()
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
        """Ask what our orders are, and believe the answer."""
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
        self.publish("sync", spelled(asked))
        result: dict[str, Any] = self.await_heard(
            lambda m: m.get("type") == "sync.result" and m["data"].get("request") == asked["id"],
            "the sync result",
        )["data"]
        self.epoch = result["epoch"]
        for number in set(self.orders) - set(result["orders"]):
            del self.orders[number]
        self.wait(lambda: set(result["orders"]) <= set(self.orders), "snapshots of the work list")
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

    # What goes up

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

    def event(self, kind: str, order: str | None = None, /, **data: Any) -> dict[str, Any]:
        """The next event in the numbering, in the queue; `at` (a moment) is its own time."""
        at = data.pop("at", None)
        self.seq += 1
        if order is not None:
            data.setdefault("order_version", self.orders[order]["version"])
        made = {**self.envelope(kind, order, data), "seq": self.seq}
        if at is not None:
            made["time"] = self.time(at)
        self.queue.append(made)
        return made

    def send(self, event: dict[str, Any], *, again: bool = False) -> dict[str, Any]:
        """Publish an event until its reply comes; the reply's data."""
        known = len(self.replies_to(event))
        assert again or not known
        deadline = time.monotonic() + 2 * PATIENCE_S
        while len(self.replies_to(event)) == known:
            assert time.monotonic() < deadline, f"no reply to {event}"
            self.publish("events", spelled(event))
            with self._changed:
                self._changed.wait_for(lambda: len(self.replies_to(event)) > known, SEND_AGAIN_S)
        reply: dict[str, Any] = self.replies_to(event)[known]
        if event in self.queue and reply["outcome"] != "out_of_order":
            self.queue.remove(event)
        return reply

    def does(self, kind: str, order: str | None = None, /, **data: Any) -> dict[str, Any]:
        """Do something that must be applied; off line it waits in the queue."""
        event = self.event(kind, order, **data)
        if not self.online:
            return event
        reply = self.send(event)
        assert reply["outcome"] == "applied", f"{kind} {data}: {reply}"
        if order is not None:
            self.catches_up(order, reply["order_version"])
        return reply

    def is_refused(self, kind: str, order: str, rule: str | None = None, /, **data: Any) -> Any:
        """Try something that must be rejected; the problem."""
        reply = self.send(self.event(kind, order, **data))
        assert reply["outcome"] == "rejected", f"{kind} {data}: {reply}"
        problem = reply["problem"]
        if rule is not None:
            assert problem.get("rule") == rule, problem
        return problem

    def catches_up(self, order: str, version: int) -> None:
        """Wait for the snapshot that shows what was applied, or for its going."""
        self.wait(
            lambda: order not in self.orders or self.orders[order]["version"] >= version,
            f"version {version} of {order}",
        )

    def flush(self) -> list[dict[str, Any]]:
        """Send the queue in its order; the replies."""
        return [self.send(event, again=True) for event in list(self.queue)]

    def post_events(self, events: list[Any]) -> requests.Response:
        """The other door: events over HTTP."""
        return self.http.post(f"{self.url}/field/v1/events", json=events, timeout=TIMEOUT_S)

    def ask(self, path: str) -> requests.Response:
        """Read something of `/field/v1`."""
        return self.http.get(f"{self.url}/field/v1{path}", timeout=TIMEOUT_S)

    def receipt(self, order: str) -> Any:
        """What the server says it holds."""
        answer = self.ask(f"/orders/{order}/receipt")
        assert answer.ok, answer.text
        return answer.json()

    # Pictures

    def uploads(
        self,
        order: str,
        tag: str,
        content: bytes | None = None,
        *,
        step: str = "",
        taken_at: dt.datetime | None = None,
    ) -> dict[str, str]:
        """Send a picture by tus; how an event names it. Raises Refused."""
        content = content if content is not None else self.draw(tag)
        named = {"sha256": hashlib.sha256(content).hexdigest(), "tag": tag}
        metadata = {
            "sha256": named["sha256"],
            "filetype": "image/png" if tag == "signature" else "image/jpeg",
            "order": order,
            "tag": tag,
            "taken_at": self.time(taken_at),
        }
        if step:
            metadata["step"] = step
        client = TusClient(
            f"{self.url}/field/v1/photos",
            headers={"Authorization": str(self.http.headers["Authorization"])},
        )
        uploader = client.uploader(file_stream=io.BytesIO(content), metadata=metadata)
        try:
            uploader.upload()
        except TusCommunicationError as refused:
            raise Refused(refused.status_code, json.loads(refused.response_content)) from None
        return named

    def records(
        self,
        order: str,
        step: str,
        answer: dict[str, Any] | None = None,
        *photos: str,
        **more: Any,
    ) -> dict[str, Any]:
        """Record a step with new pictures of these tags; it must be applied."""
        return self.does("step.recorded", order, **self.step(order, step, answer, *photos, **more))

    def cannot_record(
        self, order: str, step: str, answer: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """Try a step that must be refused; the problem. Its attempt does not count."""
        data = self.step(order, step, answer, **more)
        self.attempts[order, step] -= 1
        return self.is_refused("step.recorded", order, **data)

    def step(
        self,
        order: str,
        step: str,
        answer: dict[str, Any] | None = None,
        *photos: str,
        **more: Any,
    ) -> dict[str, Any]:
        """The data of a step, its pictures uploaded where there is a network."""
        known = [row["attempt"] for row in self.orders[order]["run"] if row["step"] == step]
        attempt = max([*known, self.attempts.get((order, step), 0)]) + 1
        self.attempts[order, step] = attempt
        named = more.pop("named", [])
        named += [self.uploads(order, tag, step=step) for tag in photos]
        return {"step": step, "attempt": attempt, "answer": answer or {}, "photos": named, **more}

    def results(self, order: str) -> dict[tuple[str, int], str]:
        """(step, attempt) and what the server made of it, as the snapshot tells."""
        return {(row["step"], row["attempt"]): row["status"] for row in self.orders[order]["run"]}

    def bands(self, order: str) -> dict[tuple[str, int], str | None]:
        """(step, attempt) and the band in which a reading fell."""
        return {(row["step"], row["attempt"]): row["band"] for row in self.orders[order]["run"]}

    # A technician's routine

    def goes_there(self, order: str) -> None:
        """Take the order and arrive."""
        self.holds(order, state="dispatched")
        self.does("order.received", order)
        self.does("order.acknowledged", order)
        self.does("order.arrived", order)

    def inspects(self, order: str, note: str) -> None:
        """Look at the fault and take a picture of it."""
        self.does("order.inspected", order, note=note, photos=[self.uploads(order, "before")])

    def quotes(self, order: str, total_fen: int, *lines: str, **qty: str) -> None:
        """Name the price from the list."""
        wanted = [{"item": item, "qty": qty.get(item.replace("-", "_"), "1")} for item in lines]
        self.does("order.quoted", order, lines=wanted, total_fen=total_fen)

    def price_agreed(self, order: str, signer: str) -> str:
        """The customer signs the price; the sha256 of the signature."""
        signature = self.uploads(order, "signature")["sha256"]
        self.does(
            "quote.confirmed",
            order,
            method="handheld_signature",
            signer=signer,
            signature=signature,
        )
        return signature

    def signed_off(self, order: str, signer: str) -> str:
        """The customer tried it and signs; the sha256 of the signature."""
        signature = self.uploads(order, "signature")["sha256"]
        self.does(
            "order.accepted",
            order,
            signer={"name": signer, "relation": "owner"},
            signature=signature,
        )
        return signature

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


class Refused(Exception):
    """An upload that the server would not take."""

    def __init__(self, status: int, problem: Any) -> None:
        super().__init__(f"{status} {problem}")
        self.status, self.problem = status, problem


def uuid7() -> str:
    """A UUIDv7 by hand: 48 bits of milliseconds, version, variant, chance."""
    value = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(value)))


def spelled(message: Any) -> bytes:
    """A message as bytes."""
    return json.dumps(message, ensure_ascii=False).encode()


def tus_metadata(**values: str) -> str:
    """`Upload-Metadata` by hand."""
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items()
    )
