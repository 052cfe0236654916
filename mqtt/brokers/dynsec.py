"""What is said to Mosquitto's dynamic-security plugin, and the conversation in which it is said.

One account is one client and one role of the plugin. The role is complete in itself: what it does
not allow it denies, so an account's rights hang on none of the defaults that an operator chose.
"""

import contextlib
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mqtt import topics
from mqtt.brokers import BrokerUnavailable, Credentials, Endpoint
from mqtt.brokers.accounts import PROBE, SERVER
from mqtt.brokers.seat import Seat

#: Where the plugin takes commands; it answers below.
CONTROL = "$CONTROL/dynamic-security/v1"
_ROLE_PREFIX = "paigong/account/"
_ALLOWED, _DENIED = 10, 0
_PAGE = 100

Command = dict[str, Any]
#: How the plugin describes a client or a role.
Described = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user name with its password and the topic filters it may write and read.

    `client_id`: the only one with which it may connect; None leaves it free.
    """

    username: str
    password: str = field(repr=False)
    may_write: tuple[str, ...]
    may_read: tuple[str, ...]
    client_id: str | None = None


def handheld(device_id: str, password: str) -> Account:
    """A handheld with the rights of the wire; its client id is its device id."""
    return _like_a_handheld(Credentials(username=device_id, password=password), device_id)


def probe(password: str) -> Account:
    """As a handheld, but with any client id: it sits in several places at once."""
    return _like_a_handheld(Credentials(username=PROBE, password=password), None)


def server(password: str) -> Account:
    """Paigong itself: everything below the root, under the random client ids of its links."""
    everything = (f"{topics.ROOT}/#",)
    return Account(username=SERVER, password=password, may_write=everything, may_read=everything)


def _like_a_handheld(credentials: Credentials, client_id: str | None) -> Account:
    name = credentials.username
    return Account(
        username=name,
        password=credentials.password,
        may_write=(f"{topics.uplink_root(name)}/#",),
        may_read=(topics.downlink_filter(name), topics.server_state()),
        client_id=client_id,
    )


def rights(account: Account) -> list[dict[str, Any]]:
    """The rules of the account's role."""
    allowed = [("publishClientSend", topic) for topic in account.may_write]
    for topic in account.may_read:
        allowed += [("subscribePattern", topic), ("publishClientReceive", topic)]
    # `#` covers no topic that begins with `$`, and who may write here may make himself rights.
    denied = [("publishClientSend", "$CONTROL/#")]
    denied += [(kind, "#") for kind in dict.fromkeys(kind for kind, _ in allowed)]
    return [_rule(*one, priority=_ALLOWED) for one in allowed] + [
        _rule(*one, priority=_DENIED) for one in denied
    ]


def _rule(kind: str, topic: str, *, priority: int) -> dict[str, Any]:
    return {
        "acltype": kind,
        "topic": topic,
        "priority": priority,
        "allow": priority == _ALLOWED,
    }


def making(account: Account, key: bytes) -> list[Command]:
    """The commands after which the account is exactly as it should be, and its session over.

    Made from nothing rather than mended: so nothing of what was there before can remain. The
    plugin carries out one message in one go, so nobody sees the account half made.
    """
    role = _role_name(account.username)
    client = {
        "username": account.username,
        "password": account.password,
        "textdescription": _fingerprint(account, key),
        "roles": [{"rolename": role}],
    }
    if account.client_id is not None:
        client["clientid"] = account.client_id
    return [
        *dropping(account.username),
        {"command": "createRole", "rolename": role, "acls": rights(account)},
        {"command": "createClient", **client},
    ]


def dropping(username: str) -> list[Command]:
    """The commands after which there is no such account and its session is over."""
    return [
        {"command": "deleteClient", "username": username},
        {"command": "deleteRole", "rolename": _role_name(username)},
    ]


