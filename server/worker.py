"""The one shape of a background loop: `run_once() -> bool`, True when there may be more."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

log = logging.getLogger(__name__)

IDLE_S = 0.2
ERROR_PAUSE_S = 2.0
#: Where nothing was written meanwhile, only the time can have made something due.
LOOK_S = 1.0


class Worker:
    """Runs steps until told to stop; a step that raises is logged and tried again later."""

    def __init__(
        self,
        name: str,
        steps: Sequence[Callable[[], bool]],
        *,
        heartbeat: Path | None = None,
        changed: Callable[[], bool] = lambda: True,
    ) -> None:
        """`changed`: whether anything may have been written since it was last asked."""
        self.name = name
        self._changed = changed
        self._steps = steps
        self._heartbeat = heartbeat
        self.stopping = threading.Event()

    def stop_on_signals(self) -> None:
        """Finish the step at hand on SIGTERM or SIGINT, then return from `run`."""

        def _stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping.set()

        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)

    def run(self, *, idle_s: float = IDLE_S) -> None:
        """Loop until `stopping` is set. The heartbeat file's time tells that the loop lives."""
        last_beat = last_turn = 0.0
        more = True
        while not self.stopping.is_set():
            if self._heartbeat and time.monotonic() - last_beat > 1:
                self._heartbeat.touch()
                last_beat = time.monotonic()
            if more or self._changed() or time.monotonic() - last_turn >= LOOK_S:
                last_turn = time.monotonic()
                more = self.turn()
            if not more:
                self.stopping.wait(idle_s)

    def turn(self) -> bool:
        """Run every step once; True when any of them may have more to do."""
        more = False
        for step in self._steps:
            if self.stopping.is_set():
                return False
            try:
                more = step() or more
            except Exception:
                log.exception("worker %s: a step failed", self.name)
                self.stopping.wait(ERROR_PAUSE_S)
        return more


def exhaust(*steps: Callable[[], bool]) -> int:
    """Run steps until all of them say that nothing is left; the number of rounds."""
    rounds = 1
    while sum(step() for step in steps):  # every step of a round runs, whatever the others said
        rounds += 1
    return rounds
