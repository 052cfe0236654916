"""Warranty by the calendar: last day inclusive, leap days, either and earliest, cases on site."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.assets.months import months_after
from server.assets.warranty import (
    STANDARD,
    Basis,
    Case,
    Code,
    Dates,
    Ground,
    Terms,
    WhyNot,
    entitlement,
    periods_of,
)

ASKED = dt.date(2025, 3, 11)
DAYS = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2080, 1, 1))
BOTH = Dates(first_use_on=dt.date(2023, 6, 1), factory_on=dt.date(2023, 4, 1))
EARLIEST = Terms(months_from_use=12, months_from_factory=24, basis=Basis.EARLIEST)


def test_used_for_less_than_a_year_is_free_until_the_same_day_a_year_later():
    found = entitlement(STANDARD, Dates(first_use_on=dt.date(2024, 6, 10)), ASKED)
    assert (found.covered, found.code, found.ground) == (True, Code.IN_WARRANTY, Ground.FIRST_USE)
    assert found.until_on == dt.date(2025, 6, 10)


def test_two_years_from_the_factory_still_hold_by_either_and_not_by_earliest():
    either, earliest = entitlement(STANDARD, BOTH, ASKED), entitlement(EARLIEST, BOTH, ASKED)
    assert (either.code, either.ground, either.until_on) == (
        Code.IN_WARRANTY,
        Ground.FACTORY,
        dt.date(2025, 4, 1),
    )
    assert (earliest.code, earliest.why_not, earliest.until_on) == (
        Code.EXPIRED,
        WhyNot.OVER,
        dt.date(2024, 6, 1),
    )


@pytest.mark.parametrize(
    ("terms", "dates", "last"),
    [
        (STANDARD, Dates(first_use_on=dt.date(2024, 2, 29)), dt.date(2025, 2, 28)),
        (Terms(months_from_use=6), Dates(first_use_on=dt.date(2024, 8, 31)), dt.date(2025, 2, 28)),
        (
            Terms(months_from_acceptance=36),
            Dates(accepted_on=dt.date(2022, 5, 4), first_use_on=dt.date(2020, 1, 1)),
            dt.date(2025, 5, 4),
        ),
        (Terms(months_from_use=12), Dates(first_use_on=dt.date(2024, 3, 11)), ASKED),
    ],
    ids=["leap day", "accessory", "three years from acceptance", "one year"],
)
def test_the_last_day_is_free_and_the_next_one_is_not(terms, dates, last):
    assert entitlement(terms, dates, last).covered
    after = entitlement(terms, dates, last + dt.timedelta(days=1))
    assert (after.covered, after.code, after.until_on) == (False, Code.EXPIRED, last)


def test_without_any_date_nothing_is_free_and_nothing_is_called_expired():
    found = entitlement(STANDARD, Dates(accepted_on=ASKED), ASKED)
    assert (found.code, found.why_not, found.until_on) == (Code.PAID, WhyNot.NO_DATE, None)


def test_before_it_began_nothing_is_free():
    found = entitlement(STANDARD, Dates(first_use_on=dt.date(2025, 4, 1)), ASKED)
    assert (found.code, found.why_not) == (Code.PAID, WhyNot.NOT_BEGUN)


@pytest.mark.parametrize("case", [Case.MISUSE, Case.ALTERED])
def test_misuse_and_alteration_are_paid_within_any_warranty(case):
    found = entitlement(STANDARD, Dates(first_use_on=ASKED), ASKED, case=case)
    assert (found.covered, found.code, found.why_not) == (False, Code(case.value), WhyNot.CASE)


@pytest.mark.parametrize(
    "case",
    [Case.UNUSED_RETURN, Case.TRANSPORT_DAMAGE, Case.WRONG_DELIVERY, Case.CONFIRMED],
)
def test_what_was_delivered_wrong_or_confirmed_on_site_is_free_after_the_warranty(case):
    found = entitlement(STANDARD, Dates(first_use_on=dt.date(2010, 1, 1)), ASKED, case=case)
    assert (found.covered, found.code, found.case) == (True, Code.IN_WARRANTY, case)


@given(day=DAYS, months=st.integers(0, 400), more=st.integers(0, 400))
def test_months_go_forward_and_never_leave_their_month(day, months, more):
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + dt.timedelta(1)).day == 1)
    assert months_after(day, months + more) >= found


@given(used=DAYS, made=DAYS, asked=DAYS)
def test_earliest_never_gives_what_either_refuses_within_the_first_period(used, made, asked):
    dates = Dates(first_use_on=used, factory_on=made)
    either, earliest = entitlement(STANDARD, dates, asked), entitlement(EARLIEST, dates, asked)
    assert either.covered == any(one.holds(asked) for one in periods_of(STANDARD, dates))
    if earliest.covered:
        assert either.covered
        assert asked <= min(one.until_on for one in periods_of(EARLIEST, dates))


@given(used=st.none() | DAYS, made=st.none() | DAYS, asked=DAYS, basis=st.sampled_from(Basis))
def test_covered_until_says_the_last_day_that_is_covered(used, made, asked, basis):
    terms = Terms(months_from_use=12, months_from_factory=24, basis=basis)
    dates = Dates(first_use_on=used, factory_on=made)
    found = entitlement(terms, dates, asked)
    if found.covered:
        assert found.until_on is not None
        assert entitlement(terms, dates, found.until_on).covered
        assert found.why_not is None
    else:
        assert found.why_not is not None
