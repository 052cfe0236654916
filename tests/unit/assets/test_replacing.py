"""When a repair has failed so often or stood so long that the appliance had better go."""

import datetime as dt

from server.assets.replacing import Repair, days_in_repair, failed_repairs
from tests.cast import SHANGHAI, after


def repair(number, day, *, done=None, turned_down=0, category="air_conditioner"):
    return Repair(
        number=number,
        category=category,
        reported_at=after(days=day),
        restored_at=None if done is None else after(days=done),
        turned_down=turned_down,
    )


def failed(*repairs):
    return failed_repairs(repairs, repairs[-1].number, within_days=90)


def test_a_trial_turned_down_is_a_failed_repair():
    assert failed(repair("FW-1", 0, turned_down=1)) == 1
    assert failed(repair("FW-1", 0, turned_down=2)) == 2


def test_a_fault_that_comes_back_within_ninety_days_was_repaired_in_vain():
    assert failed(repair("FW-1", 0, done=1), repair("FW-2", 90)) == 1
    assert failed(repair("FW-1", 0, done=1), repair("FW-2", 92)) == 0
    twice = (repair("FW-1", 0, done=1), repair("FW-2", 60, done=61), repair("FW-3", 120))
    assert failed(*twice) == 2, "each of them within ninety days of the next"


def test_another_fault_says_nothing_about_this_one():
    assert failed(repair("FW-1", 0, done=1, category="switch"), repair("FW-2", 5)) == 0


def test_what_happened_later_does_not_count():
    later = repair("FW-2", 5, turned_down=2)
    assert failed_repairs([later, repair("FW-1", 0)], "FW-1", within_days=90) == 0


def test_days_in_repair_are_days_of_the_calendar_counted_once():
    both = [repair("FW-1", 0, done=2), repair("FW-2", 1, done=3)]
    assert days_in_repair(both, SHANGHAI, at=after(days=9)) == 4
    assert days_in_repair([repair("FW-1", 0)], SHANGHAI, at=after(days=59)) == 60
    night = Repair(
        number="FW-1",
        category="lamp",
        reported_at=dt.datetime(2025, 3, 5, 15, 59, tzinfo=dt.UTC),
        restored_at=dt.datetime(2025, 3, 5, 16, 1, tzinfo=dt.UTC),
        turned_down=0,
    )
    assert days_in_repair([night], SHANGHAI, at=after()) == 2
