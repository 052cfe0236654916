"""Whoever holds the handheld: nobody, a script or the automatic technician, seen by the program."""

from datetime import datetime, timedelta
from typing import Protocol

from reference_handheld.speech import Say
from reference_handheld.store import Store
from reference_handheld.times import Clock


class Worker(Protocol):
    """Works one action at a time; everything it did stands in the store."""

    @property
    def offline(self) -> bool:
        """Whether the technician has gone where no network is."""

    def turn(self) -> bool:
        """Do the next thing, if it is time; True where there may be another at once."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing left to do as things stand."""


class Nobody:
    """The handheld lies on the table: it receives, answers and sends what is queued."""

    offline = False
    idle = True

    def turn(self) -> bool:
        return False


class AdjustableClock:
    """The handheld's clock, which a script may set wrong, as real ones are.

    The offset is remembered in the store: a clock stays wrong over a restart.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self) -> datetime:
        return self._clock() + timedelta(seconds=float(self._store.fact("clock_fast_s") or 0))

    def set(self, *, fast_s: float, say: Say) -> None:
        """Let the clock run `fast_s` seconds ahead of the machine's (negative: behind)."""
        self._store.remember("clock_fast_s", fast_s)
        say(f"! 本机时钟拨快 {fast_s:.0f} 秒 clock set {fast_s:.0f} s fast")
