"""The real house for acceptance tests: `paigong run` on free ports, in a home of its own.

Web, MQTT, background, photo and push workers and nats-server are the processes that a customer runs,
under the supervisor that a customer runs. What stands in the database beforehand is the cast of
the scenarios.
"""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask

from demo import estate
from server import migrate
from server.app import create_core
from server.db import LEASE_S, db, session, transaction, utcnow
from server.deadlines.models import Timer
from server.history import PendingReaction, history_of, verify
from server.requests.models import ServiceRequest
from server.settings import Settings
from server.work_orders.models import WorkOrder
from tests.free_ports import free_port

START_S = 120.0
PATIENCE_S = 20.0
WORKERS = {
    "web": "serve",
    "mqtt": "worker mqtt",
    "background": "worker background",
    "photos": "worker photos",
    "push": "worker push",
    "outgoing": "worker outgoing",
}


def wait_for(
    condition: Callable[[], Any], what: str = "the condition", seconds: float = PATIENCE_S
) -> Any:
    """Wait until a condition holds; what it came to.

    Asked ever less often: a condition that reads a page or a database takes from the processor
    what those need who are waited for.
    """
    deadline = time.monotonic() + seconds
    pause_s = 0.02
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.25, 0.2)
    return found


class House:
    """One running installation."""

    def __init__(self, home: Path, more: Mapping[str, str] | None = None) -> None:
        """`more`: further variables for the house's processes."""
        self._more = dict(more or {})
        self.settings = Settings(
            home=home,
            web_port=free_port(),
            mqtt_port=free_port(),
            mqtt_ws_port=free_port(),
            password_memory_kib=8,
            push_hosts="127.0.0.1",
        )
        self.url = self.settings.web_url
        self.passwords: dict[str, str] = {}
        self._app: Flask = create_core(self.settings)
        self._process: subprocess.Popen[bytes] | None = None

    def found(self) -> None:
        """Make the database and the estate with its people, units, prices and stock."""
        with self._app.app_context():
            migrate.upgrade(self._app)
            with transaction() as current:
                _, accounts = estate.build(current, self.settings, at=utcnow())
        self.passwords = {one["username"]: one["password"] for one in accounts}

    def start(self) -> None:
        """Start `paigong run` and wait until it says that it is healthy."""
        log = (self.settings.home / "supervisor.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "run"],
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(lambda: self.is_healthy() or self._died(), "a healthy house", START_S)

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    def stop(self) -> None:
        """Ctrl-C; every child must be gone with it."""
        if self._process is None:
            return
        children = self.children()
        self._process.send_signal(signal.SIGINT)
        try:
            assert self._process.wait(40) == 0
        finally:
            self._process.kill()
            self._process.wait()
            self._process = None
        left = [pid for pid in children if Path(f"/proc/{pid}").exists()]
        assert not left, f"children outlived their parent: {left}"

    def close(self) -> None:
        """Let go of the database."""
        with self._app.app_context():
            db.session.remove()
            db.engine.dispose()

    def environment(self) -> dict[str, str]:
        """The variables that a `paigong` command of this house needs."""
        chosen = self.settings
        # A house is many short-lived interpreters: they share what one of them compiled.
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return {
            **inherited,
            "PAIGONG_HOME": str(chosen.home),
            "PAIGONG_WEB_PORT": str(chosen.web_port),
            "PAIGONG_MQTT_PORT": str(chosen.mqtt_port),
            "PAIGONG_MQTT_WS_PORT": str(chosen.mqtt_ws_port),
            "PAIGONG_PASSWORD_MEMORY_KIB": str(chosen.password_memory_kib),
            "PAIGONG_PUSH_HOSTS": chosen.push_hosts,
            **self._more,
        }

    def health(self) -> requests.Response:
        """What /healthz answers."""
        return requests.get(f"{self.url}/healthz", timeout=5)

    def is_healthy(self) -> bool:
        """Whether /healthz answers 200."""
        with contextlib.suppress(requests.RequestException):
            return self.health().status_code == 200
        return False

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `paigong` command on this house to its end."""
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def assert_history_holds(self, number: str) -> None:
        """The order has a history, and its chain is whole: what `paigong verify` asks."""
        with self._app.app_context():
            assert history_of(session(), "order", number), f"{number} has no history"
            assert verify(session(), "order", number) is None

    def children(self) -> dict[int, str]:
        """Process id and command line of everything that the supervisor started."""
        assert self._process is not None
        found = {}
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self._process.pid:
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                    found[int(folder.name)] = b" ".join(words).decode().strip()
        return found

    def pid_of(self, name: str) -> int | None:
        """The process id of `web`, `mqtt`, `background`, `photos`, `push` or `broker`, while it runs."""
        ending = WORKERS.get(name)
        for pid, line in self.children().items():
            if line.endswith(ending) if ending else "nats-server" in line:
                return pid
        return None

    def kill(self, name: str) -> None:
        """kill -9, and wait until the supervisor has noticed and started another."""
        old = wait_for(lambda: self.pid_of(name), f"{name} to run")
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: self.pid_of(name) not in {None, old}, f"{name} to come back")

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """One of the processes does not answer for a while, as on a network that swallows all."""
        pid = wait_for(lambda: self.pid_of(name), f"{name} to run")
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def database(self) -> Iterator[Any]:
        """A transaction on the house's database, for looking and for moving clocks."""
        with self._app.app_context(), transaction() as current:
            yield current

    def ask(self, query: Any) -> list[Any]:
        """Rows of the database, as they are now."""
        with self._app.app_context():
            return list(session().scalars(query))

    def let_time_pass(self, number: str, **span: float) -> None:
        """Everything about a request or order happened this much earlier: its clocks run on.

        The background worker fires what has come due, as if the time had passed.
        """
        earlier = dt.timedelta(**span)
        with self.database() as current:
            for timer in current.scalars(sa.select(Timer).where(Timer.subject == number)):
                timer.started_at -= earlier
                timer.deadline_at -= earlier
                timer.due_at -= earlier
            request = current.scalar(sa.select(ServiceRequest).filter_by(number=number))
            if request is not None:
                request.received_at -= earlier
                request.registered_at -= earlier
                request.reply_due_at -= earlier
            order = current.scalar(sa.select(WorkOrder).filter_by(number=number))
            if order is not None and order.dispatched_at is not None:
                order.dispatched_at -= earlier

    def clocks_of(self, number: str) -> dict[str, dt.datetime]:
        """The clocks that run for a request or order, with their deadlines."""
        return {
            timer.kind: timer.deadline_at
            for timer in self.ask(sa.select(Timer).where(Timer.subject == number))
        }

    def wait_for_reactions(self) -> None:
        """Wait until nothing is left that follows from what happened so far.

        What a killed worker had taken comes back when its lease is over.
        """
        pending = sa.select(PendingReaction.history_id)
        wait_for(lambda: not self.ask(pending), "the reactions", LEASE_S + PATIENCE_S)

    def _died(self) -> bool:
        assert self._process is not None
        code = self._process.poll()
        assert code is None, (self.settings.home / "supervisor.log").read_text()
        return False


@contextlib.contextmanager
def running_house(home: Path, more: Mapping[str, str] | None = None) -> Iterator[House]:
    """A house that serves; stopped at the end."""
    house = House(home, more)
    house.found()
    try:
        house.start()
        yield house
    finally:
        house.stop()
        house.close()
