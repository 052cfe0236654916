"""Taking a step of the month's end whole: a transaction for each chunk of what it does."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from server.db import transaction
from server.history import Actor
from server.month_end import steps
from server.month_end.archive import CHUNK
from server.settings import Settings


def take_step(
    settings: Settings, code: str, month: dt.date, *, by: Actor, at: dt.datetime
) -> dict[str, Any]:
    """Carry out a step to its end; what came of it. Raises what `steps.take` raises.

    Within somebody else's transaction it all belongs to that one.
    """
    done: Counter[str] = Counter()
    while True:
        with transaction() as current:
            result = steps.take(current, settings, code, month, by=by, at=at)
        if code != steps.ARCHIVE:
            return result
        done.update(result)
        if max(result.values()) < CHUNK:
            return dict(done)
