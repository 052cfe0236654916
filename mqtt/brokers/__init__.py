"""What Paigong asks of a broker: accounts that come and go, and proof that they are kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

MAX_PACKET_BYTES = 256 * 1024


class BrokerUnsafe(Exception):
    """The broker let something pass that it must refuse; the message names each of them."""


class BrokerUnavailable(Exception):
    """The broker did not answer in time; ask again, whatever it was."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where clients reach the broker; `websocket_url` is for browsers.

    With `tls`, the broker's certificate has to be good: by the authorities in `ca_file`, or by
    those that the machine trusts where none is named.
    """

    host: str
    port: int
    websocket_url: str
    tls: bool = False
    ca_file: str | None = None


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A user name and its password; the password stays out of `repr`."""

    username: str
    password: str = field(repr=False)


class Broker(Protocol):
    """A driver for one kind of broker.

    Every call that changes accounts returns once the change is in force, so that a pairing may
    be answered only when the handheld can connect. Where the broker does not confirm in time,
    BrokerUnavailable is raised, and the caller repeats the call: a driver need not keep it. All
    calls may come from several processes at once, and repeating one changes nothing.
    """

    @property
    def endpoint(self) -> Endpoint:
        """Where handhelds and the server connect."""
        ...

    @property
    def server_credentials(self) -> Credentials:
        """The account of Paigong itself; read it anew for every connect."""
        ...

    def prepare(self) -> None:
        """See to it that our own accounts are there: before the self-test, and when refused."""
        ...

    def provision(self, device_id: str, password: str) -> None:
        """Let a handheld in, with the rights of the wire and no others."""
        ...

    def revoke(self, device_id: str) -> None:
        """Shut a handheld out: its session ends now and its CONNECTs are refused."""
        ...

    def rotate(self, device_id: str, password: str) -> None:
        """Give a handheld another password; a session under the old one ends."""
        ...

    def reconcile(self, handhelds: Mapping[str, str]) -> None:
        """Make `handhelds` (device id to password) the whole truth: add, change, remove."""
        ...

    def self_test(self) -> None:
        """Prove by a probe account that devices are kept apart; raises BrokerUnsafe."""
        ...
