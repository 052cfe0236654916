"""The product under measurement: real broker, web and workers as processes, in a folder of its own
on free loopback ports; and the bare broker and bare web beside it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from benchmarks.fleet import Account
from mqtt.brokers.supervise import EmbeddedBroker
from server import migrate
from server.app import create_core
from server.db import session
from server.outbox import Owed
from server.processes import Child
from server.settings import Settings

_STARTUP_S = 60.0
_STOP_S = 8.0
_LOG_LINES = 20
WORKERS = ("mqtt", "background", "photos")


@dataclass(frozen=True, kw_only=True)
class House:
    """A prepared installation: its settings and an application for looking into its database."""

    settings: Settings
    app: Flask
    #: process ids of the running parts, by name
    pids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def prepare(cls, home: Path) -> House:
        """A migrated, empty database in `home`, and ports that were free a moment ago."""
        web, mqtt, websocket = free_ports(3)
        settings = Settings(home=home, web_port=web, mqtt_port=mqtt, mqtt_ws_port=websocket)
        app = create_core(settings)
        with app.app_context():
            migrate.upgrade(app)
        return cls(settings=settings, app=app)

    @contextlib.contextmanager
    def serving(self, *, workers: Sequence[str] = WORKERS) -> Iterator[None]:
        """Run broker, web and workers; without workers only the web, without a broker."""
        with contextlib.ExitStack() as stack:
            if "mqtt" in workers:
                broker = EmbeddedBroker(
                    folder=self.settings.home / "broker",
                    mqtt_port=self.settings.mqtt_port,
                    ws_port=self.settings.mqtt_ws_port,
                )
                stack.callback(broker.stop)
                broker.start()
                self.pids["broker"] = broker.pid or 0
            (self.settings.home / "log").mkdir(exist_ok=True)
            for name, arguments in [
                ("web", ["serve"]),
                *((worker, ["worker", worker]) for worker in workers),
            ]:
                stack.enter_context(self._child(name, ["-m", "server.cli", *arguments]))
            try:
                answers = self._healthy if "mqtt" in workers else self._answering
                wait_until(answers, "the product did not start")
                if "mqtt" in workers:
                    wait_until(self.nothing_owed, "handhelds were not let in")
                yield
            except Exception:
                self.tell_log()
                raise

    def cpu_ms(self) -> dict[str, float]:
        """Processor time that each part has used so far; empty where there is no /proc.

        Unlike durations these hardly depend on what else the machine does.
        """
        tick_ms = 1000 / os.sysconf("SC_CLK_TCK")
        used = {}
        for name, pid in self.pids.items():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                used[name] = (int(fields[11]) + int(fields[12])) * tick_ms
        return used

    def nothing_owed(self) -> bool:
        """Whether the relay has sent everything."""
        with self.app.app_context():
            open_notes = sa.select(sa.func.count()).select_from(Owed).where(Owed.sent_at.is_(None))
            return session().scalar(open_notes) == 0

    def tell_log(self) -> None:
        """Print the end of every log, for whoever wonders why something failed."""
        for file in sorted((self.settings.home / "log").iterdir()):
            ending = file.read_text(errors="replace").splitlines()[-_LOG_LINES:]
            print("\n".join([f"--- {file.name}", *ending]), file=sys.stderr)

    @contextlib.contextmanager
    def _child(self, name: str, arguments: Sequence[str]) -> Iterator[None]:
        environment = {
            "PAIGONG_HOME": str(self.settings.home),
            "PAIGONG_WEB_PORT": str(self.settings.web_port),
            "PAIGONG_MQTT_PORT": str(self.settings.mqtt_port),
            "PAIGONG_MQTT_WS_PORT": str(self.settings.mqtt_ws_port),
            "PAIGONG_LOG_LEVEL": "WARNING",
        }
        with program(
            arguments, log_file=self.settings.home / "log" / f"{name}.log", environment=environment
        ) as child:
            self.pids[name] = child.pid or 0
            yield

    def _healthy(self) -> bool:
        return status_of(self.settings.web_port, "/healthz") == 200

    def _answering(self) -> bool:
        return status_of(self.settings.web_port, "/openapi.json") == 200


@contextlib.contextmanager
def program(
    arguments: Sequence[str], *, log_file: Path, environment: dict[str, str] | None = None
) -> Iterator[Child]:
    """A Python program as a child process, ended at the end."""
    clean = {name: "" for name in os.environ if name.startswith("PAIGONG_")}
    child = Child(
        arguments[1],
        [sys.executable, *arguments],
        log_file=log_file,
        environment={**clean, **(environment or {})},
    )
    child.start()
    try:
        yield child
    finally:
        child.ask_to_stop()
        child.wait(_STOP_S)


@contextlib.contextmanager
def bare_broker(folder: Path, accounts: Sequence[Account]) -> Iterator[EmbeddedBroker]:
    """The same nats-server in the same configuration, with nothing of the product behind it."""
    mqtt, websocket = free_ports(2)
    broker = EmbeddedBroker(folder=folder, mqtt_port=mqtt, ws_port=websocket)
    broker.start()
    try:
        broker.driver.reconcile({account.device: account.password for account in accounts})
        yield broker
    finally:
        broker.stop()


@contextlib.contextmanager
def bare_web(folder: Path) -> Iterator[int]:
    """The bare Flask routes behind waitress; the port."""
    folder.mkdir(exist_ok=True)
    (port,) = free_ports(1)
    for name, empty in (("payload.json", json.dumps({})), ("page.html", "")):
        if not (folder / name).exists():
            (folder / name).write_text(empty)
    arguments = ["-m", "benchmarks.bare_web", str(folder), str(port)]
    with program(arguments, log_file=folder / "bare.log"):
        wait_until(lambda: status_of(port, "/json") == 200, "the bare web did not start")
        yield port


def status_of(port: int, path: str) -> int | None:
    """The status of a GET on loopback; None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_until(
    condition: Callable[[], bool], otherwise: str, *, seconds: float = _STARTUP_S
) -> None:
    """Wait for a condition. Raises TimeoutError with `otherwise`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Different loopback ports that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
