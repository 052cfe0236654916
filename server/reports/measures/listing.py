"""The orders behind a figure: those that miss the target first, in pages that do not shift."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterable
from typing import NamedTuple

from server.errors import Invalid
from server.reports.measures.case import LISTED, Case

_PLACE = {verdict: place for place, verdict in enumerate(LISTED)}


class Key(NamedTuple):
    """Where a case stands in the list."""

    place: int
    #: the worst value first; what has none yet before all others
    worst: float
    number: str
    note: str


def key_of(case: Case) -> Key:
    """Its place in the list: missed ones first, and of them the worst."""
    worst = -math.inf if case.value is None else -case.value
    return Key(_PLACE[case.verdict], worst, case.number, case.note)


def page_of(
    cases: Iterable[Case], *, after: Key | None, limit: int
) -> tuple[list[Case], Key | None]:
    """The cases that follow `after`, and where the next page begins; None where it was the last."""
    keyed = [(key_of(case), case) for case in cases if case.verdict in _PLACE]
    following = [one for one in keyed if after is None or one[0] > after]
    following.sort(key=lambda one: one[0])
    page = following[:limit]
    more = len(following) > limit
    return [case for _, case in page], page[-1][0] if more else None


def write_place(key: Key) -> str:
    """Where the next page begins, as it stands in an address."""
    # Minus infinity is no JSON: what has no value yet stands as null.
    worst = key.worst if key.worst > float("-inf") else None
    text = json.dumps([key.place, worst, key.number, key.note], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_place(text: str | None) -> Key | None:
    """The place that an address names; None for the first page. Raises Invalid."""
    if not text:
        return None
    try:
        place, worst, number, note = json.loads(
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        )
        if worst is None:
            worst = float("-inf")
        return Key(int(place), float(worst), str(number), str(note))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid("bad-cursor", "分页位置无效。", "The place is not one of ours.") from error
