"""What a visitor says first on the telephone: by the clock, and on the days that are wished (X-015).

Pure. The words are the console's; this says which of them.
"""

from __future__ import annotations

import datetime as dt

MORNING, PLAIN = "morning", "plain"
NOON = 12
#: (month, day): the days of the solar calendar on which callers wish something.
HOLIDAYS = {
    (1, 1): "new_year",
    (5, 1): "labour_day",
    (10, 1): "national_day",
}


def greeting(local: dt.datetime) -> str:
    """Which greeting fits a moment of the estate's clock: a good morning until noon, else plain."""
    holiday = HOLIDAYS.get((local.month, local.day))
    if holiday is not None:
        return holiday
    return MORNING if local.hour < NOON else PLAIN
