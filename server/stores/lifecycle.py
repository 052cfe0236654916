"""Materials and tools, ST1–ST5, as a table over the quantities. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
#: A tool that is out for longer is asked for (K-19).
TOOL_BACK_WITHIN = dt.timedelta(days=1)


class Kind(StrEnum):
    """What somebody can have in hand."""

    MATERIAL = "material"
    TOOL = "tool"
    OLD_PART = "old_part"


class Moved(StrEnum):
    """Why something came into the warehouse or left it."""

    OPENING = "opening"
    RECEIPT = "receipt"
    ISSUE = "issue"
    RETURN = "return"
    COUNT = "count"
    SCRAP = "scrap"


class Held(StrEnum):
    """Why something came into somebody's hands or left them."""

    ISSUED = "issued"
    USED = "used"
    RETURNED = "returned"
    LOST = "lost"
    TAKEN_OUT = "taken_out"
    HANDED_IN = "handed_in"


class Fate(StrEnum):
    """What becomes of a part that was taken out at a customer's."""

    SCRAPPED = "scrapped"
    KEPT = "kept"
    LEFT_WITH_OWNER = "left_with_owner"


class LineState(StrEnum):
    """The states of a line, read off the quantities."""

    REQUESTED = "requested"
    ISSUED = "issued"
    USED = "used"
    RETURNED = "returned"
    LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class Quantities:
    """Where the pieces of one line are."""

    kind: str
    requested: Decimal
    issued: Decimal = ZERO
    used: Decimal = ZERO
    returned: Decimal = ZERO
    lost: Decimal = ZERO
    loss_decided: bool = True
    #: said to have been brought back; settled by the storekeeper alone (ST4)
    handed_back: Decimal = ZERO

    @property
    def out(self) -> Decimal:
        """What is still with the technician."""
        return self.issued - self.used - self.returned - self.lost

    @property
    def awaited(self) -> Decimal:
        """What the storekeeper is to take back: never more than is out."""
        return min(self.handed_back, self.out)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One row of the table: who moves pieces from where to where."""

    id: str
    action: str
    permission: str
    material_only: bool = False


MOVES: tuple[Move, ...] = (
    Move(id="ST1", action="request", permission="stock.use"),
    Move(id="ST2", action="issue", permission="stock.issue"),
    Move(id="ST3", action="use", permission="stock.use", material_only=True),
    Move(id="ST4", action="return", permission="stock.issue"),
    Move(id="ST5", action="lose", permission="stock.use"),
)
BY_ACTION: dict[str, Move] = {move.action: move for move in MOVES}


def refusal(action: str, line: Quantities, qty: Decimal) -> str | None:
    """Why `qty` pieces cannot make this move, as a slug; None where they can."""
    move = BY_ACTION[action]
    if qty <= 0:
        return "qty-not-positive"
    if action == "issue":
        return "more-than-requested" if line.issued + qty > line.requested else None
    if move.material_only and line.kind != "material":
        return "tools-are-not-used-up"
    return "more-than-out" if qty > line.out else None


def settled(line: Quantities) -> bool:
    """Whether the line no longer holds the order open: issued = used + returned + lost (R-072).

    A loss counts only once a manager has decided on it (ST5).
    """
    return line.out == 0 and (line.lost == 0 or line.loss_decided)


def state(line: Quantities) -> LineState:
    """The name of where a line stands."""
    if line.issued == 0:
        return LineState.REQUESTED
    if line.out > 0:
        return LineState.ISSUED
    if line.lost > 0:
        return LineState.LOST
    return LineState.USED if line.used > 0 else LineState.RETURNED


def tool_due_at(out_since: Iterable[dt.datetime]) -> dt.datetime | None:
    """By when the first of the tools that are out is to be back; None while none is out (K-19)."""
    first = min(out_since, default=None)
    return None if first is None else first + TOOL_BACK_WITHIN


def is_low(level: Decimal, minimum: Decimal) -> bool:
    """Whether an item has fallen below its minimum; exactly at it there is enough (X-013)."""
    return level < minimum
