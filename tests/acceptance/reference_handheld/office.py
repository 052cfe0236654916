"""A desk of one person: the server's half of the wire in plain paho, as an outsider would test it.

It can be told to lose things. It imports nothing of Paigong.
"""

import json
import threading
from collections.abc import Callable
from typing import Any

import uuid_utils
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tests.acceptance.reference_handheld.desk import Desk, now

ROOT = "paigong/v1"
#: Presence at QoS 0: nats-server may keep from a subscriber at QoS 1 a will that it retains.
HEARD = [
    (f"{ROOT}/d/+/up/{leaf}", qos) for leaf, qos in (("events", 1), ("sync", 1), ("presence", 0))
]


class Office(Desk):
    """Answers one handheld on a broker."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        super().__init__()
        self.bodies: dict[str, set[bytes]] = {}
        self.presence: list[dict[str, Any]] = []
        self.syncs: list[dict[str, Any]] = []
        self.lose_event: Callable[[int], bool] = lambda _nth: False
        self.lose_reply: Callable[[int], bool] = lambda _nth: False
        self.silent = False
        self._nth = 0
        self._listening = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"office-{uuid_utils.uuid7()}")
        self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(min_delay=1, max_delay=1)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.connect(host, port, keepalive=10)
        self._client.loop_start()
        assert self._listening.wait(20), "the broker let the office hear nothing"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def state(self, *, online: bool) -> None:
        """Say whether the server is there, as its retained state does."""
        self._publish(
            f"{ROOT}/server", {"online": online, "epoch": self.epoch, "at": now()}, retain=True
        )

    def tell(self, device: str, leaf: str, type_: str, data: dict[str, Any]) -> None:
        """One message down to a handheld."""
        envelope = {
            "specversion": "1.0",
            "id": str(uuid_utils.uuid7()),
            "source": "server",
            "type": type_,
            "time": now(),
            "datacontenttype": "application/json",
            "data": data,
        }
        if "number" in data:
            envelope["subject"] = data["number"]
        self._publish(f"{ROOT}/d/{device}/dn/{leaf}", envelope)

    def _publish(self, topic: str, payload: dict[str, Any], *, retain: bool = False) -> None:
        self._client.publish(topic, json.dumps(payload).encode(), qos=1, retain=retain)

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe(HEARD)
        self.state(online=True)

    def _on_subscribe(
        self, client: Client, _userdata: Any, _mid: int, codes: list[ReasonCode], *_: Any
    ) -> None:
        # A broker that reads its accounts anew just then refuses the subscription.
        if any(code.is_failure for code in codes):
            client.subscribe(HEARD)
        else:
            self._listening.set()

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
        self.tell(device, "replies", "sync.result", self.sync_result())

    def _event(self, device: str, event: dict[str, Any]) -> None:
        self._nth += 1
        if self.lose_event(self._nth):
            self.received[event["id"]] += 1
            return
        reply = self.answer(event)
        if not self.lose_reply(self._nth):
            self.tell(device, "replies", "event.reply", reply)
