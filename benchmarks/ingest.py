"""(b) Ingest: field events per second, applied and replied, and how long one reply takes."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uuid_utils.compat import uuid7

from benchmarks.bulk import Writer
from benchmarks.figures import Figure, cpu_figures, milliseconds
from benchmarks.fleet import Account, Fleet
from benchmarks.house import bare_broker, program, wait_until

PART = "ingest"
#: What a technician's day begins with, once for each order.
TYPES = ("order.received", "order.opened", "order.acknowledged", "order.arrived")
#: How many events a handheld has under way at once while it has many to send, as the reference
#: handheld does.
WINDOW = 20
#: On a slow or busy machine sending ends here, with fewer events.
MOST_S = 90.0
_PATIENCE_S = MOST_S + 60


class Sender:
    """Lets every handheld of a fleet send its events in order and counts the replies."""

    def __init__(self, events: Sequence[Sequence[bytes]], *, window: int) -> None:
        """`events`: for each handheld what it sends, at most `window` of them unanswered."""
        self._events = events
        self._window = window
        self._next = [0] * len(events)
        self._sent_at: dict[str, float] = {}
        self._done = threading.Event()
        self._begun = 0.0
        self.took: list[float] = []
        self.ended_at = 0.0
        self.reply = b""
        self.refused: list[Any] = []
        self.fleet: Fleet

    def run(self) -> float:
        """Send everything; the seconds until the last reply. Raises TimeoutError, or ValueError
        where one was not applied."""
        self._begun = time.perf_counter()
        # All are counted before the first is sent: from then on the fleet's thread goes on.
        first = [
            (index, payload)
            for index in range(len(self._events))
            for _ in range(self._window)
            if (payload := self._next_of(index)) is not None
        ]
        for index, payload in first:
            self.fleet.send(index, "up/events", payload)
        if not self._done.wait(_PATIENCE_S):
            raise TimeoutError(f"{len(self._sent_at)} events were not answered")
        if self.refused:
            raise ValueError(f"not applied: {self.refused[0]}")
        return self.ended_at - self._begun

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
        if (following := self._next_of(index)) is not None:
            self.fleet.send(index, "up/events", following)
        if not self._sent_at:
            self.ended_at = at
            self._done.set()

    def _next_of(self, index: int) -> bytes | None:
        """What a handheld sends next, now counted as sent; None where it is done or time is up."""
        place = self._next[index]
        late = time.perf_counter() - self._begun > MOST_S
        if place == len(self._events[index]) or late:
            return None
        self._next[index] = place + 1
        payload = self._events[index][place]
        self._sent_at[json.loads(payload)["id"]] = time.perf_counter()
        return payload


def measure(writer: Writer, folder: Path, *, samples: int, per_handheld: int) -> list[Figure]:
    """Every handheld carries `per_handheld` orders through four events each; before that the
    first one sends `samples` events one at a time."""
    house, accounts = writer.house, [one.account for one in writer.estate.technicians]
    first = _dealt(writer, -(-samples // len(TYPES)))[0]
    dealt = _dealt(writer, per_handheld)
    one_by_one = _events(accounts[0], first, begin=1)[:samples]
    many = [
        _events(account, own, begin=1 + (len(one_by_one) if index == 0 else 0))
        for index, (account, own) in enumerate(zip(accounts, dealt, strict=True))
    ]
    endpoint = (house.settings.mqtt_host, house.settings.mqtt_port)
    ours = _run(endpoint, accounts, one_by_one, many, processors=house.cpu_ms)
    with bare_broker(folder / "bare-ingest", accounts) as broker:
        file = folder / "echo.json"
        credentials = broker.driver.server_credentials
        wanted = {
            "port": broker.endpoint.port,
            "username": credentials.username,
            "password": credentials.password,
            "reply_bytes": max(0, len(ours.reply) - 120),
        }
        file.write_text(json.dumps(wanted))
        with program(["-m", "benchmarks.echo", str(file)], log_file=folder / "echo.log"):
            wait_until(file.with_suffix(".ready").exists, "the echo did not subscribe")
            bare_endpoint = (broker.endpoint.host, broker.endpoint.port)
            bare = _run(bare_endpoint, accounts, one_by_one, many)
    bare_name = "paho subscriber that echoes"
    return [
        *(
            Figure(
                part=PART,
                name=f"event → reply on the handheld, one at a time, {name}",
                value=milliseconds(ours.singly, share),
                unit="ms",
                baseline=milliseconds(bare.singly, share),
                baseline_name=bare_name,
            )
            for name, share in (("p50", 0.5), ("p99", 0.99))
        ),
        Figure(
            part=PART,
            name=f"{ours.count:,} events of {len(accounts)} handhelds, applied and replied",
            value=ours.per_second,
            unit="/s",
            baseline=bare.per_second,
            baseline_name=bare_name,
        ),
        *cpu_figures(PART, "event", ours.before, ours.after, ours.count),
    ]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What one run of both kinds gave. `singly` in seconds per reply."""

    singly: list[float]
    count: int
    per_second: float
    #: what a reply looks like
    reply: bytes
    before: Mapping[str, float]
    after: Mapping[str, float]


def _run(
    endpoint: tuple[str, int],
    accounts: Sequence[Account],
    one_by_one: Sequence[bytes],
    many: Sequence[Sequence[bytes]],
    *,
    processors: Callable[[], Mapping[str, float]] = dict,
) -> Ran:
    """First one handheld, one event at a time, then all at once."""
    slow = Sender([one_by_one, *([] for _ in accounts[1:])], window=1)
    fast = Sender(many, window=WINDOW)
    with Fleet(*endpoint, accounts, slow.heard) as fleet:
        slow.fleet = fast.fleet = fleet
        slow.run()
        fleet.heard = fast.heard
        before = processors()
        seconds = fast.run()
        after = processors()
    return Ran(
        singly=slow.took,
        count=len(fast.took),
        per_second=len(fast.took) / seconds,
        reply=fast.reply,
        before=before,
        after=after,
    )


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
