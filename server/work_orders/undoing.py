"""Taking back a dispatch or a recall that was a mistake: what can be undone, by whom, how long. Pure.

Only whoever did it, only a few minutes long, and only while nothing else has happened to the order
since. What a customer signed and what concerns money is never undone: a manager decides (R-062).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from server.work_orders.states import State

WINDOW = dt.timedelta(minutes=5)
#: Stands as the reason in the history of the order.
REASON = "撤销 undo"


class Undo(StrEnum):
    """What taking back comes to; each is an ordinary row of the lifecycle's table."""

    #: WO4 after WO2
    RECALL = "recall"
    #: WO2 after WO4: to whom it was taken from
    GIVE_BACK = "give_back"
    #: WO4 and WO2 after both: it was given to another one
    GIVE_BACK_TO_FIRST = "give_back_to_first"


class Happened(Protocol):
    """What is read of a row of history."""

    @property
    def kind(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Now:
    """The order as it stands."""

    state: State
    version: int


def undoable(rows: Sequence[Happened], order: Now, *, by: str, at: dt.datetime) -> Undo | None:
    """What `by` may still take back of this order at that moment.

    `rows`: its history, oldest first. `by`: the reference of whoever asks, as history keeps it.
    """
    moves = [row for row in rows if "transition" in row.data]
    last = moves[-1] if moves else None
    if last is None or last.actor != by or at - last.at > WINDOW:
        return None
    if last.data.get("version") != order.version:
        return None
    if last.kind == "order.recalled" and order.state is State.CREATED:
        return Undo.GIVE_BACK
    if last.kind == "order.dispatched" and order.state is State.DISPATCHED:
        before = moves[-2] if len(moves) > 1 else None
        # A re-assignment recalls and dispatches in one change.
        if before is not None and before.kind == "order.recalled" and before.at == last.at:
            return Undo.GIVE_BACK_TO_FIRST
        return Undo.RECALL
    return None
