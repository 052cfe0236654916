"""What other pages show of assets: those of a unit, the one of an order, a warranty as a line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from server.accounts.queries import names_of
from server.assets import checks, queries
from server.assets.models import WarrantyCheck
from server.assets.queries import Row
from server.assets.warranty import Case, Entitlement, Ground
from server.db import session, utcnow
from server.estate.models import Unit
from server.http import level, settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import covering

#: The drawn line is so wide; the day that is asked about always stands on it.
WIDTH = 600
_MARGIN = dt.timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Known:
    """An asset and what holds for it on a day."""

    row: Row
    found: Entitlement


@dataclass(frozen=True, kw_only=True)
class OfOrder:
    """The asset of an order, the answer that is applied, and who confirmed it."""

    row: Row
    check: WarrantyCheck | None
    confirmed_by: str | None
    may_rule: bool


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One period on the line, in its units from the left."""

    ground: Ground
    from_on: dt.date
    until_on: dt.date
    x: int
    width: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """The periods of a warranty drawn against a day."""

    bars: tuple[Bar, ...]
    today_x: int
    width: int = WIDTH


def today() -> dt.date:
    """The day at the estate."""
    return utcnow().astimezone(settings().zone).date()


def assets_of(unit: Unit) -> list[Known]:
    """What stands in a unit, each with its warranty today, for whoever may know."""
    if level("asset.manage") is None:
        return []
    return [
        Known(row=row, found=checks.ask(settings(), row.asset, row.warranty_class, today()))
        for row in queries.of_unit(session(), unit.id)
    ]


def asset_of(order: WorkOrder) -> OfOrder | None:
    """What an order is about, where the desk knows it."""
    if order.asset_id is None or level("asset.manage") is None:
        return None
    current = session()
    check = checks.last_of_order(current, order.estate_id, order.number)
    names = names_of(current, {check.confirmed_by} if check and check.confirmed_by else set())
    return OfOrder(
        row=queries.one(current, order.asset_id),
        check=check,
        confirmed_by=next(iter(names.values()), None),
        may_rule=level("warranty.rule") in {"D", "A"} and order.state not in covering.SETTLED,
    )


def line_of(found: Entitlement) -> Line | None:
    """The periods from left to right with a mark for the day; None without a period."""
    if not found.periods:
        return None
    first = min(*(one.from_on for one in found.periods), found.asked_on) - _MARGIN
    last = max(*(one.until_on for one in found.periods), found.asked_on) + _MARGIN
    days = (last - first).days

    def place(day: dt.date) -> int:
        return WIDTH * (day - first).days // days

    bars = tuple(
        Bar(
            ground=one.ground,
            from_on=one.from_on,
            until_on=one.until_on,
            x=place(one.from_on),
            width=max(1, place(one.until_on) - place(one.from_on)),
        )
        for one in found.periods
    )
    return Line(bars=bars, today_x=place(found.asked_on))


IN_TEMPLATES = {
    "assets_of": assets_of,
    "asset_of": asset_of,
    "warranty_line": line_of,
    "findings_on_site": [case.value for case in Case],
}
