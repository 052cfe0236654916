"""Runs the MQTT worker as `paigong worker mqtt` does, with a way to die at the worst moment."""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from mqtt import worker
from mqtt.brokers import Endpoint
from mqtt.brokers.nats import NatsBroker
from mqtt.link import Received
from server.app import create_core
from server.settings import Settings


def die_before_acknowledging(_: worker.MqttWorker, batch: Sequence[Received]) -> None:
    """kill -9 between commit and PUBACK, as soon as an event was in the batch."""
    if any(message.topic.endswith("/up/events") for message in batch):
        os.kill(os.getpid(), signal.SIGKILL)


def main(home: str, folder: str, port: str, heartbeat: str, mode: str) -> int:
    settings = Settings(home=Path(home))
    endpoint = Endpoint(host="127.0.0.1", port=int(port), websocket_url="")
    if mode == "die":
        worker.MqttWorker._acknowledge = die_before_acknowledging  # type: ignore[method-assign]
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    return worker.run_mqtt_worker(
        create_core(settings),
        settings,
        NatsBroker(folder=Path(folder), endpoint=endpoint),
        stopping=stopping,
        heartbeat=Path(heartbeat),
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
