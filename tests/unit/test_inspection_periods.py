"""When a check of a plan is due (R-005)."""

import datetime as dt

import pytest

from server.quality.periods import MONTHLY, WEEKLY, period_of, periods_until

DAY = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        (WEEKLY, "2025-03-03", "2025-03-03", "2025-03-09"),
        (WEEKLY, "2025-03-09", "2025-03-03", "2025-03-09"),
        (WEEKLY, "2024-12-31", "2024-12-30", "2025-01-05"),
        (MONTHLY, "2025-03-01", "2025-03-01", "2025-03-31"),
        (MONTHLY, "2024-02-29", "2024-02-01", "2024-02-29"),
        (MONTHLY, "2025-12-31", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_week_runs_from_monday_to_sunday_a_month_to_its_last_day(every, day, first, last):
    found = period_of(every, DAY(day))
    assert (found.from_on, found.due_on) == (DAY(first), DAY(last))


def test_the_last_day_is_still_in_time():
    week = period_of(WEEKLY, DAY("2025-03-05"))
    assert not week.overdue(DAY("2025-03-09"))
    assert week.overdue(DAY("2025-03-10"))


def test_a_plan_is_due_from_the_period_in_which_it_starts_newest_first():
    found = periods_until(WEEKLY, DAY("2025-02-20"), DAY("2025-03-05"), limit=9)
    assert [one.from_on.isoformat() for one in found] == ["2025-03-03", "2025-02-24", "2025-02-17"]


def test_a_forgotten_plan_does_not_ask_for_ever():
    found = periods_until(MONTHLY, DAY("2015-01-01"), DAY("2025-03-05"), limit=3)
    assert [one.from_on.isoformat() for one in found] == ["2025-03-01", "2025-02-01", "2025-01-01"]


def test_a_plan_of_next_month_asks_for_nothing_yet():
    assert periods_until(MONTHLY, DAY("2025-04-01"), DAY("2025-03-31"), limit=3) == ()


def test_another_rhythm_is_none():
    with pytest.raises(ValueError, match="daily"):
        period_of("daily", DAY("2025-03-05"))
