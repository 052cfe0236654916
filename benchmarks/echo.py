"""The bare baseline of ingest: one paho subscriber that answers every event with a reply.

Reads `{"port", "username", "password", "reply_bytes"}` from its first argument, a file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.fleet import send_at_once


def main(file: Path) -> None:
    """Answer until ended."""
    wanted = json.loads(file.read_text())
    padding = "x" * wanted["reply_bytes"]
    client = Client(
        CallbackAPIVersion.VERSION2, client_id="srv-echo", clean_session=True, protocol=MQTTv311
    )
    client.username_pw_set(wanted["username"], wanted["password"])
    client.max_inflight_messages_set(200)

    def on_connect(*_: object) -> None:
        client.subscribe("paigong/v1/d/+/up/events", qos=1)

    def on_subscribe(*_: object) -> None:
        file.with_suffix(".ready").touch()

    def on_message(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        event = json.loads(message.payload)
        body = {"event": event["id"], "outcome": "applied", "padding": padding}
        topic = message.topic.removesuffix("up/events") + "dn/replies"
        client.publish(topic, json.dumps({"data": body}).encode(), qos=1)

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    client.connect("127.0.0.1", wanted["port"])
    send_at_once(client)
    client.loop_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
