"""The names of our own accounts at a broker, and what a handheld's account may look like."""

import re

from mqtt import topics

# The names of our own accounts begin with a character that no device id begins with.
SERVER = "_srv"
PROBE = "_probe"

_PASSWORD = re.compile(r"[A-Za-z0-9_.~-]{16,200}")


def check(device_id: str, password: str) -> None:
    """Raise ValueError for an id or password that no broker is to be told."""
    check_name(device_id)
    if not _PASSWORD.fullmatch(password):
        raise ValueError(f"password of {device_id}: 16 to 200 of A-Z a-z 0-9 _ . ~ -")


def check_name(device_id: str) -> None:
    """Raise ValueError for what is no device id, the names of our own accounts among it."""
    if not topics.is_device_id(device_id):
        raise ValueError(f"not a device id: {device_id!r}")
