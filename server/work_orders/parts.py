"""What the customer was billed against what went into the job (ST3, R-055, R-072). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

NONE = Decimal(0)


class Difference(StrEnum):
    """What is odd about one item."""

    USED_NOT_BILLED = "used_not_billed"
    BILLED_NOT_USED = "billed_not_used"
    #: on the quote, and nothing of it was ever drawn from the warehouse
    NOT_DRAWN = "not_drawn"
    #: issued, and neither used nor back
    STILL_OUT = "still_out"


@dataclass(frozen=True, kw_only=True)
class Billed:
    """One line of the quote that counts."""

    item: str
    name: str
    qty: Decimal
    owner_supplied: bool = False


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One stock line of the order."""

    item: str
    name: str
    is_material: bool
    issued: Decimal
    used: Decimal
    out: Decimal


@dataclass(frozen=True, kw_only=True)
class Part:
    """One material or tool: how much of it was billed, drawn and used."""

    item: str
    name: str
    billed: Decimal = NONE
    drawn: Decimal = NONE
    used: Decimal = NONE
    out: Decimal = NONE
    is_material: bool = True
    owner_supplied: bool = False

    @property
    def is_unbilled(self) -> bool:
        """ST3: material that was used and is not what the customer was billed."""
        return self.used > 0 and self.used != self.billed

    @property
    def difference(self) -> Difference | None:
        """What a reviewer is told of it; None where quote and job agree."""
        if self.out > 0:
            return Difference.STILL_OUT
        if not self.is_material or self.owner_supplied or self.used == self.billed:
            return None
        if self.used > self.billed:
            return Difference.USED_NOT_BILLED
        return Difference.BILLED_NOT_USED if self.drawn else Difference.NOT_DRAWN


def compare(
    billed: Iterable[Billed], drawn: Iterable[Drawn], *, materials: Collection[str]
) -> tuple[Part, ...]:
    """The materials and tools of an order, those of the quote first, in its order.

    `materials` are the codes of the quote that the warehouse keeps: labour is compared with nothing.
    """
    parts: dict[str, Part] = {}
    for line in billed:
        if line.item in materials:
            known = parts.get(line.item, Part(item=line.item, name=line.name))
            parts[line.item] = replace(
                known,
                billed=known.billed + line.qty,
                owner_supplied=known.owner_supplied or line.owner_supplied,
            )
    for one in drawn:
        known = parts.get(one.item, Part(item=one.item, name=one.name))
        parts[one.item] = replace(
            known,
            name=one.name,
            is_material=one.is_material,
            drawn=known.drawn + one.issued,
            used=known.used + one.used,
            out=known.out + one.out,
        )
    return tuple(parts.values())
