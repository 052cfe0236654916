"""A desk of one person: the server's half of the wire in plain paho, as an outsider would test it.

It keeps order of numbers, remembers ids and can be told to lose things. It knows no rule of the
trade, and it imports nothing of Paigong.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import uuid_utils
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

ROOT = "paigong/v1"


class Office:
    """Answers every handheld on a broker. All that a test looks at is behind `lock`."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        self.lock = threading.RLock()
        self.epoch = "first"
        self.orders: dict[str, dict[str, Any]] = {}
        self.applied: list[dict[str, Any]] = []
        self.received: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self.presence: list[dict[str, Any]] = []
        self.syncs: list[dict[str, Any]] = []
        self.refuse: Callable[[dict[str, Any]], bool] = lambda _event: False
        self.lose_event: Callable[[int], bool] = lambda _nth: False
        self.lose_reply: Callable[[int], bool] = lambda _nth: False
        self.silent = False
        self._nth = 0
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"office-{uuid_utils.uuid7()}")
        self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(min_delay=1, max_delay=1)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.connect(host, port, keepalive=10)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def state(self, *, online: bool) -> None:
        """Say whether the server is there, as its retained state does."""
        self._publish(
            f"{ROOT}/server", {"online": online, "epoch": self.epoch, "at": _now()}, retain=True
        )

    def tell(self, device: str, leaf: str, type_: str, data: dict[str, Any]) -> None:
        """One message down to a handheld."""
        envelope = {
            "specversion": "1.0",
            "id": str(uuid_utils.uuid7()),
            "source": "server",
            "type": type_,
            "time": _now(),
            "datacontenttype": "application/json",
            "data": data,
        }
        if "number" in data:
            envelope["subject"] = data["number"]
        self._publish(f"{ROOT}/d/{device}/dn/{leaf}", envelope)

    def restore_backup(self, *, keep: int) -> None:
        """Forget all but the first `keep` events, as a restored server does."""
        with self.lock:
            self.applied = self.applied[:keep]
            self.epoch = "restored"

    def types(self) -> list[str]:
        with self.lock:
            return [event["type"] for event in self.applied]

    def _publish(self, topic: str, payload: dict[str, Any], *, retain: bool = False) -> None:
        self._client.publish(topic, json.dumps(payload).encode(), qos=1, retain=retain)

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe(f"{ROOT}/d/+/up/#", qos=1)
        self.state(online=True)

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        device, leaf = message.topic.split("/")[3], message.topic.split("/")[5]
        body = json.loads(message.payload)
        with self.lock:
            if leaf == "presence":
                self.presence.append(body)
            elif self.silent:
                return
            elif leaf == "sync":
                self.syncs.append(body["data"])
                self._sync(device, body["data"])
            else:
                self.bodies.setdefault(body["id"], set()).add(bytes(message.payload))
                self._event(device, body)

    def _sync(self, device: str, asked: dict[str, Any]) -> None:
        for number, order in self.orders.items():
            if asked["orders"].get(number, 0) < order["version"]:
                self.tell(device, "orders", "order.snapshot", order)
        result = {
            "epoch": self.epoch,
            "orders": list(self.orders),
            "expected_seq": len(self.applied) + 1,
        }
        self.tell(device, "replies", "sync.result", result)

    def _event(self, device: str, event: dict[str, Any]) -> None:
        self._nth += 1
        self.received[event["id"]] += 1
        if self.lose_event(self._nth):
            return
        reply: dict[str, Any] = {"event": event["id"], "server_time": _now(), "order_version": 1}
        expected_seq = len(self.applied) + 1
        if event["id"] in {known["id"] for known in self.applied}:
            reply |= {"outcome": "duplicate", "first_outcome": "applied"}
        elif event["seq"] != expected_seq:
            reply |= {"outcome": "out_of_order", "expected_seq": expected_seq}
        else:
            self.applied.append(event)
            reply |= {"outcome": "applied"}
            if self.refuse(event):
                problem = {"title": "refused", "detail": "不可以; Not allowed", "rule": "R-056"}
                reply |= {"outcome": "rejected", "problem": problem}
        if not self.lose_reply(self._nth):
            self.tell(device, "replies", "event.reply", reply)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
