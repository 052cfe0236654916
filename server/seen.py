"""Nothing is overwritten that nobody has looked at: a form says what it showed, in a few letters.

For things without a version of their own. Doors put `digest` of what they show into the form and
hand it back as `seen`; operations compare. Who does not say what was seen is not held to it.
"""

from __future__ import annotations

import hashlib

from server.errors import Stale

#: What is seen of something that is not there.
NOTHING = ""


def digest(*values: object) -> str:
    """Sixteen letters that differ where one of the values does."""
    spelled = repr([None if value is None else str(value) for value in values])
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]


def refuse_changed(seen: str | None, now: str) -> None:
    """Raise Stale where what is there `now` is not what was `seen`; None is not held to it."""
    if seen is not None and seen != now:
        raise Stale(
            "changed-meanwhile",
            "别人已作更改,请看清后再提交。",
            "Somebody else has changed it; look before you send it again.",
        )
