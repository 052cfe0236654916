"""(a) Dispatch: from the desk's POST to the snapshot on a handheld, one at a time and in a burst."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.bulk import Writer
from benchmarks.desk import Line
from benchmarks.estate import Estate
from benchmarks.figures import Figure, cpu_figures, milliseconds
from benchmarks.fleet import Fleet, send_at_once
from benchmarks.house import bare_broker, bare_web
from mqtt.brokers.supervise import EmbeddedBroker

PART = "dispatch"
BURST_LINES = 8
#: On a slow or busy machine the burst ends here, with fewer orders.
BURST_MOST_S = 120.0
_PATIENCE_S = 120.0


@dataclass(kw_only=True)
class Arrivals:
    """When each subject's first message of one kind reached a handheld."""

    channel: str
    at: dict[str, float] = field(default_factory=dict)
    payload: bytes = b""
    _missing: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def heard(self, _index: int, channel: str, payload: bytes, at: float) -> None:
        """What the fleet calls."""
        if channel != self.channel:
            return
        subject = json.loads(payload)["subject"]
        with self._changed:
            self.at.setdefault(subject, at)
            self.payload = payload
            self._missing.discard(subject)
            if not self._missing:
                self._changed.notify_all()

    def wait_for(self, subjects: Sequence[str]) -> None:
        """Wait until all have come. Raises TimeoutError."""
        with self._changed:
            self._missing = set(subjects) - self.at.keys()
            if not self._changed.wait_for(lambda: not self._missing, _PATIENCE_S):
                raise TimeoutError(f"{len(self._missing)} of {len(subjects)} did not come")


def measure(writer: Writer, folder: Path, *, samples: int, burst: int) -> list[Figure]:
    """The product, then the bare broker with payloads of the same size and number. `samples`
    orders go one at a time, `burst` orders as fast as eight desks can."""
    house, estate = writer.house, writer.estate
    orders = [number for number, _ in writer.all_in("created", samples + burst)]
    whom = [one.username for one in estate.technicians]
    arrivals = Arrivals(channel="dn/orders")
    accounts = [one.account for one in estate.technicians]
    host, port = house.settings.mqtt_host, house.settings.mqtt_port

    def dispatch(line: Line, place: int) -> None:
        line.post(
            f"/api/v1/orders/{orders[place]}/dispatch", {"technician": whom[place % len(whom)]}
        )

    token = {"Authorization": f"Bearer {estate.desk_token}"}
    with Fleet(host, port, accounts, arrivals.heard):
        line = Line(house.settings.web_port, token)
        answered, arrived = _singly(
            range(samples), lambda place: dispatch(line, place), orders, arrivals
        )
        line.close()
        before = house.cpu_ms()
        done, per_second = _burst(
            range(samples, samples + burst),
            lambda: Line(house.settings.web_port, token),
            dispatch,
            orders,
            arrivals,
        )
        processors = cpu_figures(PART, "order", before, house.cpu_ms(), done)
    bare = _bare_broker(folder, estate, arrivals.payload, samples=samples, burst=burst)
    insert = _bare_insert(folder, samples)
    broker_name, insert_name = "paho → nats-server → paho", "Flask route, one insert"
    handhelds = len(accounts)
    return (
        [
            Figure(
                part=PART,
                name=f"POST → snapshot on the handheld, {name}",
                value=milliseconds(arrived, share),
                unit="ms",
                baseline=milliseconds(bare.arrived, share),
                baseline_name=broker_name,
            )
            for name, share in (("p50", 0.5), ("p99", 0.99))
        ]
        + [
            Figure(
                part=PART,
                name=f"of which POST → answer, {name}",
                value=milliseconds(answered, share),
                unit="ms",
                baseline=milliseconds(insert, share),
                baseline_name=insert_name,
            )
            for name, share in (("p50", 0.5), ("p99", 0.99))
        ]
        + [
            Figure(
                part=PART,
                name=f"burst of {done:,} orders over {handhelds} handhelds",
                value=per_second,
                unit="/s",
                baseline=bare.per_second,
                baseline_name=broker_name,
            ),
            *processors,
        ]
    )


