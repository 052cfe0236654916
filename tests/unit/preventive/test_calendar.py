"""Due days of preventive plans: calendar months from the start, never drifting."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from server.assets.months import months_after
from server.preventive.calendar import due_until, next_due

DAYS = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2060, 1, 1))


def test_a_plan_of_the_last_of_january_comes_back_to_the_thirty_first():
    days = due_until(dt.date(2025, 1, 31), 1, dt.date(2025, 1, 31), dt.date(2025, 4, 30))
    assert [day.isoformat() for day in days] == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
    ]


def test_a_quarter_and_a_leap_year():
    assert next_due(dt.date(2025, 1, 15), 3, after=dt.date(2025, 1, 15)) == dt.date(2025, 4, 15)
    assert next_due(dt.date(2024, 2, 29), 12, after=dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)
    assert next_due(dt.date(2024, 2, 29), 12, after=dt.date(2027, 6, 1)) == dt.date(2028, 2, 29)


def test_nothing_is_due_before_the_plan_starts():
    assert next_due(dt.date(2025, 5, 1), 1, after=dt.date(2025, 3, 5)) == dt.date(2025, 5, 1)
    assert due_until(dt.date(2025, 5, 1), 1, dt.date(2025, 5, 1), dt.date(2025, 4, 30)) == []


@given(starts=DAYS, every=st.sampled_from([1, 3, 12]), later=st.integers(-400, 4000))
def test_the_next_due_day_is_one_of_the_plan_and_the_first_one_later(starts, every, later):
    after = starts + dt.timedelta(days=later)
    found = next_due(starts, every, after=after)
    months = (found.year - starts.year) * 12 + found.month - starts.month
    assert found > after
    assert months % every == 0
    assert found == months_after(starts, months)
    if months:
        assert months_after(starts, months - every) <= after
