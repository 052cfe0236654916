"""The week of a report begins on Monday, and its counts follow from what was done (F-18)."""

import datetime as dt

import pytest

from server.month_end.weekly_counts import COUNTED, counts, monday_of, week
from tests.cast import SHANGHAI

MONDAY = dt.date(2025, 3, 3)


@pytest.mark.parametrize("days", range(7))
def test_every_day_of_a_week_has_the_same_monday(days):
    assert monday_of(MONDAY + dt.timedelta(days=days)) == MONDAY


def test_a_week_lasts_from_midnight_to_midnight_at_the_estate():
    first, following = week(MONDAY, SHANGHAI)
    assert first == dt.datetime(2025, 3, 3, tzinfo=SHANGHAI)
    assert following == dt.datetime(2025, 3, 10, tzinfo=SHANGHAI)


def test_kinds_of_history_add_up_and_what_nobody_counts_is_left_out():
    found = counts({"order.dispatched": 3, "order.handed_over": 1, "step.recorded": 40})
    assert found["dispatched"] == 4
    assert sum(found.values()) == 4
    assert set(found) == set(COUNTED)