def _singly(
    places: Sequence[int],
    dispatch: Callable[[int], None],
    orders: Sequence[str],
    arrivals: Arrivals,
) -> tuple[list[float], list[float]]:
    """Seconds until the answer and until the snapshot, order by order."""
    answered, arrived = [], []
    for place in places:
        begun = time.perf_counter()
        dispatch(place)
        answered.append(time.perf_counter() - begun)
        arrivals.wait_for([orders[place]])
        arrived.append(arrivals.at[orders[place]] - begun)
    return answered, arrived


def _burst(
    places: Sequence[int],
    line: Callable[[], Line],
    dispatch: Callable[[Line, int], None],
    orders: Sequence[str],
    arrivals: Arrivals,
) -> tuple[int, float]:
    """How many were dispatched within BURST_MOST_S, and how many a second from the first POST to
    the last snapshot."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for place in places:
        waiting.put(place)
    failed: list[Exception] = []
    done: list[int] = []
    begun = time.perf_counter()

    def work() -> None:
        mine = line()
        try:
            while not failed and time.perf_counter() - begun < BURST_MOST_S:
                place = waiting.get_nowait()
                dispatch(mine, place)
                done.append(place)
        except queue.Empty:
            pass
        except Exception as error:  # noqa: BLE001  # told to the main thread
            failed.append(error)
        finally:
            mine.close()

    desks = [threading.Thread(target=work) for _ in range(BURST_LINES)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()
    if failed:
        raise failed[0]
    numbers = [orders[place] for place in done]
    arrivals.wait_for(numbers)
    return len(done), len(done) / (max(arrivals.at[number] for number in numbers) - begun)


@dataclass(frozen=True, kw_only=True)
class Bare:
    """What the broker alone does."""

    arrived: list[float]
    per_second: float


def _bare_broker(folder: Path, estate: Estate, payload: bytes, *, samples: int, burst: int) -> Bare:
    accounts = [one.account for one in estate.technicians]
    arrivals = Arrivals(channel="dn/orders")
    padding = json.loads(payload)
    with bare_broker(folder / "bare-broker", accounts) as broker:
        host, port = broker.endpoint.host, broker.endpoint.port
        with Fleet(host, port, accounts, arrivals.heard):
            publisher = _publisher(broker)

            def publish(place: int) -> None:
                device = accounts[place % len(accounts)].device
                body = json.dumps({**padding, "subject": str(place)}).encode()
                publisher.publish(f"paigong/v1/d/{device}/dn/orders", body, qos=1)

            subjects = [str(place) for place in range(samples + burst)]
            _, arrived = _singly(range(samples), publish, subjects, arrivals)
            begun = time.perf_counter()
            for place in range(samples, samples + burst):
                publish(place)
            arrivals.wait_for(subjects)
            took = max(arrivals.at[one] for one in subjects[samples:]) - begun
            publisher.disconnect()
            publisher.loop_stop()
    return Bare(arrived=arrived, per_second=burst / took)


def _publisher(broker: EmbeddedBroker) -> Client:
    """A bare paho client with the server's rights."""
    client = Client(
        CallbackAPIVersion.VERSION2, client_id="srv-bare", clean_session=True, protocol=MQTTv311
    )
    credentials = broker.driver.server_credentials
    client.username_pw_set(credentials.username, credentials.password)
    client.max_inflight_messages_set(200)
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.connect(broker.endpoint.host, broker.endpoint.port)
    send_at_once(client)
    client.loop_start()
    if not connected.wait(10):
        raise TimeoutError("the bare publisher was not let in")
    return client


def _bare_insert(folder: Path, samples: int) -> list[float]:
    """Seconds per POST to a Flask route with one insert, behind the same web server."""
    with bare_web(folder / "bare-web") as port:
        line = Line(port)
        took = []
        for place in range(samples):
            begun = time.perf_counter()
            line.post("/insert", {"technician": f"tech{place:03d}"})
            took.append(time.perf_counter() - begun)
        line.close()
    return took
