"""Shifts by the clock on the wall: over midnight, over the change of the clocks, week by week."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from server.rosters.patterns import (
    PATTERNS,
    Span,
    clash,
    days_later,
    days_of,
    monday_of,
    pattern_of,
    shift_on,
    whole_days,
)
from tests.cast import SHANGHAI

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = dt.date(2025, 3, 5)
#: In the night to this Sunday clocks in Berlin go forward, in October back.
SPRING, AUTUMN = dt.date(2025, 3, 30), dt.date(2025, 10, 26)
HOUR = dt.timedelta(hours=1)


def named(name, day=WEDNESDAY, zone=SHANGHAI):
    one = PATTERNS[name]
    return shift_on(day, one.begins, one.ends, zone)


def on_the_wall(span, zone):
    return tuple(f"{at.astimezone(zone):%m-%d %H:%M}" for at in (span.from_at, span.until_at))


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("early", "03-05 08:00", "03-05 16:00"),
        ("late", "03-05 14:00", "03-05 22:00"),
        ("night", "03-05 22:00", "03-06 06:00"),
    ],
)
def test_a_shift_by_name_stands_where_the_clock_on_the_wall_says(name, begins, ends):
    assert on_the_wall(named(name), SHANGHAI) == (begins, ends)
    assert named(name).from_at.tzinfo is dt.UTC
    assert pattern_of(named(name), SHANGHAI) == name


def test_another_shift_has_no_name():
    assert pattern_of(shift_on(WEDNESDAY, dt.time(9), dt.time(17), SHANGHAI), SHANGHAI) is None


@pytest.mark.parametrize(("sunday", "hours"), [(SPRING, 7), (AUTUMN, 9), (WEDNESDAY, 8)])
def test_a_night_in_which_the_clocks_change_is_shorter_or_longer(sunday, hours):
    night = named("night", sunday - dt.timedelta(days=1), BERLIN)
    assert night.until_at - night.from_at == hours * HOUR
    assert pattern_of(night, BERLIN) == "night"


def test_a_time_that_the_clocks_skip_is_still_a_shift():
    span = shift_on(SPRING, dt.time(2, 30), dt.time(8), BERLIN)
    assert dt.timedelta() < span.until_at - span.from_at < 6 * HOUR


def test_a_shift_copied_over_the_change_of_the_clocks_keeps_its_hands():
    before = named("early", SPRING - dt.timedelta(days=5), BERLIN)
    after = days_later(before, 7, BERLIN)
    assert on_the_wall(after, BERLIN) == ("04-01 08:00", "04-01 16:00")
    assert after.from_at - before.from_at == dt.timedelta(days=7) - HOUR


def test_a_week_begins_on_monday_and_has_seven_days_whatever_their_length():
    assert {monday_of(day) for day in days_of(dt.date(2025, 3, 3))} == {dt.date(2025, 3, 3)}
    week = whole_days(SPRING - dt.timedelta(days=6), 7, BERLIN)
    assert week.until_at - week.from_at == dt.timedelta(days=7) - HOUR


def test_a_shift_may_begin_when_the_one_before_ends():
    early, late = named("early"), named("late")
    next_one = Span(from_at=early.until_at, until_at=early.until_at + HOUR)
    assert clash(next_one, [early]) is None
    assert clash(late, [early]) == early
    assert clash(early, [late]) == late
    assert clash(Span(from_at=early.from_at + HOUR, until_at=early.until_at - HOUR), [early])
