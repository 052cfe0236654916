"""What one version of the price list changes against another, and the days of each."""

import datetime as dt

import pytest

from server.prices import versions


def line(code, **facts):
    told = {
        "name_zh": "灯管",
        "name_en": "Tube",
        "unit": "只",
        "category": "lamp",
        "labour_fen": 1000,
        "material_fen": 0,
        "warranty_months": 3,
        **facts,
    }
    return versions.Item(code=code, **told)


def day(text):
    return dt.date.fromisoformat(f"2025-{text}")


def test_two_versions_side_by_side():
    before = [line("A"), line("B"), line("C"), line("D"), line("E")]
    after = [
        line("A"),
        line("B", labour_fen=1200),
        line("C", material_fen=-100),
        line("E", warranty_months=6),
        line("F"),
    ]
    found = {one.code: (one.what, one.by_fen) for one in versions.compare(before, after)}
    assert found == {
        "B": ("dearer", 200),
        "C": ("cheaper", -100),
        "D": ("gone", 0),
        "E": ("reworded", 0),
        "F": ("new", 0),
    }


def test_labour_made_material_costs_the_same_and_is_told_all_the_same():
    (one,) = versions.compare([line("A")], [line("A", labour_fen=400, material_fen=600)])
    assert (one.what, one.by_fen) == ("reworded", 0)


def test_a_list_begins_tomorrow_at_the_earliest():
    today = day("03-05")
    assert not versions.may_begin(today, today=today)
    assert versions.may_begin(day("03-06"), today=today)


@pytest.mark.parametrize(
    ("begins", "others", "ends"),
    [
        ("04-15", [], None),
        ("04-15", ["01-01"], None),
        ("04-15", ["01-01", "06-01", "05-01"], "04-30"),
    ],
)
def test_a_list_ends_the_day_before_the_next_one_begins(begins, others, ends):
    last = versions.last_day(day(begins), [day(one) for one in others])
    assert last == (day(ends) if ends else None)


def test_versions_are_named_after_their_month_and_counted_where_there_are_several():
    taken = {"PL-2025-04", "PL-2025-04-2", "PL-2025-01"}
    assert versions.version_name(day("04-15"), taken) == "PL-2025-04-3"
    assert versions.version_name(day("05-01"), taken) == "PL-2025-05"


@pytest.mark.parametrize(
    ("wish", "it_is"),
    [
        ("L-MOVE", True),
        (" l-move ", True),
        ("钢琴搬运", True),
        ("钢琴 搬运", True),
        ("Piano Moving", True),
        ("钢琴", False),
    ],
)
def test_a_wish_is_known_by_code_or_by_name(wish, it_is):
    item = line("L-MOVE", name_zh="钢琴搬运", name_en="Piano moving")
    assert versions.asked_for(wish, item) is it_is
