"""The driver of a Mosquitto that somebody else runs: accounts by its dynamic-security plugin."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mqtt.brokers import Credentials, Endpoint, accounts, dynsec, self_test
from mqtt.brokers.seat import Seat

# The plugin writes its whole file for every change, and one answer has to come within seconds.
_MOST_AT_ONCE = 25


@dataclass(frozen=True, kw_only=True)
class MosquittoBroker:
    """Drives the Mosquitto at `endpoint` as one of its administrators; implements `Broker`.

    `key` is the installation's: the passwords of our own accounts are derived from it. Only
    accounts that this driver made are ever changed or removed; all calls raise
    BrokerUnavailable where the broker cannot be reached or its plugin does not answer.
    """

    endpoint: Endpoint
    admin: Credentials
    key: bytes = field(repr=False)

    @property
    def server_credentials(self) -> Credentials:
        """The account of Paigong itself; `prepare` makes it."""
        return self._own(accounts.SERVER)

    def prepare(self) -> None:
        """See to it that our own accounts are there; a session of them that stands goes on."""
        own = self._our_own()
        self._bring_in(own)
        # What a password was changed to by hand nobody is told: whether ours is right, a CONNECT
        # says. A handheld is not tried like this, it would lose its connection by it.
        locked_out = [account for account in own if not self._lets_in(account)]
        if locked_out:
            with dynsec.control(self.endpoint, self.admin) as control:
                for account in locked_out:
                    control.change(dynsec.making(account, self.key))

    def provision(self, device_id: str, password: str) -> None:
        """Let a handheld in; raises ValueError for an id or password that is not allowed."""
        accounts.check(device_id, password)
        self._bring_in([dynsec.handheld(device_id, password)])

    def rotate(self, device_id: str, password: str) -> None:
        """Give a handheld another password; Mosquitto ends a session under the old one."""
        self.provision(device_id, password)

    def revoke(self, device_id: str) -> None:
        """Shut a handheld out; Mosquitto closes its connection as the account goes."""
        accounts.check_name(device_id)
        with dynsec.control(self.endpoint, self.admin) as control:
            control.change(dynsec.dropping(device_id))

    def reconcile(self, handhelds: Mapping[str, str]) -> None:
        """Make `handhelds` the whole truth; who is there as he should be is left connected."""
        for device_id, password in handhelds.items():
            accounts.check(device_id, password)
        wanted = [*self._our_own(), *(dynsec.handheld(*one) for one in handhelds.items())]
        with dynsec.control(self.endpoint, self.admin) as control:
            there = control.describe_ours()
            names = {account.username for account in wanted}
            changes = [dynsec.dropping(name) for name in there if name not in names]
            changes += [
                dynsec.making(account, self.key)
                for account in wanted
                if not self._is_in_force(account, there)
            ]
            for some in _by_number(changes):
                control.change([command for change in some for command in change])

    def self_test(self) -> None:
        """Prove that devices are kept apart; raises BrokerUnsafe or BrokerUnavailable."""
        self_test.prove(
            endpoint=self.endpoint,
            server=self.server_credentials,
            probe=self._own(accounts.PROBE),
        )

    def _bring_in(self, wanted: Sequence[dynsec.Account]) -> None:
        """Make each account that is not there as it should be; the others stay connected."""
        with dynsec.control(self.endpoint, self.admin) as control:
            there = {one.username: control.describe(one.username) for one in wanted}
            for account in wanted:
                if not self._is_in_force(account, there):
                    control.change(dynsec.making(account, self.key))

    def _is_in_force(
        self,
        account: dynsec.Account,
        there: Mapping[str, tuple[dynsec.Described, dynsec.Described]],
    ) -> bool:
        client, role = there.get(account.username, ({}, {}))
        return dynsec.is_in_force(account, self.key, client, role)

    def _lets_in(self, account: dynsec.Account) -> bool:
        try:
            with Seat(self.endpoint, self._own(account.username)):
                return True
        except PermissionError:
            return False

    def _our_own(self) -> list[dynsec.Account]:
        return [
            dynsec.server(self._own(accounts.SERVER).password),
            dynsec.probe(self._own(accounts.PROBE).password),
        ]

    def _own(self, name: str) -> Credentials:
        # A handheld's password is derived from a message that begins with its id, never with `_`.
        password = hmac.new(self.key, name.encode(), hashlib.sha256).hexdigest()
        return Credentials(username=name, password=password)


def _by_number(
    changes: Sequence[list[dynsec.Command]],
) -> Iterable[Sequence[list[dynsec.Command]]]:
    return (changes[at : at + _MOST_AT_ONCE] for at in range(0, len(changes), _MOST_AT_ONCE))
