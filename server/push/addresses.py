"""Which addresses are rung at: push services that the installation lists, and nothing else. Pure.

A handheld names the address that our server will call. Without a list it could name any machine
that the server reaches.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

MOST_CHARACTERS = 1000
_HTTPS_PORT = 443
#: Host and path in the one spelling that a browser gives; no user, no second meaning.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?::(?P<port>\d{1,5}))?/[!-~]*", re.ASCII
)


def allowed(endpoint: str, hosts: Collection[str]) -> bool:
    """Whether `endpoint` belongs to one of `hosts`, or to a host below one of them.

    https on its own port; any port, and http, only at a listed address of this machine itself.
    """
    read = _ADDRESS.fullmatch(endpoint)
    if read is None or len(endpoint) > MOST_CHARACTERS:
        return False
    host, port = read["host"], int(read["port"] or 0)
    if is_loopback(host):
        return host in hosts
    return (
        read["scheme"] == "https"
        and port in {0, _HTTPS_PORT}
        and any(host == one or _is_below(host, one) for one in hosts)
    )


def is_loopback(host: str) -> bool:
    """Whether the name or number means the machine that asks."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _number(host)
    return address is not None and address.is_loopback


def _is_below(host: str, listed: str) -> bool:
    return _number(listed) is None and host.endswith(f".{listed}")


def _number(host: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        return None
