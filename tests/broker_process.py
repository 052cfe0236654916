"""Real brokers on free loopback ports, for every test that needs one."""

import contextlib
import functools
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from mqtt.brokers import Credentials, nats_accounts
from mqtt.brokers.seat import Seat
from mqtt.brokers.supervise import EmbeddedBroker
from tests.free_ports import free_port
from tests.mosquitto_process import Mosquitto, running_mosquitto

ALLOWED_ORIGIN = "http://127.0.0.1:8000"
#: A test that holds for every broker; without this mark the embedded one is meant.
ON_BOTH = pytest.mark.parametrize("broker", ["nats", "mosquitto"], indirect=True)

RunningBroker = EmbeddedBroker | Mosquitto


def new_password() -> str:
    """A password as pairing makes them."""
    return secrets.token_urlsafe(24)


def new_device() -> str:
    """A device id that no other test uses."""
    return f"tech-{secrets.token_hex(5)}"


@contextlib.contextmanager
def running_broker(
    folder: Path, *, allowed_origins: Sequence[str] = (ALLOWED_ORIGIN,)
) -> Iterator[EmbeddedBroker]:
    """A started broker whose state stands in `folder`; stopped at the end."""
    broker = EmbeddedBroker(
        folder=folder,
        mqtt_port=free_port(),
        ws_port=free_port(),
        allowed_origins=allowed_origins,
    )
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def running(kind: str, folder: Path) -> contextlib.AbstractContextManager[RunningBroker]:
    """A started broker of a kind, `nats` or `mosquitto`; stopped at the end."""
    return running_broker(folder) if kind == "nats" else running_mosquitto(folder)


@contextlib.contextmanager
def running_as_asked(new_folder: Callable[[str], Path]) -> Iterator[Callable[[str], RunningBroker]]:
    """Answers a kind with its broker, started when it is first asked for; all stop at the end."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda kind: stack.enter_context(running(kind, new_folder(kind))))


def stored_accounts(broker: RunningBroker) -> bytes:
    """The file in which the broker keeps its accounts, as it is now."""
    if isinstance(broker, Mosquitto):
        return broker.accounts_file.read_bytes()
    return nats_accounts.file_in(broker.driver.folder).read_bytes()


def wait_until(
    condition: Callable[[], object], *, seconds: float = 10.0, tend: Callable[[], object] = bool
) -> None:
    """Wait for a condition, calling `tend` (a link's or a supervisor's) meanwhile."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        tend()
        time.sleep(0.005)


def enrolled(broker: RunningBroker, device: str | None = None) -> Credentials:
    """A provisioned handheld's credentials."""
    credentials = Credentials(username=device or new_device(), password=new_password())
    broker.driver.provision(credentials.username, credentials.password)
    return credentials


def handheld_seat(broker: RunningBroker, credentials: Credentials) -> Seat:
    """A handheld's connection as the contract wants it: client id, user name, device id are one."""
    return Seat(broker.endpoint, credentials, client_id=credentials.username)


def server_seat(broker: RunningBroker) -> Seat:
    """A connection with the server's rights."""
    return Seat(broker.endpoint, broker.driver.server_credentials)