def is_in_force(account: Account, key: bytes, client: Described, role: Described) -> bool:
    """Whether what the plugin describes is this account and nothing beside it."""
    roles = [one["rolename"] for one in client.get("roles", ())]
    return (
        client.get("clientid") == account.client_id
        and client.get("textdescription") == _fingerprint(account, key)
        and not client.get("disabled")
        and not client.get("groups")
        and roles == [_role_name(account.username)]
        and _comparable(role.get("acls", ())) == _comparable(rights(account))
    )


def _comparable(rules: Sequence[dict[str, Any]]) -> set[tuple[tuple[str, Any], ...]]:
    return {tuple(sorted(rule.items())) for rule in rules}


def _fingerprint(account: Account, key: bytes) -> str:
    """By this a password is known again: the plugin tells nobody the passwords it has.

    No device id begins with `_`, so no handheld's password is derived from such a message.
    """
    message = f"_known:{account.username}:{account.password}"
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def _role_name(username: str) -> str:
    return f"{_ROLE_PREFIX}{username}"


class Control:
    """A conversation with the plugin; `control` begins one."""

    def __init__(self, seat: Seat) -> None:
        """Talk through a seat that hears the plugin's answers."""
        self._seat = seat

    def ask(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        """The plugin's answer to each command; raises BrokerUnavailable where it gives none."""
        # Every administrator hears the answers to all of them: by its mark ours is known.
        mark = secrets.token_hex(12)
        marked = [{**command, "correlationData": mark} for command in commands]
        self._seat.publish(CONTROL, json.dumps({"commands": marked}).encode())
        answer = self._seat.await_fitting(
            lambda payload: mark.encode() in payload,
            otherwise="no answer from dynamic security: is the plugin loaded, "
            "and may the administrator's account use it?",
        )
        responses: list[dict[str, Any]] = json.loads(answer)["responses"]
        return responses

    def change(self, commands: Sequence[Command]) -> None:
        """Carry out commands; what is to be deleted need not be there."""
        for answer in self.ask(commands):
            error = answer.get("error")
            if error is not None and not _was_gone_already(answer["command"], error):
                raise BrokerUnavailable(f"{answer['command']}: {error}")

    def describe(self, username: str) -> tuple[Described, Described]:
        """An account's client and role; empty where there is none."""
        client, role = self.ask(
            [
                {"command": "getClient", "username": username},
                {"command": "getRole", "rolename": _role_name(username)},
            ]
        )
        return client.get("data", {}).get("client", {}), role.get("data", {}).get("role", {})

    def describe_ours(self) -> dict[str, tuple[Described, Described]]:
        """Every account that one of our roles was made for, read by pages, by user name.

        Whatever else an operator keeps in the same broker does not appear.
        """
        roles = {
            role["rolename"].removeprefix(_ROLE_PREFIX): role
            for role in self._every("Roles", "rolename")
            if role["rolename"].startswith(_ROLE_PREFIX)
        }
        clients = {client["username"]: client for client in self._every("Clients", "username")}
        return {name: (clients.get(name, {}), role) for name, role in roles.items()}

    def _every(self, what: str, name: str) -> Iterator[Described]:
        """All clients or roles; `name` is where their name stands."""
        seen: set[str] = set()
        while True:
            page = {"verbose": True, "count": _PAGE, "offset": len(seen)}
            (answer,) = self.ask([{"command": f"list{what}", **page}])
            if "error" in answer:
                raise BrokerUnavailable(f"{answer['command']}: {answer['error']}")
            found = [one for one in answer["data"][what.lower()] if one[name] not in seen]
            if not found:
                return
            seen.update(one[name] for one in found)
            yield from found


def _was_gone_already(command: str, error: str) -> bool:
    return command.startswith("delete") and error.endswith("not found")


@contextlib.contextmanager
def control(endpoint: Endpoint, admin: Credentials) -> Iterator[Control]:
    """Talk to the plugin as one of its administrators; raises BrokerUnavailable."""
    try:
        seat = Seat(endpoint, admin).__enter__()
    except PermissionError as refusal:
        raise BrokerUnavailable(f"the administrator's account was refused: {refusal}") from refusal
    with contextlib.closing(seat):
        seat.subscribe(f"{CONTROL}/response", qos=0)
        yield Control(seat)
