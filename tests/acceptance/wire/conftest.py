"""A real broker, a real database file and the real worker, in a thread or a process of its own."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mqtt.worker import run_mqtt_worker
from server.app import create_core
from server.db import Base, db, session, transaction
from server.devices.models import Device
from server.devices.operations import broker_password
from server.settings import Settings
from tests.acceptance.wire.handheld import Handheld
from tests.broker_process import RunningBroker, running_as_asked, wait_until
from tests.factories.orders import Estates

PROGRAM = Path(__file__).with_name("worker_process.py")


class Office:
    """The server's side of a test: its database, its broker and its worker."""

    def __init__(self, home: Path, broker: RunningBroker) -> None:
        self.settings = Settings(home=home)
        self.broker = broker
        self.app: Flask = create_core(self.settings)
        with self.app.app_context():
            Base.metadata.create_all(db.engine)

    def change(self, act: Callable[[Any], Any]) -> Any:
        """Do something in one transaction, as a door would; `act` gets the session."""
        with self.app.app_context(), transaction() as current:
            return act(current)

    def found(self) -> Estates:
        """The estate; its builder must be used inside `working`."""
        return self.change(lambda current: Estates.found(current, self.settings))

    @contextlib.contextmanager
    def working(self, estates: Estates) -> Iterator[Estates]:
        """Build in one transaction."""
        with self.app.app_context(), transaction() as current:
            estates.session = current
            yield estates

    def ask(self, query: Any) -> Any:
        """One value from the database, as it is now."""
        with self.app.app_context():
            return session().scalar(query)

    def device(self, device_id: str) -> Device:
        with self.app.app_context():
            return session().get_one(Device, device_id)

    def handheld(self, device: Device) -> Handheld:
        endpoint = self.broker.endpoint
        return Handheld(endpoint.host, endpoint.port, device.id, self._password(device))

    def let_in(self, *devices: Device) -> None:
        """Give handhelds their accounts at the broker, as pairing does, where no worker runs."""
        for device in devices:
            self.broker.driver.provision(device.id, self._password(device))

    def _password(self, device: Device) -> str:
        return broker_password(device, self.settings.secret_key())

    @contextlib.contextmanager
    def worker(self) -> Iterator[threading.Thread]:
        """The worker in a thread, stopped at the end; returns once it serves."""
        stopping, heartbeat = threading.Event(), self.settings.home / "mqtt.beat"
        heartbeat.unlink(missing_ok=True)
        thread = threading.Thread(
            target=run_mqtt_worker,
            args=(self.app, self.settings, self.broker.driver),
            kwargs={"stopping": stopping, "heartbeat": heartbeat},
        )
        thread.start()
        try:
            wait_until(heartbeat.exists, seconds=60)
            yield thread
        finally:
            stopping.set()
            thread.join(20)
            assert not thread.is_alive()

    @contextlib.contextmanager
    def worker_process(self, *, mode: str = "serve") -> Iterator[subprocess.Popen[bytes]]:
        """The worker in a process; killed at the end. Returns once it serves."""
        heartbeat = self.settings.home / "mqtt.beat"
        heartbeat.unlink(missing_ok=True)
        endpoint = self.broker.endpoint
        process = subprocess.Popen(
            [
                sys.executable,
                str(PROGRAM),
                str(self.settings.home),
                str(self.broker.driver.folder),
                str(endpoint.port),
                str(heartbeat),
                mode,
            ],
            cwd=PROGRAM.parents[3],
        )
        try:
            wait_until(heartbeat.exists, seconds=60)
            yield process
        finally:
            process.kill()
            process.wait()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def brokers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], RunningBroker]]:
    with running_as_asked(tmp_path_factory.mktemp) as of_kind:
        yield of_kind


@pytest.fixture
def broker(
    request: pytest.FixtureRequest, brokers: Callable[[str], RunningBroker]
) -> RunningBroker:
    """The embedded one, or the kind that the test names."""
    return brokers(getattr(request, "param", "nats"))


@pytest.fixture
def office(tmp_path: Path, broker: RunningBroker) -> Iterator[Office]:
    made = Office(tmp_path, broker)
    yield made
    made.close()


@pytest.fixture
def estates(office: Office) -> Estates:
    return office.found()
