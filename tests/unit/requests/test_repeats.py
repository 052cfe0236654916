"""A fault told twice by one household, and once by many."""

import datetime as dt
import uuid
from typing import Any

import pytest

from server.requests.repeats import Report, double_report, shared_fault, supply_of
from tests.cast import NINE

HOMES = [uuid.UUID(int=number) for number in range(5)]
HOME = HOMES[0]
DAY = dt.timedelta(hours=24)
SECOND = dt.timedelta(seconds=1)


def report(home: uuid.UUID = HOME, **facts: Any) -> Report:
    told: dict[str, Any] = {
        "number": "DJ-202503-0001",
        "state": "registered",
        "category": None,
        "content": "厨房水龙头滴水",
        "registered_at": NINE - dt.timedelta(hours=1),
        "under_way": True,
        **facts,
    }
    return Report(unit_id=home, unit_code="3栋2单元1502", **told)


def again(reports: list[Report], content: str = "水龙头还在滴", category: str | None = None) -> Any:
    return double_report(reports, unit_id=HOME, category=category, content=content, at=NINE)


def test_the_same_fault_of_the_same_unit_is_told_twice() -> None:
    first = report()
    assert again([first]) is first


def test_the_category_chosen_at_the_desk_goes_before_the_words() -> None:
    judged = report(category="tap_valve", content="厨房在滴")
    assert again([judged], content="还在滴", category="tap_valve") is judged
    assert again([judged], content="水龙头还在滴", category="lamp") is None


def test_of_several_the_newest_counts() -> None:
    older, newer = report(registered_at=NINE - DAY / 2), report(number="DJ-202503-0002")
    assert again([older, newer]) is newer


@pytest.mark.parametrize(
    "other",
    [
        report(HOMES[1]),
        report(content="客厅灯不亮"),
        report(content="想搬钢琴"),
        report(under_way=False),
        report(registered_at=NINE - DAY - SECOND),
    ],
    ids=["another unit", "another fault", "nothing known", "done", "longer ago"],
)
def test_these_are_no_double(other: Report) -> None:
    assert again([other]) is None


def test_exactly_a_day_ago_still_counts() -> None:
    assert again([report(registered_at=NINE - DAY)]) is not None


@pytest.mark.parametrize(
    ("category", "content", "supply"),
    [
        (None, "家里停水了", "water"),
        ("household_other", "水压很低", "water"),
        ("tap_valve", "不出水", "water"),
        (None, "整层停电", "electric"),
        ("switch", "坏了", "electric"),
        (None, "电梯不动", "lift"),
        ("air_conditioner", "不制冷", None),
        (None, "想搬钢琴", None),
    ],
)
def test_what_hangs_on_which_riser(category: str | None, content: str, supply: str | None) -> None:
    assert supply_of(category, content) == supply


def many(reports: list[Report], content: str = "家里停水了") -> Any:
    return shared_fault(reports, unit_id=HOME, category=None, content=content, at=NINE)


def test_the_third_household_on_a_riser_makes_it_one_fault() -> None:
    first = report(HOMES[1], content="停水", order="FW-202503-0001")
    second = report(HOMES[2], content="水龙头没水")
    assert many([first]) is None
    found = many([second, report(HOMES[2], content="还停水"), first, report(content="停水")])
    assert (found.supply, found.households) == ("water", 3)
    assert {one.unit_id for one in found.reports} == {HOMES[1], HOMES[2]}
    assert found.master_order == "FW-202503-0001"


def test_one_household_that_calls_three_times_is_one_household() -> None:
    assert many([report(HOMES[1], content="停水") for _ in range(3)]) is None


def test_what_was_withdrawn_or_told_of_something_else_does_not_count() -> None:
    assert many([report(HOMES[1], content="停水"), report(HOMES[2], state="withdrawn")]) is None
    assert many([report(HOMES[1], content="停水"), report(HOMES[2], content="停电")]) is None


def test_the_order_that_names_the_supply_is_the_one_for_all() -> None:
    tap = report(HOMES[1], content="龙头滴水", order="FW-202503-0001")
    cut = report(HOMES[2], content="停水", order="FW-202503-0002")
    own = report(content="停水", order="FW-202503-0003")
    assert many([tap, cut, own]).master_order == "FW-202503-0002"
    assert many([own, report(HOMES[1], content="停水"), cut]).master_order == "FW-202503-0002"


def test_an_order_that_is_done_is_none_to_join() -> None:
    done = report(HOMES[1], content="停水", order="FW-202503-0001", under_way=False)
    found = many([done, report(HOMES[2], content="停水", order="FW-202503-0002")])
    assert found.master_order == "FW-202503-0002"
    assert many([done, report(HOMES[2], content="停水")]).master_order is None
