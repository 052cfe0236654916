"""Every topic of the wire, and the only module in which topic strings are written."""

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from contracts import asyncapi

ROOT = asyncapi.ROOT
DEVICE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{2,62}")

Channel = Literal["events", "sync", "presence"]
_CHANNELS = frozenset(get_args(Channel))
_UPLINK = re.compile(rf"{ROOT}/d/([^/]+)/up/([^/]+)")


@dataclass(frozen=True, kw_only=True)
class Uplink:
    """Who sent a message and on which of its channels, read from the topic alone."""

    device: str
    channel: Channel


def is_device_id(text: str) -> bool:
    """Whether `text` may name a handheld; it is also its user name and client id."""
    return DEVICE_ID.fullmatch(text) is not None


def device_root(device: str) -> str:
    """The topic under which everything to and from one handheld stands."""
    return f"{ROOT}/d/{device}"


def downlink_root(device: str) -> str:
    """What the handheld may read stands below this topic."""
    return f"{device_root(device)}/dn"


def uplink_root(device: str) -> str:
    """What the handheld may write stands below this topic."""
    return f"{device_root(device)}/up"


def orders(device: str) -> str:
    """Snapshots and withdrawals of work orders, server to handheld."""
    return f"{downlink_root(device)}/orders"


def replies(device: str) -> str:
    """One reply per event and one result per sync, server to handheld."""
    return f"{downlink_root(device)}/replies"


def commands(device: str) -> str:
    """Wipe, sync and notices, server to handheld."""
    return f"{downlink_root(device)}/commands"


def events(device: str) -> str:
    """What the technician did, handheld to server."""
    return f"{uplink_root(device)}/events"


def sync(device: str) -> str:
    """What the handheld holds after a connect, handheld to server."""
    return f"{uplink_root(device)}/sync"


def presence(device: str) -> str:
    """Retained, and the handheld's will."""
    return f"{uplink_root(device)}/presence"


def server_state() -> str:
    """Retained, and the server's will."""
    return f"{ROOT}/server"


def server_echo(client_id: str) -> str:
    """Where a server connection hears itself; no handheld may read or write here."""
    return f"{ROOT}/echo/{client_id}"


def downlink_filter(device: str) -> str:
    """What a handheld subscribes, besides the server's state."""
    return f"{downlink_root(device)}/#"


def uplink_filter() -> str:
    """All that handhelds may say."""
    return f"{ROOT}/d/+/up/#"


def uplink_subscriptions() -> dict[str, int]:
    """What the server subscribes to hear every handheld, filter to QoS.

    Presence at QoS 0: it is retained, so a new connection is told it anyway, while nats-server now
    and then stores a will as retained without delivering it to who subscribed at QoS 1.
    """
    return {events("+"): 1, sync("+"): 1, presence("+"): 0}


def parse_uplink(topic: str) -> Uplink | None:
    """Read the sender from a topic; None where it is no channel of a well-formed device."""
    match = _UPLINK.fullmatch(topic)
    if match is None:
        return None
    device, channel = match.groups()
    if channel not in _CHANNELS or not is_device_id(device):
        return None
    return Uplink(device=device, channel=cast("Channel", channel))
