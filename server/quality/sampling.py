"""Which orders somebody has to look at: all weak ones, and a fair draw from the rest. Pure.

The share of the draw follows the record of the technician (R-005). The draw itself is a keyed hash
of the order's id: nobody without the installation's key can foresee it, it cannot be drawn again
until it suits, and an auditor who has the key comes to the same number.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Sequence

#: How many of the last judgements make a record.
RECORD = 50
#: A technician with fewer is new: everything is looked at.
NEW_BELOW = 20
ALL_PERCENT = 100
#: A long record without a fault still has one order in twenty looked at.
CLEAN_PERCENT = 5
#: Of the last judgements so many percent against him, at most: so many times the base share.
_STEPS = ((5, 1), (10, 2), (20, 5))
DRAWS = 10_000


def share_percent(outcomes: Sequence[str], *, base_percent: int) -> int:
    """How much of a technician's unsuspicious work is looked at, in percent.

    `outcomes`: his last judgements, at most `RECORD`; `base_percent`: the setting.
    """
    if len(outcomes) < NEW_BELOW:
        return ALL_PERCENT
    against = sum(outcome != "passed" for outcome in outcomes)
    if not against and len(outcomes) >= RECORD:
        return min(CLEAN_PERCENT, base_percent)
    for most, times in _STEPS:
        if against * 100 <= most * len(outcomes):
            return min(ALL_PERCENT, base_percent * times)
    return ALL_PERCENT


def draw(key: bytes, order_id: uuid.UUID) -> int:
    """The order's number in the draw, 0 to 9999, always the same with the same key."""
    told = hmac.new(key, b"qa-sampling:" + order_id.bytes, hashlib.sha256).digest()
    return int.from_bytes(told[:8], "big") % DRAWS


def drawn(number: int, percent: int) -> bool:
    """Whether a number of the draw falls within the share."""
    return number * 100 < percent * DRAWS
