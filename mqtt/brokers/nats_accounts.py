"""The accounts file of nats-server: this driver's state and the server's configuration in one.

JSON is a subset of the configuration language, so what the server includes is also what is read
back. Only passwords are read; rights are written anew from the rule each time.
"""

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mqtt import topics
from mqtt.brokers import Credentials
from mqtt.brokers.accounts import PROBE, SERVER

KNOCK = "_knock"
_OWN = (SERVER, PROBE, KNOCK)

_FILE = "accounts.json"
_LOCK = "accounts.lock"
_ACCOUNT = "PAIGONG"


def file_in(folder: Path) -> Path:
    """Where the accounts stand inside the broker's folder."""
    return folder / _FILE


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process and thread from changing the accounts meanwhile."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _LOCK).open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read(folder: Path) -> dict[str, str]:
    """User name to password, our own accounts included; raises FileNotFoundError."""
    document = json.loads(file_in(folder).read_text(encoding="utf-8"))
    users: list[dict[str, Any]] = document["accounts"][_ACCOUNT]["users"]
    return {user["user"]: user["password"] for user in users}


def read_or_begin(folder: Path) -> dict[str, str]:
    """As `read`; a missing file gives our own accounts with fresh passwords, not yet written."""
    try:
        return read(folder)
    except FileNotFoundError:
        return {name: secrets.token_urlsafe(32) for name in _OWN}


def write(folder: Path, passwords: Mapping[str, str]) -> Credentials:
    """Replace the file in one step, readable by its owner only; call it under `locked`.

    Answers the knocking account, whose password is new with every write: once the server lets
    it in, the server has read this very file.
    """
    knock = Credentials(username=KNOCK, password=secrets.token_urlsafe(32))
    everyone = {**passwords, KNOCK: knock.password}
    users = [_user(name, password) for name, password in sorted(everyone.items())]
    document = {"accounts": {_ACCOUNT: {"jetstream": "enabled", "users": users}}}
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(document, handle, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    Path(name).replace(file_in(folder))
    return knock


def knock_of(folder: Path) -> Credentials:
    """The knocking account as the file has it now."""
    return Credentials(username=KNOCK, password=read(folder)[KNOCK])


def devices_only(passwords: Mapping[str, str]) -> dict[str, str]:
    """The handhelds among the accounts."""
    return {name: password for name, password in passwords.items() if name not in _OWN}


def own_only(passwords: Mapping[str, str]) -> dict[str, str]:
    """The accounts that are ours and no handheld's."""
    return {name: password for name, password in passwords.items() if name in _OWN}


def _user(name: str, password: str) -> dict[str, Any]:
    own = {SERVER: _server_rights, KNOCK: _no_rights}
    rights = own[name]() if name in own else _device_rights(name)
    kinds = ["MQTT"] if name in _OWN else ["MQTT", "MQTT_WS"]
    return {
        "user": name,
        "password": password,
        "allowed_connection_types": kinds,
        "permissions": rights,
    }


def _server_rights() -> dict[str, Any]:
    everything = [f"{_subject(topics.ROOT)}.>"]
    return {"publish": {"allow": everything}, "subscribe": {"allow": everything}}


def _device_rights(device: str) -> dict[str, Any]:
    # MQTT's `dn/#` covers `dn` itself, which NATS's `dn.>` does not: it needs both subjects.
    down = _subject(topics.downlink_root(device))
    readable = [down, f"{down}.>", _subject(topics.server_state())]
    writable = [f"{_subject(topics.uplink_root(device))}.>"]
    return {"publish": {"allow": writable}, "subscribe": {"allow": readable}}


def _no_rights() -> dict[str, Any]:
    return {"publish": {"deny": [">"]}, "subscribe": {"deny": [">"]}}


def _subject(topic: str) -> str:
    return topic.replace("/", ".")
