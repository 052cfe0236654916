"""Every state and every action of a complaint, against a table written here (C1–C16)."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.complaints.guards import Facts
from server.complaints.lifecycle import (
    ACTIONS,
    OPEN,
    OVER,
    ComplaintState,
    Refusal,
    decide,
    possible,
)

S = ComplaintState
DAY = dt.date(2025, 3, 12)
#: Everything said that any action could ask for, of an ordinary complaint.
WHOLE = Facts(
    explained=True,
    has_handler=True,
    target_on=DAY,
    order_linked=True,
    order_over=True,
    method="on_site",
    has_owner=True,
    due_on=DAY,
)
#: action -> from -> to, for a complaint of which everything was said
TABLE = {
    "record": {},
    "relay": {},
    "take_on": {S.RECORDED: S.JUDGING},
    "retarget": {
        S.JUDGING: S.JUDGING,
        S.JUDGING_BY_MANAGER: S.JUDGING_BY_MANAGER,
    },
    "judge_invalid": {S.JUDGING: S.EXPLAINING, S.JUDGING_BY_MANAGER: S.EXPLAINING},
    "explain": {S.EXPLAINING: S.EXPLAINING},
    "close_explained": {S.EXPLAINING: S.CLOSED},
    "hand_to_manager": {S.JUDGING: S.JUDGING_BY_MANAGER},
    "judge_valid": {S.JUDGING: S.HANDLING, S.JUDGING_BY_MANAGER: S.HANDLING},
    "judge_service": {S.JUDGING: S.VIA_SERVICE, S.JUDGING_BY_MANAGER: S.VIA_SERVICE},
    "judge_major": {S.JUDGING: S.GPM_HANDLING, S.JUDGING_BY_MANAGER: S.GPM_HANDLING},
    "issue_order": {
        S.JUDGING: S.JUDGING,
        S.JUDGING_BY_MANAGER: S.JUDGING_BY_MANAGER,
        S.VIA_SERVICE: S.VIA_SERVICE,
    },
    "refer": {S.GPM_HANDLING: S.REFERRED_COMPANY},
    "report_done": dict.fromkeys(
        (S.HANDLING, S.VIA_SERVICE, S.GPM_HANDLING, S.REFERRED_COMPANY), S.VERIFYING
    ),
    "tell": {state: state for state in S if state not in {S.CLOSED, S.ARCHIVED}},
    "note": {state: state for state in S if state not in {S.CLOSED, S.ARCHIVED}},
    "verify": {S.VERIFYING: S.VISIT_PENDING},
    "reject": {S.VERIFYING: S.VIA_SERVICE},
    "visited_satisfied": {S.VISIT_PENDING: S.CLOSED},
    "visited_dissatisfied": {S.VISIT_PENDING: S.RECTIFYING},
    "rectified": {S.RECTIFYING: S.VERIFYING},
    "archive": {S.CLOSED: S.ARCHIVED},
}


def test_the_table_knows_these_actions_and_no_other():
    assert set(TABLE) == ACTIONS


@pytest.mark.parametrize(("action", "state"), list(itertools.product(TABLE, S)))
def test_each_action_in_each_state(action, state):
    row = decide(action, state, WHOLE)
    goal = TABLE[action].get(state)
    if goal is None:
        assert isinstance(row, Refusal)
        assert row.by_state
        assert not possible(action, state)
    else:
        assert (row.target or state) == goal
        assert possible(action, state)


@pytest.mark.parametrize(
    ("action", "state", "lacking", "rule"),
    [
        ("close_explained", S.EXPLAINING, {"explained": False}, "R-110"),
        ("judge_valid", S.JUDGING, {"has_handler": False}, "R-106"),
        ("judge_valid", S.JUDGING, {"target_on": None}, "R-106"),
        ("judge_valid", S.JUDGING, {"channel": "petition"}, "R-108"),
        ("judge_service", S.JUDGING, {"channel": "petition"}, "R-108"),
        ("judge_service", S.JUDGING, {"order_linked": False}, "R-114"),
        ("report_done", S.VIA_SERVICE, {"order_over": False}, "R-114"),
        ("visited_satisfied", S.VISIT_PENDING, {"major": True, "method": "phone"}, "R-123"),
        ("visited_dissatisfied", S.VISIT_PENDING, {"major": True, "method": "other"}, "R-123"),
        ("visited_dissatisfied", S.VISIT_PENDING, {"has_owner": False}, "R-128"),
        ("visited_dissatisfied", S.VISIT_PENDING, {"due_on": None}, "R-128"),
    ],
)
def test_what_is_missing_is_named_with_its_rule(action, state, lacking, rule):
    said = {name: getattr(WHOLE, name) for name in WHOLE.__dataclass_fields__}
    refused = decide(action, state, Facts(**{**said, **lacking}))
    assert isinstance(refused, Refusal)
    assert not refused.by_state
    assert [reason.rule for reason in refused.reasons] == [rule]


def test_an_ordinary_complaint_may_be_visited_by_phone():
    row = decide("visited_satisfied", S.VISIT_PENDING, Facts(method="phone"))
    assert row.target is S.CLOSED


@pytest.mark.parametrize(
    ("facts", "goal"),
    [
        (Facts(), S.HANDLING),
        (Facts(order_linked=True), S.VIA_SERVICE),
        (Facts(major=True), S.GPM_HANDLING),
        (Facts(major=True, order_linked=True), S.GPM_HANDLING),
        (Facts(major=True, referred=True), S.REFERRED_COMPANY),
    ],
)
def test_what_was_not_verified_goes_back_to_whoever_had_it(facts, goal):
    assert decide("reject", S.VERIFYING, facts).target is goal


@given(
    start=st.sampled_from(sorted(OPEN)),
    walk=st.lists(st.sampled_from(sorted(ACTIONS - {"archive"})), max_size=30),
    facts=st.builds(
        Facts,
        channel=st.sampled_from(["phone", "petition"]),
        major=st.booleans(),
        explained=st.booleans(),
        method=st.sampled_from(["phone", "on_site", None]),
        has_owner=st.booleans(),
        due_on=st.sampled_from([DAY, None]),
    ),
)
def test_nothing_opens_a_closed_complaint_and_a_major_one_closes_by_a_visit_on_site(
    start, walk, facts
):
    state = start
    for action in walk:
        row = decide(action, state, facts)
        if isinstance(row, Refusal):
            continue
        assert state not in OVER
        state = row.target or state
        if state is S.CLOSED and action == "visited_satisfied" and facts.major:
            assert facts.method == "on_site"
        if state is S.RECTIFYING and action == "visited_dissatisfied":
            assert facts.due_on is not None
            assert facts.has_owner


def test_an_action_that_is_not_in_the_table_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        decide("forgive", S.JUDGING, WHOLE)
