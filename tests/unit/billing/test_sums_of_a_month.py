"""The arithmetic of a month: nothing is lost between orders, sums and notices (K-18, R-077)."""

import dataclasses
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from server.billing.lifecycle import METHODS, MONTHLY, EntryState
from server.billing.sums import (
    Amounts,
    EntryLine,
    PricedLine,
    differences,
    month_totals,
    notices_less_orders_fen,
    notices_of,
    split,
    unfinished,
)
from server.prices.pricing import Line

UNITS = ("3栋2单元1502", "5栋1单元0801", "10栋1单元1206")
fen = st.integers(0, 500_000)


@st.composite
def entries(draw, number=0):
    """One order in the ledger, as operations leave it."""
    labour, material = draw(fen), draw(fen)
    waived = draw(st.integers(0, labour + material))
    charge = labour + material - waived
    state = draw(st.sampled_from(EntryState))
    return EntryLine(
        order=f"FW-202503-{number:04d}",
        unit=draw(st.sampled_from(UNITS)),
        category=draw(st.sampled_from(["lamp", "switch", "tap_valve"])),
        method=draw(st.sampled_from(METHODS)) if charge else "free_of_charge",
        state=state,
        labour_fen=labour,
        material_fen=material,
        waived_fen=waived,
        charge_fen=charge,
        order_charge_fen=charge,
        held=draw(st.booleans()),
        reported=state in {"reported", "approved", "noticed", "overdue"},
    )


months = st.integers(0, 12).flatmap(
    lambda count: st.tuples(*(entries(number=number) for number in range(count)))
)


@given(months)
def test_notices_come_to_exactly_what_the_orders_of_the_monthly_notice_come_to(lines):
    totals = {
        unit: sum(one.amount_fen for one in those) for unit, those in notices_of(lines).items()
    }
    monthly = [one for one in lines if one.counts and one.method == MONTHLY]
    assert sum(totals.values()) == sum(one.order_charge_fen for one in monthly)
    assert notices_less_orders_fen(totals, lines) == {}
    told = [one.order for those in notices_of(lines).values() for one in those]
    assert sorted(told) == sorted({one.order for one in monthly if one.charge_fen})


@given(months.filter(lambda lines: any(one.counts and one.method == MONTHLY for one in lines)))
def test_an_order_that_says_otherwise_is_found_before_its_notice_goes_out(lines):
    totals = {
        unit: sum(one.amount_fen for one in those) for unit, those in notices_of(lines).items()
    }
    place = next(i for i, one in enumerate(lines) if one.counts and one.method == MONTHLY)
    changed = dataclasses.replace(lines[place], order_charge_fen=lines[place].charge_fen + 100)
    wrong = notices_less_orders_fen(totals, [*lines[:place], changed, *lines[place + 1 :]])
    assert wrong == {changed.unit: -100}


@given(months)
def test_methods_and_categories_each_add_up_to_the_whole(lines):
    totals = month_totals(lines)
    for table in (totals.by_method, totals.by_category):
        for name in ("orders", "labour_fen", "material_fen", "waived_fen", "charge_fen"):
            assert sum(getattr(one, name) for one in table.values()) == getattr(totals.whole, name)
    whole = totals.whole
    assert whole.charge_fen == whole.labour_fen + whole.material_fen - whole.waived_fen
    assert whole.orders == sum(one.counts for one in lines)


@given(
    st.lists(
        st.tuples(st.decimals("0.01", "99.99", places=2), fen, fen, st.booleans(), st.booleans()),
        max_size=6,
    )
)
def test_labour_and_material_are_never_more_or_less_than_the_quote(lines):
    priced = []
    for qty, labour, material, owner_supplied, on_the_list in lines:
        line = Line(
            code="X",
            description="x",
            qty=qty,
            unit_price_fen=labour + material,
            owner_supplied=owner_supplied,
        )
        priced.append(
            PricedLine(
                qty=qty,
                amount_fen=line.amount_fen,
                labour_unit_fen=labour if on_the_list else None,
                material_unit_fen=material if on_the_list else None,
            )
        )
    found = split(priced)
    assert found.total_fen == sum(line.amount_fen for line in priced)
    assert found.labour_fen >= 0
    assert found.material_fen >= 0


def test_a_lamp_is_fifteen_labour_and_fifteen_material():
    def line(labour_fen, material_fen):
        amount_fen = labour_fen + material_fen
        return PricedLine(
            qty=Decimal(1),
            amount_fen=amount_fen,
            labour_unit_fen=labour_fen,
            material_unit_fen=material_fen,
        )

    assert split([line(1500, 0), line(0, 1200), line(0, 300)]) == Amounts(
        labour_fen=1500, material_fen=1500
    )


def test_what_is_open_is_named_with_its_orders_and_what_is_held_stops_nobody():
    def order(number, **facts):
        told = {"state": "registered", "charge_fen": 3000, "order_charge_fen": 3000, **facts}
        return EntryLine(
            order=number,
            unit=UNITS[0],
            category="lamp",
            method=MONTHLY,
            labour_fen=1500,
            material_fen=1500,
            waived_fen=0,
            **told,
        )

    lines = [
        order("FW-202503-0001"),
        order("FW-202503-0002", state="unbilled"),
        order("FW-202503-0003", state="unbilled", held=True),
        order("FW-202503-0004", charge_fen=2500, order_charge_fen=2500),
        order("FW-202503-0005", order_charge_fen=1000),
    ]
    found = {
        one.code: (one.count, one.amount_fen, one.orders)
        for one in differences(lines, waivers_asked={"FW-202503-0001": 700}, month_is_over=False)
    }
    assert found == {
        "unregistered": (1, 3000, ("FW-202503-0002",)),
        "held": (1, 3000, ("FW-202503-0003",)),
        "waiver_undecided": (1, 700, ("FW-202503-0001",)),
        "does_not_add_up": (1, -500, ("FW-202503-0004",)),
        "order_says_otherwise": (1, -2000, ("FW-202503-0005",)),
        "month_not_over": (1, 0, ()),
    }
    settled = differences([lines[2]], waivers_asked={}, month_is_over=False)
    assert unfinished(settled) == []
