"""What the figures were read on, and how busy it was meanwhile."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mqtt.brokers.supervise import find_binary

LIBRARIES = ("flask", "sqlalchemy", "waitress", "paho-mqtt", "pillow", "marshmallow")


def describe() -> dict[str, Any]:
    """Processor, memory, kernel, Python and the libraries that count."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "nats_server": _nats_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def load() -> float:
    """The load average of the last minute; ours included, once we run."""
    return os.getloadavg()[0]


def _cpu() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _nats_version() -> str:
    told = subprocess.run([find_binary(), "--version"], capture_output=True, text=True, check=False)
    return told.stdout.strip().removeprefix("nats-server: ")
