"""(b) Ingest: field events per second, applied and replied, and how long one reply takes."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from uuid_utils.compat import uuid7

from benchmarks.bulk import Writer
from benchmarks.figures import Figure, milliseconds
from benchmarks.fleet import Account, Fleet
from benchmarks.house import bare_broker, program, wait_until

PART = "ingest"
#: What a technician's day begins with, once for each order.
TYPES = ("order.received", "order.opened", "order.acknowledged", "order.arrived")
#: How many events a handheld has under way at once while it has many to send, as the reference
#: handheld does.
WINDOW = 20
_PATIENCE_S = 180.0


class Sender:
    """Lets every handheld of a fleet send its events in order and counts the replies."""

    def __init__(self, events: Sequence[Sequence[bytes]], *, window: int) -> None:
        """`events`: for each handheld what it sends, at most `window` of them unanswered."""
        self._events = events
        self._window = window
        self._next = [0] * len(events)
        self._left = sum(len(own) for own in events)
        self._sent_at: dict[str, float] = {}
        self._done = threading.Event()
        self.took: list[float] = []
        self.ended_at = 0.0
        self.reply = b""
        self.refused: list[Any] = []
        self.fleet: Fleet

    def run(self) -> float:
        """Send everything; the seconds until the last reply. Raises TimeoutError, or ValueError
        where one was not applied."""
        begun = time.perf_counter()
        for index in range(len(self._events)):
            for _ in range(self._window):
                self._send_next(index)
        if not self._done.wait(_PATIENCE_S):
            raise TimeoutError(f"{self._left} events were not answered")
        if self.refused:
            raise ValueError(f"not applied: {self.refused[0]}")
        return self.ended_at - begun

    def heard(self, index: int, channel: str, payload: bytes, at: float) -> None:
        """What the fleet calls."""
        if channel != "dn/replies":
            return
        reply = json.loads(payload)["data"]
        sent_at = self._sent_at.pop(reply.get("event", ""), None)
        if sent_at is None:
            return
        if reply["outcome"] != "applied":
            self.refused.append(reply)
        self.took.append(at - sent_at)
        self.reply = payload
        self._left -= 1
        if self._left == 0:
            self.ended_at = at
            self._done.set()
        else:
            self._send_next(index)

    def _send_next(self, index: int) -> None:
        place = self._next[index]
        if place == len(self._events[index]):
            return
        self._next[index] = place + 1
        payload = self._events[index][place]
        self._sent_at[json.loads(payload)["id"]] = time.perf_counter()
        self.fleet.send(index, "up/events", payload)


def measure(writer: Writer, folder: Path, *, samples: int, per_handheld: int) -> list[Figure]:
    """Every handheld carries `per_handheld` orders through four events each; before that the
    first one sends `samples` events one at a time."""
    accounts = [one.account for one in writer.estate.technicians]
    first = _dealt(writer, -(-samples // len(TYPES)))[0]
    dealt = _dealt(writer, per_handheld)
    one_by_one = _events(accounts[0], first, begin=1)[:samples]
    many = [
        _events(account, own, begin=1 + (len(one_by_one) if index == 0 else 0))
        for index, (account, own) in enumerate(zip(accounts, dealt, strict=True))
    ]
    endpoint = (writer.house.settings.mqtt_host, writer.house.settings.mqtt_port)
    singly, seconds, reply = _run(endpoint, accounts, one_by_one, many)
    with bare_broker(folder / "bare-ingest", accounts) as broker:
        file = folder / "echo.json"
        credentials = broker.driver.server_credentials
        wanted = {
            "port": broker.endpoint.port,
            "username": credentials.username,
            "password": credentials.password,
            "reply_bytes": max(0, len(reply) - 120),
        }
        file.write_text(json.dumps(wanted))
        with program(["-m", "benchmarks.echo", str(file)], log_file=folder / "echo.log"):
            wait_until(file.with_suffix(".ready").exists, "the echo did not subscribe")
            bare_endpoint = (broker.endpoint.host, broker.endpoint.port)
            bare_singly, bare_seconds, _ = _run(bare_endpoint, accounts, one_by_one, many)
    count = sum(len(own) for own in many)
    bare_name = "paho subscriber that echoes"
    return [
        *(
            Figure(
                part=PART,
                name=f"event → reply on the handheld, one at a time, {name}",
                value=milliseconds(singly, share),
                unit="ms",
                baseline=milliseconds(bare_singly, share),
                baseline_name=bare_name,
            )
            for name, share in (("p50", 0.5), ("p99", 0.99))
        ),
        Figure(
            part=PART,
            name=f"{count:,} events of {len(accounts)} handhelds, applied and replied",
            value=count / seconds,
            unit="/s",
            baseline=count / bare_seconds,
            baseline_name=bare_name,
        ),
    ]


def _run(
    endpoint: tuple[str, int],
    accounts: Sequence[Account],
    one_by_one: Sequence[bytes],
    many: Sequence[Sequence[bytes]],
) -> tuple[list[float], float, bytes]:
    """Seconds per reply one at a time, seconds for all the others, and what a reply looks like."""
    slow = Sender([one_by_one, *([] for _ in accounts[1:])], window=1)
    fast = Sender(many, window=WINDOW)
    with Fleet(*endpoint, accounts, slow.heard) as fleet:
        slow.fleet = fast.fleet = fleet
        slow.run()
        fleet.heard = fast.heard
        seconds = fast.run()
    return slow.took, seconds, fast.reply


def _dealt(writer: Writer, each: int) -> list[list[tuple[str, int]]]:
    """`each` dispatched orders for every handheld."""
    count = len(writer.estate.technicians)
    made = writer.all_in("dispatched", each * count)
    return [made[turn::count] for turn in range(count)]


def _events(account: Account, orders: Sequence[tuple[str, int]], *, begin: int) -> list[bytes]:
    """The events of one handheld, in the order in which it numbers them."""
    wanted = [(number, version, kind) for number, version in orders for kind in TYPES]
    return [
        json.dumps(
            {
                "specversion": "1.0",
                "id": str(uuid7()),
                "source": f"devices/{account.device}",
                "type": kind,
                "time": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "subject": number,
                "seq": seq,
                "data": {"order_version": version},
            }
        ).encode()
        for seq, (number, version, kind) in enumerate(wanted, begin)
    ]
