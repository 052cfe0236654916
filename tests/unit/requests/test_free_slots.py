"""Which appointments can be offered while the customer is on the telephone."""

import datetime as dt
from typing import Any

import pytest

from server.work_orders.free_slots import FreeSlot, Plan, Span, free_slots, windows
from tests.cast import NINE, SHANGHAI, after

TODAY = NINE.astimezone(SHANGHAI).date()
TOMORROW = TODAY + dt.timedelta(days=1)


def hours(begin: int, end: int, day: dt.date = TODAY) -> Span:
    """A stretch of the estate's day."""
    at = dt.datetime.combine(day, dt.time(), SHANGHAI)
    return Span(from_at=at + dt.timedelta(hours=begin), until_at=at + dt.timedelta(hours=end))


def plan(name: str = "刘强", **facts: Any) -> Plan:
    return Plan(name=name, **{"licensed_on": [TODAY, TOMORROW], **facts})


def offered(*plans: Plan, **facts: Any) -> list[FreeSlot]:
    return free_slots([hours(10, 12), hours(12, 14)], plans, SHANGHAI, **facts)


def told(*plans: Plan, **facts: Any) -> list[int]:
    """At which hours somebody is free."""
    return [one.window.from_at.astimezone(SHANGHAI).hour for one in offered(*plans, **facts)]


def test_the_day_has_windows_of_two_hours_from_eight_to_eight() -> None:
    found = windows(after(hours=-2), SHANGHAI, days=2)
    begins = [one.from_at.astimezone(SHANGHAI) for one in found]
    assert [one.hour for one in begins] == [8, 10, 12, 14, 16, 18] * 2
    assert {one.date() for one in begins} == {TODAY, TOMORROW}


def test_a_window_that_has_begun_is_offered_from_the_next_quarter_while_there_is_time() -> None:
    found = windows(after(minutes=-20), SHANGHAI, days=1)
    assert found[0].from_at == after(minutes=-15)
    assert windows(after(minutes=1), SHANGHAI, days=1)[0] == hours(10, 12)


def test_late_in_the_evening_the_next_day_begins() -> None:
    assert windows(after(hours=12), SHANGHAI, days=2)[0] == hours(8, 10, TOMORROW)


def test_who_has_nothing_to_do_is_free_and_named() -> None:
    first, _ = offered(plan(), plan("张伟"))
    assert first.names == ["刘强", "张伟"]


@pytest.mark.parametrize(
    ("begins", "free"),
    [(after(minutes=0), [10, 12]), (after(minutes=30), [12]), (after(hours=2), [12])],
    ids=["done by ten", "reaches into the window", "in the window"],
)
def test_an_appointment_takes_the_windows_it_reaches_into(
    begins: dt.datetime, free: list[int]
) -> None:
    assert told(plan(appointments=[begins])) == free


def test_whoever_is_away_or_lacks_the_licence_that_day_is_not_free() -> None:
    assert told(plan(absences=[hours(11, 15)])) == []
    assert told(plan(licensed_on=[TOMORROW])) == []


def test_where_a_roster_was_written_only_whoever_is_on_duty_throughout() -> None:
    morning = plan(shifts=[hours(8, 12)])
    assert told(morning, rostered={TODAY}) == [10]
    assert told(morning) == [10, 12]
    assert told(plan(), rostered={TODAY}) == []


def test_orders_that_nobody_has_yet_take_somebody_too() -> None:
    waiting = {"promised": [after(hours=1, minutes=30)]}
    assert told(plan(), **waiting) == [12]
    assert told(plan(), plan("张伟"), **waiting) == [10, 12]
