"""Boards that were just drawn, for the others who look at the same one.

After a change every open board asks at once. Whoever may see the same, in the same language, gets
the same bytes: it is drawn once. Nothing personal stands in them.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_KEPT = 64
#: A pulse is asked again after this long, however many boards ask.
PULSE_S = 0.25


class Drawn:
    """A small shelf of drawn boards, safe for the threads of one process."""

    def __init__(self) -> None:
        """Nothing drawn yet."""
        self._lock = threading.Lock()
        self._shelf: OrderedDict[Hashable, str] = OrderedDict()
        self._pulses: dict[Hashable, tuple[float, str]] = {}

    def board(self, key: Hashable, draw: Callable[[], str]) -> str:
        """The board under this key, drawn where it is not there."""
        with self._lock:
            found = self._shelf.get(key)
            if found is not None:
                self._shelf.move_to_end(key)
                return found
        drawn = draw()
        with self._lock:
            self._shelf[key] = drawn
            while len(self._shelf) > _KEPT:
                self._shelf.popitem(last=False)
        return drawn

    def pulse(self, key: Hashable, ask: Callable[[], str], *, fresh: bool = False) -> str:
        """The pulse of an estate, at most PULSE_S old; `fresh` asks in any case."""
        now = time.monotonic()
        known = self._pulses.get(key)
        if known is not None and not fresh and now - known[0] < PULSE_S:
            return known[1]
        said = ask()
        self._pulses[key] = (now, said)
        return said
