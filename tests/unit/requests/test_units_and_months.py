"""Units as they are said on the telephone, and months as a price list counts them."""

import datetime as dt

import pytest

from server.assets.months import months_after
from server.estate.finding import as_searched, as_unit_code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("3-2-1502", "3栋2单元1502"),
        (" 12-0301 ", "12栋0301"),
        ("3栋2单元1502", "3栋2单元1502"),
        ("3-2-15", "3-2-15"),
        ("王丽华", "王丽华"),
        ("", ""),
    ],
)
def test_a_unit_said_short_is_the_unit(said: str, code: str) -> None:
    assert as_unit_code(said) == code


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("3栋", "3"),
        ("3栋2", "3-2"),
        ("3栋2单元", "3-2"),
        ("3栋2单元15", "3-2-15"),
        ("栋梁", "栋梁"),
    ],
)
def test_a_unit_typed_half_is_searched_as_far_as_it_goes(typed: str, searched: str) -> None:
    assert as_searched(typed) == searched


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (dt.date(2025, 3, 5), 3, dt.date(2025, 6, 5)),
        (dt.date(2025, 1, 31), 1, dt.date(2025, 2, 28)),
        (dt.date(2024, 1, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2025, 11, 30), 12, dt.date(2026, 11, 30)),
        (dt.date(2025, 12, 31), 2, dt.date(2026, 2, 28)),
    ],
)
def test_months_of_warranty_end_on_the_same_day(day: dt.date, months: int, until: dt.date) -> None:
    assert months_after(day, months) == until
