"""Which list a slip is on, when a list is late, and what the month's list says (R-076, R-081)."""

import datetime as dt

import pytest

from server.handovers.slip_days import (
    Number,
    daily_due,
    in_time,
    list_day,
    month_list,
    month_over,
    monthly_due,
    slips_of_day,
)
from tests.cast import SHANGHAI

MARCH = dt.date(2025, 3, 1)


def at(day, *time, month=3, year=2025, zone=SHANGHAI):
    return dt.datetime(year, month, day, *time, tzinfo=zone)


@pytest.mark.parametrize(
    ("returned_at", "day"),
    [
        (at(5, 0, 0), 5),
        (at(5, 17, 29, 59), 5),
        (at(5, 17, 30), 5),
        (at(5, 17, 30, 59), 5),
        (at(5, 17, 31), 6),
        (at(5, 17, 42), 6),
        (at(5, 23, 59, 59), 6),
    ],
)
def test_a_slip_after_half_past_five_is_on_the_list_of_the_next_day(returned_at, day):
    """A-25."""
    assert list_day(returned_at, SHANGHAI) == dt.date(2025, 3, day)
    assert list_day(returned_at.astimezone(dt.UTC), SHANGHAI) == dt.date(2025, 3, day)
    from_at, until_at = slips_of_day(dt.date(2025, 3, day), SHANGHAI)
    assert from_at <= returned_at < until_at


def test_a_slip_late_on_new_years_eve_is_on_the_list_of_new_year():
    eve = at(31, 17, 42, month=12)
    assert list_day(eve, SHANGHAI) == dt.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("given_at", "fits"),
    [(at(5, 17, 30), True), (at(5, 17, 30, 59, 999), True), (at(5, 17, 31), False)],
)
def test_the_front_desk_hands_over_by_half_past_five(given_at, fits):
    assert in_time(given_at, daily_due(dt.date(2025, 3, 5), SHANGHAI)) is fits


@pytest.mark.parametrize(
    ("given_at", "fits"),
    [
        (at(1, 20, 0, month=4), True),
        (at(1, 23, 59, 59, month=4), True),
        (at(2, 0, 0, month=4), False),
    ],
)
def test_the_first_counts_to_its_end(given_at, fits):
    """A-08."""
    assert in_time(given_at, monthly_due(MARCH, SHANGHAI)) is fits


def test_the_slips_of_december_are_due_in_january():
    due = monthly_due(dt.date(2025, 12, 1), SHANGHAI).astimezone(SHANGHAI)
    assert due == at(1, 23, 59, 59, month=1, year=2026)


def test_a_month_is_over_at_its_estates_midnight():
    assert not month_over(MARCH, at(31, 23, 59, 59), SHANGHAI)
    assert month_over(MARCH, at(1, 0, 0, month=4), SHANGHAI)


def number(place, state, closed_in=None, *, issued="202503", hour=9):
    written = at(10, hour) if closed_in else None
    return Number(f"FW-{issued}-{place:04d}", state, closed_in, written)


def test_every_number_of_the_month_has_a_slip_or_a_reason():
    """F-11: cancelled, void, still open, closed later; and what February left to March."""
    april = dt.date(2025, 4, 1)
    numbers = [
        number(3, "closed", MARCH, hour=9),
        number(1, "archived", MARCH, hour=11),
        number(2, "cancelled"),
        number(4, "void"),
        number(5, "in_progress"),
        number(6, "closed", april),
        number(7, "closed", MARCH, issued="202502", hour=10),
        number(7, "closed", MARCH, issued="202502", hour=10),
    ]
    found = month_list(numbers, MARCH)
    assert found.orders == ["FW-202503-0003", "FW-202502-0007", "FW-202503-0001"]
    assert found.gaps == [
        {"number": "FW-202503-0002", "state": "cancelled"},
        {"number": "FW-202503-0004", "state": "void"},
        {"number": "FW-202503-0005", "state": "in_progress"},
        {"number": "FW-202503-0006", "state": "later"},
    ]


def test_a_month_without_orders_has_an_empty_list():
    assert month_list([], MARCH) == ([], [])
