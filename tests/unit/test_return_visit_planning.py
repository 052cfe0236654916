"""How many visits of a month are made on site, which, by whom, and until when (R-083…R-086)."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.deadlines.policy import is_late, working_days_after
from server.return_visits.attempting import enough
from server.return_visits.cohort import Row, counted, due_of
from server.return_visits.quota import Candidate, on_site_due, redrawn
from server.return_visits.script import greeting
from server.return_visits.who import Visitor, default_visitor
from tests.cast import SHANGHAI, after

MARCH = dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("count", "due"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3), (47, 3), (100, 5)]
)
def test_five_in_a_hundred_are_made_on_site_rounded_up(count, due):
    assert on_site_due(count) == due


def candidate(risk_place, *, begun=False):
    return Candidate(id=uuid.uuid4(), risk_place=risk_place, begun=begun)


def test_the_riskiest_are_drawn_and_those_that_were_made_count():
    calm, risky, riskier = candidate(90), candidate(40), candidate(10)
    assert redrawn([], [calm, risky, riskier], due=2, made=0) == ([riskier.id, risky.id], [])
    assert redrawn([], [calm, risky, riskier], due=2, made=1) == ([riskier.id], [])
    assert redrawn([], [calm, risky, riskier], due=2, made=2) == ([], [])


def test_a_riskier_one_takes_the_place_of_one_that_nobody_has_begun():
    calm, begun, risky = candidate(90), candidate(95, begun=True), candidate(10)
    assert redrawn([calm, begun], [risky], due=2, made=0) == ([risky.id], [calm.id])
    assert redrawn([begun], [risky], due=1, made=0) == ([], [])
    assert redrawn([risky], [calm], due=1, made=0) == ([], [])


@given(
    wanted=st.lists(st.integers(0, 100), max_size=8),
    others=st.lists(st.integers(0, 100), max_size=8),
    due=st.integers(0, 8),
    made=st.integers(0, 8),
)
def test_drawing_never_lowers_how_many_are_planned_nor_goes_beyond_what_is_due(
    wanted, others, due, made
):
    before = [candidate(place) for place in wanted]
    drawn, let_go = redrawn(before, [candidate(place) for place in others], due=due, made=made)
    after_count = len(before) + len(drawn) - len(let_go)
    assert after_count == max(len(before), min(len(before) + len(others), due - made))
    assert set(let_go) <= {one.id for one in before}


def visitor(username, *roles, precinct=None, open_visits=0):
    return Visitor(
        user_id=uuid.uuid4(),
        username=username,
        roles=roles,
        precinct=precinct,
        open_visits=open_visits,
    )


YANG = visitor("yang.fan", "precinct_assistant", precinct="东区")
WU = visitor("wu.min", "precinct_assistant", precinct="西区")
HE = visitor("he.li", "dispatch_assistant", open_visits=3)
MA = visitor("ma.li", "dispatch_assistant", open_visits=2)
BOSS = visitor("zhao.min", "cs_manager")


@pytest.mark.parametrize(
    ("intake", "returned", "precinct", "who"),
    [
        ("front_desk", None, "西区", WU),
        ("front_desk", "dispatch", "东区", YANG),
        ("dispatch", "front_desk", "东区", YANG),
        ("front_desk", "front_desk", None, WU),
        ("front_desk", "front_desk", "北区", WU),
        ("dispatch", "dispatch", "东区", MA),
        ("control", None, "东区", MA),
    ],
)
def test_the_front_desks_slips_go_to_the_precinct_all_others_to_dispatch(
    intake, returned, precinct, who
):
    people = [YANG, WU, HE, MA, BOSS]
    found = default_visitor(people, intake_point=intake, return_point=returned, precinct=precinct)
    assert found is who


def test_without_the_right_people_the_next_best_are_asked_or_nobody():
    asked = {"intake_point": "front_desk", "return_point": None, "precinct": "东区"}
    assert default_visitor([HE, BOSS], **asked) is HE
    head = visitor("head", "dispatch_head")
    assert default_visitor([head, BOSS], **asked) is head
    assert default_visitor([BOSS], **asked) is None


def test_the_last_second_of_the_tenth_is_in_time_and_midnight_is_not():
    due_at = due_of(MARCH, SHANGHAI)
    assert due_at.astimezone(SHANGHAI) == dt.datetime(2025, 4, 10, 23, 59, 59, tzinfo=SHANGHAI)
    assert not is_late(due_at, due_at)
    assert not is_late(due_at + dt.timedelta(microseconds=999_999), due_at)
    assert is_late(due_at + dt.timedelta(seconds=1), due_at)


def test_who_could_not_be_reached_stays_among_what_is_due():
    counts = counted(
        [
            Row(state="done", method="phone", late=1, count=38),
            Row(state="done", method="on_site", late=0, count=1),
            Row(state="rectifying", method="on_site", late=0, count=1),
            Row(state="assigned", method=None, late=0, count=4),
            Row(state="unreachable", method=None, late=0, count=3),
        ]
    )
    assert (counts.total, counts.done, counts.open, counts.unreachable) == (47, 39, 5, 3)
    assert (counts.on_site, counts.on_site_due, counts.on_site_missing) == (2, 3, 1)
    assert counts.late == 1
    assert counts.total - counts.done == counts.open + counts.unreachable


@pytest.mark.parametrize(
    ("hours", "are_enough"),
    [([0, 1, 2], False), ([0, 24], False), ([0, 1, 24], True), ([0, 14.5, 15.5], True)],
    ids=["three on one day", "two on two days", "three on two days", "over midnight there"],
)
def test_three_tries_on_two_days_are_enough(hours, are_enough):
    assert enough([after(hours=each) for each in hours], SHANGHAI) is are_enough


def test_working_days_skip_the_weekend_and_holidays():
    thursday = dt.date(2025, 3, 6)
    assert working_days_after(thursday, 3) == dt.date(2025, 3, 11)
    assert working_days_after(thursday, 0) == thursday
    friday = dt.date(2025, 3, 7)
    assert working_days_after(thursday, 1, holidays=[friday]) == dt.date(2025, 3, 10)


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        ("2025-03-05T00:00", "morning"),
        ("2025-03-05T11:59", "morning"),
        ("2025-03-05T12:00", "plain"),
        ("2025-05-01T09:00", "labour_day"),
        ("2025-10-01T20:00", "national_day"),
        ("2026-01-01T20:00", "new_year"),
    ],
)
def test_the_greeting_follows_the_clock_and_the_holidays(moment, word):
    assert greeting(dt.datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)) == word
