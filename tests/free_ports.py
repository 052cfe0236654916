"""Ports for the servers that a test run starts.

A server binds its port seconds after it was chosen. So they are taken from below those that the
kernel gives to clients, each process of a run has a share of its own, and none is given twice.
"""

import itertools
import os
import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path

LOWEST = 10_000
PROCESSES = 8


def free_port() -> int:
    """A loopback port that is free, and that nobody else of this run is given."""
    return next(port for port in _candidates if _is_free(port))


def free_ports(count: int) -> list[int]:
    """The same for several."""
    return [free_port() for _ in range(count)]


def _share() -> Iterator[int]:
    """The ports of this process, in turn from one of them on."""
    span = (_lowest_of_clients() - LOWEST) // PROCESSES
    worker = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "0"
    first = LOWEST + span * (int(worker) % PROCESSES)
    begin = random.randrange(span)
    return (first + (begin + turn) % span for turn in itertools.count())


def _lowest_of_clients() -> int:
    try:
        told = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
    except OSError:
        return 32_768
    return max(int(told.split()[0]), LOWEST + 1_000 * PROCESSES)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


_candidates = _share()
