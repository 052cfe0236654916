"""Who may do what about a complaint: every role, four kinds of complaint, every action (5.1, A-26)."""

import itertools
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.permissions import COLUMN, Role
from server.complaints.lifecycle import ComplaintState
from server.complaints.who import (
    ACTIONS,
    CS_COLUMNS,
    Case,
    Person,
    may_be_delegate,
    may_be_handler,
    why_not,
)

ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
CASES = {
    "ordinary": Case(target="service"),
    "major": Case(target="service", major=True),
    "centre": Case(target="cs_centre"),
    "centre major": Case(target="cs_centre", major=True),
}
#: (action, kind of complaint) -> columns that may, for somebody who was not named for anything
TABLE = {
    ("record", "ordinary"): "DD CM",
    ("record", "major"): "DD CM",
    ("record", "centre"): "DD CM HR",
    ("record", "centre major"): "DD CM HR",
    ("judge", "ordinary"): "DD CM GP",
    ("judge", "major"): "DD CM GP",
    ("judge", "centre"): "HR",
    ("judge", "centre major"): "HR GP",
    ("handle", "ordinary"): "FD DD DA CA SU CM GP",
    ("handle", "major"): "GP",
    ("handle", "centre"): "GP HR",
    ("handle", "centre major"): "GP",
    ("tell", "ordinary"): "FD DD DA CA SU CM GP",
    ("tell", "major"): "CM GP",
    ("tell", "centre"): "GP HR",
    ("tell", "centre major"): "GP",
    ("explain", "ordinary"): "FD DD DA CA SU CM GP",
    ("explain", "centre"): "GP HR",
    ("name_delegate", "major"): "GP",
    ("name_delegate", "centre major"): "GP",
    ("refer", "major"): "GP",
    ("refer", "centre major"): "GP",
    ("verify", "ordinary"): "DA CM",
    ("verify", "major"): "CM",
    ("verify", "centre"): "HR",
    ("verify", "centre major"): "GP",
    ("visit", "ordinary"): "FD CA CM GP",
    ("visit", "major"): "CM",
    ("visit", "centre"): "GP HR",
    ("visit", "centre major"): "GP",
    ("plan_visit", "ordinary"): "DA CM",
    ("plan_visit", "major"): "DA CM",
    ("plan_visit", "centre"): "",
    ("plan_visit", "centre major"): "",
    ("issue_order", "ordinary"): "FD DD CM",
    ("issue_order", "centre"): "",
    ("cluster", "ordinary"): "CM GP",
}


def somebody(role, user_id=ME):
    return Person(id=user_id, roles=frozenset({role.value}))


@pytest.mark.parametrize(("action", "kind"), sorted(TABLE))
def test_each_role_may_do_what_its_column_says(action, kind):
    allowed = {
        COLUMN[role] for role in Role if why_not(action, somebody(role), CASES[kind]) is None
    }
    assert allowed == set(TABLE[action, kind].split())
    assert {action for action, _ in TABLE} == set(ACTIONS)


@given(
    roles=st.frozensets(st.sampled_from(sorted(Role)), max_size=3),
    action=st.sampled_from(
        ["judge", "handle", "explain", "verify", "visit", "plan_visit", "issue_order", "tell"]
    ),
    major=st.booleans(),
    handler=st.sampled_from([ME, OTHER, None]),
    delegate=st.sampled_from([ME, OTHER, None]),
    state=st.sampled_from(sorted(ComplaintState)),
)
def test_no_role_of_the_centre_touches_what_is_said_against_it(
    roles, action, major, handler, delegate, state
):
    case = Case(
        target="cs_centre", state=state, major=major, handler_id=handler, delegate_id=delegate
    )
    person = Person(id=ME, roles=frozenset(role.value for role in roles))
    if person.columns & CS_COLUMNS:
        refused = why_not(action, person, case)
        assert refused is not None
        assert refused.rule == "R-034"


@pytest.mark.parametrize(("action", "kind"), list(itertools.product(ACTIONS, CASES)))
def test_whoever_is_complained_of_does_none_of_it(action, kind):
    for role in Role:
        case = replace(CASES[kind], about_user_id=ME, delegate_id=ME, handler_id=ME)
        refused = why_not(action, somebody(role), case)
        assert refused is not None
        assert refused.slug == "complained-of"


def test_what_the_desk_cannot_tell_the_manager_judges():
    handed_up = replace(CASES["ordinary"], state=ComplaintState.JUDGING_BY_MANAGER)
    assert why_not("judge", somebody(Role.DISPATCH_DUTY), handed_up).rule == "R-113"
    assert why_not("judge", somebody(Role.CS_MANAGER), handed_up) is None
    centre = replace(CASES["centre"], state=ComplaintState.JUDGING_BY_MANAGER)
    assert why_not("judge", somebody(Role.CS_MANAGER), centre).rule == "R-034"
    assert why_not("judge", somebody(Role.GPM), centre) is None


def test_the_named_delegate_handles_a_major_complaint_and_no_other_manager():
    manager = somebody(Role.CS_MANAGER)
    assert why_not("handle", manager, CASES["major"]).rule == "R-111"
    assert why_not("handle", manager, replace(CASES["major"], delegate_id=OTHER)).rule == "R-111"
    assert why_not("handle", manager, replace(CASES["major"], delegate_id=ME)) is None


def test_a_delegate_of_the_general_manager_stands_outside_the_centre_it_is_about():
    assert may_be_delegate(somebody(Role.CS_MANAGER), CASES["major"])
    assert not may_be_delegate(somebody(Role.DISPATCH_DUTY), CASES["major"])
    assert not may_be_delegate(somebody(Role.CS_MANAGER), CASES["centre major"])
    assert may_be_delegate(somebody(Role.ADMIN_HR), CASES["centre major"])
    about_me = replace(CASES["centre major"], about_user_id=ME)
    assert not may_be_delegate(somebody(Role.ADMIN_HR), about_me)
    named = replace(CASES["centre major"], delegate_id=ME)
    for action in ("handle", "verify", "visit"):
        assert why_not(action, somebody(Role.ADMIN_HR), named) is None


def test_a_technician_handles_only_what_he_was_given():
    technician = somebody(Role.TECHNICIAN)
    assert why_not("handle", technician, CASES["ordinary"]) is not None
    assert why_not("handle", technician, replace(CASES["ordinary"], handler_id=ME)) is None
    assert may_be_handler(technician, CASES["ordinary"])
    assert not may_be_handler(technician, replace(CASES["ordinary"], about_user_id=ME))
    assert not may_be_handler(somebody(Role.SECURITY_DEPT), CASES["ordinary"])
