"""What was just drawn, for the others who look at the same: whole boards, and single cards.

After a change every open board asks at once. Whoever may see the same, in the same language, gets
the same bytes: they are drawn once, and of them only the cards that are new. Nothing personal
stands in them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

#: A pulse is asked again after this long, however many boards ask.
PULSE_S = 0.25
_BOARDS = 64
_CARDS = 4096


class Shelf:
    """A bounded number of drawn things, the oldest go first; safe for threads."""

    def __init__(self, room: int) -> None:
        """Nothing drawn yet; room for so many."""
        self._room = room
        self._lock = threading.Lock()
        self._things: dict[Hashable, str] = {}

    def get(self, key: Hashable, draw: Callable[[], str]) -> str:
        """What stands under this key, drawn where it is not there."""
        with self._lock:
            found = self._things.get(key)
        if found is not None:
            return found
        drawn = draw()
        with self._lock:
            self._things[key] = drawn
            while len(self._things) > self._room:
                del self._things[next(iter(self._things))]
        return drawn

    def clear(self) -> None:
        """Take everything down."""
        with self._lock:
            self._things.clear()


class Drawn:
    """The shelves of one process, and the pulse that was last felt."""

    def __init__(self) -> None:
        """Nothing drawn yet."""
        self.boards = Shelf(_BOARDS)
        self.cards = Shelf(_CARDS)
        self._pulses: dict[Hashable, tuple[float, str]] = {}

    def pulse(self, key: Hashable, ask: Callable[[], str], *, fresh: bool = False) -> str:
        """The pulse of an estate, at most PULSE_S old; `fresh` asks in any case."""
        now = time.monotonic()
        known = self._pulses.get(key)
        if known is not None and not fresh and now - known[0] < PULSE_S:
            return known[1]
        said = ask()
        self._pulses[key] = (now, said)
        return said
