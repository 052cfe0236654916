"""The warehouse's own rules, over quantities and moments alone."""

import datetime as dt
from decimal import Decimal

from server.stores.lifecycle import is_low, tool_due_at
from tests.cast import NINE, after


def test_exactly_at_the_minimum_there_is_enough():
    assert not is_low(Decimal("2.00"), Decimal(2))
    assert is_low(Decimal("1.99"), Decimal(2))
    assert not is_low(Decimal(0), Decimal(0)), "an item without a minimum is never low"


def test_a_tool_is_due_a_day_after_it_went_out_and_the_first_of_several_decides():
    assert tool_due_at([after(hours=2), NINE]) == NINE + dt.timedelta(days=1)
    assert tool_due_at([]) is None
