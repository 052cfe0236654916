"""The arithmetic of a month: labour and material, sums, what does not agree (K-18). Pure, in fen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from server.billing.lifecycle import HOLDS_FAST, METHODS, MONTHLY, EntryState, ReportState

#: So many orders are named under a difference; the page leads to all of them.
NAMED = 20


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """One line of a confirmed quote beside its item; a one-off price has no labour of its own."""

    qty: Decimal
    amount_fen: int
    #: labour of one unit by the price list; None where the line is not on it (P-06)
    labour_unit_fen: int | None
    material_unit_fen: int | None


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """What an order comes to by its confirmed quote."""

    labour_fen: int = 0
    material_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Both together: the quote's total (hard constraint 1)."""
        return self.labour_fen + self.material_fen


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One order of a month as the ledger has it, beside what the order itself says now."""

    order: str
    unit: str
    category: str
    method: str
    state: str
    labour_fen: int
    material_fen: int
    waived_fen: int
    charge_fen: int
    #: what the order says now
    order_charge_fen: int
    written_off_at: dt.datetime | None = None
    #: nobody may bill it yet: a manager has to decide, or the customer to sign again (A-15)
    held: bool = False
    #: stands in a report that was submitted or approved
    reported: bool = False

    @property
    def counts(self) -> bool:
        """Whether it stands in the month's sums: registered, and nothing holds it."""
        return self.reported or (not self.held and self.state != EntryState.UNBILLED)


@dataclass(kw_only=True)
class Sums:
    """Orders of one kind, added up."""

    orders: int = 0
    labour_fen: int = 0
    material_fen: int = 0
    waived_fen: int = 0
    charge_fen: int = 0

    def add(self, line: EntryLine) -> None:
        """Count one order."""
        self.orders += 1
        self.labour_fen += line.labour_fen
        self.material_fen += line.material_fen
        self.waived_fen += line.waived_fen
        self.charge_fen += line.charge_fen


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that does not agree or still stands open, and the orders it is about."""

    code: str
    count: int
    amount_fen: int
    orders: tuple[str, ...]


@dataclass(kw_only=True)
class MonthTotals:
    """A month by payment method and by category (F-08, K-18)."""

    by_method: dict[str, Sums] = field(default_factory=dict)
    by_category: dict[str, Sums] = field(default_factory=dict)
    whole: Sums = field(default_factory=Sums)
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """As `finance_report.totals` keeps it."""
        return {
            "by_method": {key: asdict(sums) for key, sums in self.by_method.items()},
            "by_category": {key: asdict(sums) for key, sums in self.by_category.items()},
            **asdict(self.whole),
            "differences": [
                {**asdict(one), "orders": list(one.orders)} for one in self.differences
            ],
        }


def split(lines: Iterable[PricedLine]) -> Amounts:
    """Labour and material of a quote; together always exactly what the lines come to.

    An off-list line is a part that was bought for this order: material.
    """
    labour = total = 0
    for line in lines:
        total += line.amount_fen
        labour += _labour(line)
    return Amounts(labour_fen=labour, material_fen=total - labour)


def _labour(line: PricedLine) -> int:
    if line.labour_unit_fen is None or line.amount_fen == 0:
        return 0
    if not line.material_unit_fen:
        return line.amount_fen
    exact = (line.qty * line.labour_unit_fen).to_integral_value(rounding=ROUND_HALF_UP)
    return min(int(exact), line.amount_fen)


def month_totals(lines: Iterable[EntryLine]) -> MonthTotals:
    """Sums of what counts. Methods stand in the order of the ledger, categories by their weight."""
    found = MonthTotals()
    methods: dict[str, Sums] = defaultdict(Sums)
    categories: dict[str, Sums] = defaultdict(Sums)
    for line in lines:
        if line.counts:
            methods[line.method].add(line)
            categories[line.category].add(line)
            found.whole.add(line)
    known = [*METHODS, *sorted(set(methods) - set(METHODS))]
    found.by_method = {key: methods[key] for key in known if key in methods}
    heaviest = sorted(categories, key=lambda key: (-categories[key].charge_fen, key))
    found.by_category = {key: categories[key] for key in heaviest}
    return found


def differences(
    lines: Collection[EntryLine], *, waivers_asked: Mapping[str, int], month_is_over: bool
) -> list[Difference]:
    """What finance has to look at before the month is told to the manager (R-075).

    `waivers_asked`: order number -> fen that somebody asked to let go of, undecided.
    """
    found = [
        _difference("unregistered", [one for one in lines if _waits(one)]),
        _difference("held", [one for one in lines if one.held and not one.reported]),
        _difference(
            "waiver_undecided",
            [one for one in lines if one.order in waivers_asked],
            waivers_asked,
        ),
        _difference(
            "does_not_add_up",
            wrong := [
                one
                for one in lines
                if one.charge_fen != one.labour_fen + one.material_fen - one.waived_fen
            ],
            {
                one.order: one.charge_fen - one.labour_fen - one.material_fen + one.waived_fen
                for one in wrong
            },
        ),
        _difference(
            "order_says_otherwise",
            other := [one for one in lines if one.charge_fen != one.order_charge_fen],
            {one.order: one.order_charge_fen - one.charge_fen for one in other},
        ),
    ]
    if not month_is_over:
        found.append(Difference(code="month_not_over", count=1, amount_fen=0, orders=()))
    return [one for one in found if one.count]


def _waits(line: EntryLine) -> bool:
    return line.state == EntryState.UNBILLED and not line.held


def _difference(
    code: str, lines: Sequence[EntryLine], fen: Mapping[str, int] | None = None
) -> Difference:
    return Difference(
        code=code,
        count=len(lines),
        amount_fen=sum(line.charge_fen if fen is None else fen[line.order] for line in lines),
        orders=tuple(sorted(line.order for line in lines)[:NAMED]),
    )


def unfinished(found: Iterable[Difference]) -> list[Difference]:
    """Of the differences those with which no report goes up: nothing of them can be made good
    once the month is approved (R-074, R-075)."""
    keep = {"unregistered", "waiver_undecided", "does_not_add_up", "order_says_otherwise"}
    return [one for one in found if one.code in keep]


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One order on a fee notice: its serial number and amount (R-077)."""

    order: str
    amount_fen: int


def notices_of(lines: Iterable[EntryLine]) -> dict[str, tuple[NoticeLine, ...]]:
    """Unit -> the orders it is told of, by number: what is paid by the month and comes to
    something."""
    found: dict[str, list[NoticeLine]] = defaultdict(list)
    for line in lines:
        if line.method == MONTHLY and line.charge_fen > 0 and line.counts:
            found[line.unit].append(NoticeLine(order=line.order, amount_fen=line.charge_fen))
    return {unit: tuple(sorted(those, key=lambda one: one.order)) for unit, those in found.items()}


def notices_less_orders_fen(
    notices: Mapping[str, int], lines: Iterable[EntryLine]
) -> dict[str, int]:
    """Unit -> notice total less what its orders say, only where that is not nothing (R-077, hard
    constraint 13). Empty is as it must be."""
    left: dict[str, int] = defaultdict(int, notices)
    for line in lines:
        if line.method == MONTHLY and line.counts:
            left[line.unit] -= line.order_charge_fen
    return {unit: fen for unit, fen in left.items() if fen != 0}


def holds_fast(report_state: str | None) -> bool:
    """Whether a report in this state keeps its month as it is."""
    return report_state is not None and ReportState(report_state) in HOLDS_FAST
