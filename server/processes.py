"""Child processes that come back when they die and never outlive their parent."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
LONGEST_PAUSE_S = 10.0
SHORT_LIFE_S = 5.0


class Child:
    """One supervised process. Start, poll and stop it from the main thread."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log_file: Path | None,
        environment: Mapping[str, str] | None = None,
        final_codes: frozenset[int] = frozenset(),
    ) -> None:
        """`final_codes`: exit codes after which it is not started again."""
        self.name = name
        self._command = list(command)
        self._log_file = log_file
        self._environment = {**os.environ, **(environment or {})}
        self._final_codes = final_codes
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._not_before = 0.0
        self._pause_s = 0.5
        self.gone_for_good: int | None = None

    def start(self) -> None:
        """Start it, output to its log file or, without one, to ours."""
        output = self._log_file.open("ab") if self._log_file else None
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own command line
                self._command,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,  # Ctrl-C reaches the supervisor, which stops in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # started from the one main thread
            )
        finally:
            if output:
                output.close()
        self._started_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process else None

    def poll(self) -> None:
        """Start it again where it died, with growing pauses when it dies young."""
        if self.gone_for_good is not None:
            return
        if self._process is None:
            if time.monotonic() >= self._not_before:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        self._process = None
        if code in self._final_codes:
            self.gone_for_good = code
            return
        lived_s = time.monotonic() - self._started_at
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2) if lived_s < SHORT_LIFE_S else 0.5
        self._not_before = time.monotonic() + self._pause_s
        log.warning("%s ended with %s; starting it again in %.1f s", self.name, code, self._pause_s)

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, timeout_s: float) -> None:
        """Wait for the end; SIGKILL after `timeout_s`."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop and is killed", self.name)
            self._process.kill()
            self._process.wait()
        self._process = None


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
