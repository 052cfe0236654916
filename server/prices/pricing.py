"""What the customer pays: pure arithmetic in integer fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


@dataclass(frozen=True, kw_only=True)
class Price:
    """A thing that may stand on a quote, with its price for one unit."""

    code: str
    description: str
    unit_price_fen: int
    unit: str = "次"
    one_off: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One priced line of a quote. `qty` has at most two decimals."""

    code: str
    description: str
    qty: Decimal
    unit_price_fen: int
    owner_supplied: bool = False
    #: the price stays on the line, the warranty pays it (X-001)
    in_warranty: bool = False

    @property
    def amount_fen(self) -> int:
        """What is charged: owner-supplied lines and those in warranty cost nothing."""
        return 0 if self.in_warranty else self.listed_fen

    @property
    def listed_fen(self) -> int:
        """qty times unit price, rounded half up to a fen; owner-supplied lines cost nothing."""
        if self.owner_supplied:
            return 0
        exact = self.qty * self.unit_price_fen
        return int(exact.to_integral_value(rounding=ROUND_HALF_UP))


def total_fen(lines: Iterable[Line]) -> int:
    """The sum of a quote: total = sum of qty x unit price (hard constraint 1)."""
    return sum(line.amount_fen for line in lines)


def listed_fen(lines: Iterable[Line]) -> int:
    """What the lines come to by the list, whoever pays."""
    return sum(line.listed_fen for line in lines)


def read_qty(text: str) -> Decimal | None:
    """A positive quantity with at most two decimals, or None where it is not one."""
    try:
        qty = Decimal(text)
    except InvalidOperation:
        return None
    if not qty.is_finite() or not 0 < qty < 1_000_000:  # noqa: PLR2004  # d(8,2)
        return None
    return qty if qty == qty.quantize(Decimal("0.01")) else None


def price_lines(
    wanted: Iterable[tuple[str, Decimal, bool]],
    prices: Mapping[str, Price],
    *,
    in_warranty: bool = False,
) -> tuple[list[Line], list[str]]:
    """Price (code, qty, owner supplied) against the list; the codes that are not on it (R-021)."""
    lines: list[Line] = []
    unknown: list[str] = []
    for code, qty, owner_supplied in wanted:
        price = prices.get(code)
        if price is None:
            unknown.append(code)
            continue
        lines.append(
            Line(
                code=code,
                description=price.description,
                qty=qty,
                unit_price_fen=price.unit_price_fen,
                owner_supplied=owner_supplied,
                in_warranty=in_warranty,
            )
        )
    return lines, unknown
