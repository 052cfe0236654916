"""The driver of nats-server: accounts by file and SIGHUP, confirmed by a CONNECT."""

import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mqtt.brokers import (
    BrokerUnavailable,
    Credentials,
    Endpoint,
    accounts,
    nats_accounts,
    self_test,
)
from mqtt.brokers.knock import lets_in

PID_FILE = "nats-server.pid"
_KNOCK_EVERY_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class NatsBroker:
    """Drives the nats-server whose folder is `folder`; implements `Broker`.

    The folder belongs to this driver and to `EmbeddedBroker`; the process may be another one.
    A change waits up to `timeout_seconds` until the running server has it.
    """

    folder: Path
    endpoint: Endpoint
    timeout_seconds: float = 5.0

    @property
    def server_credentials(self) -> Credentials:
        """The account of Paigong itself; raises FileNotFoundError before the first start."""
        return self._own(accounts.SERVER)

    def prepare(self) -> None:
        """Nothing: `EmbeddedBroker` never starts without our own accounts."""

    def provision(self, device_id: str, password: str) -> None:
        """Let a handheld in; raises ValueError for an id or password that is not allowed."""
        accounts.check(device_id, password)
        self._change(add={device_id: password})

    def rotate(self, device_id: str, password: str) -> None:
        """Give a handheld another password; nats-server ends a session under the old one."""
        self.provision(device_id, password)

    def revoke(self, device_id: str) -> None:
        """Shut a handheld out; nats-server closes its connection while it reads the file."""
        accounts.check_name(device_id)
        self._change(remove=device_id)

    def reconcile(self, handhelds: Mapping[str, str]) -> None:
        """Make `handhelds` the whole truth; does nothing where it is so already."""
        for device_id, password in handhelds.items():
            accounts.check(device_id, password)
        with nats_accounts.locked(self.folder):
            now = nats_accounts.read_or_begin(self.folder)
            self._store(now, {**nats_accounts.own_only(now), **handhelds})

    def self_test(self) -> None:
        """Prove that devices are kept apart; raises BrokerUnsafe or BrokerUnavailable."""
        self_test.prove(
            endpoint=self.endpoint,
            server=self.server_credentials,
            probe=self._own(accounts.PROBE),
        )

    def _own(self, name: str) -> Credentials:
        return Credentials(username=name, password=nats_accounts.read(self.folder)[name])

    def _change(self, *, add: Mapping[str, str] | None = None, remove: str | None = None) -> None:
        with nats_accounts.locked(self.folder):
            now = nats_accounts.read_or_begin(self.folder)
            then = {name: password for name, password in now.items() if name != remove}
            self._store(now, {**then, **(add or {})})

    def _store(self, now: Mapping[str, str], then: Mapping[str, str]) -> None:
        """Write where something changes, then wait until the server has what the file says.

        An unchanged file is confirmed too: an earlier caller may have given up waiting.
        """
        if now == then and nats_accounts.file_in(self.folder).exists():
            knock = nats_accounts.knock_of(self.folder)
            if self._lets_in(knock):
                return
        else:
            knock = nats_accounts.write(self.folder, then)
        self._reload()
        self._wait_for(knock)

    def _reload(self) -> None:
        # A server that is down reads the file when it comes up.
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int((self.folder / PID_FILE).read_text()), signal.SIGHUP)

    def _wait_for(self, knock: Credentials) -> None:
        deadline = time.monotonic() + self.timeout_seconds
        while not self._lets_in(knock):
            if time.monotonic() > deadline:
                raise BrokerUnavailable("stored, but nats-server has not taken it up in time")
            time.sleep(_KNOCK_EVERY_SECONDS)

    def _lets_in(self, knock: Credentials) -> bool:
        endpoint = self.endpoint
        return lets_in(endpoint.host, endpoint.port, knock, timeout_seconds=1.0)
