"""B1–B6 cell by cell: from which state each step leads where, and which payments fit a charge."""

import itertools

import pytest

from server.accounts.permissions import MATRIX
from server.billing.lifecycle import (
    AT_ONCE,
    METHODS,
    STEPS,
    EntryState,
    after,
    allowed,
    billable,
    does_not_fit,
    proposed_method,
    registering,
)

#: action -> state before -> state after; what is not here leads nowhere
TABLE = {
    "register": {"unbilled": "registered"},
    "register_paid": {"unbilled": "paid"},
    "register_free": {"unbilled": "waived"},
    "report": {"registered": "reported"},
    "approve": {"reported": "approved"},
    "give_back": {"reported": "registered", "approved": "registered"},
    "notify": {"approved": "noticed"},
    "pay": {"noticed": "paid", "overdue": "paid"},
    "fall_due": {"noticed": "overdue"},
    "waive": {"unbilled": "waived", "registered": "waived"},
}


def test_the_table_has_these_steps_and_no_other():
    assert {step.action for step in STEPS} == set(TABLE)
    assert all(step.permission in MATRIX for step in STEPS)


@pytest.mark.parametrize(("action", "state"), list(itertools.product(TABLE, EntryState)))
def test_each_step_leads_where_the_trade_says_and_nowhere_else(action, state):
    target = TABLE[action].get(state)
    assert allowed(action, state) == (target is not None)
    if target is None:
        with pytest.raises(ValueError, match=action):
            after(action, state)
    else:
        assert after(action, state) == target


@pytest.mark.parametrize("method", METHODS)
def test_copy_three_is_paid_at_once_free_or_left_for_the_monthly_notice(method):
    expected = "waived" if method == "free_of_charge" else "registered"
    expected = "paid" if method in AT_ONCE else expected
    assert after(registering(method), EntryState.UNBILLED) == expected
    assert does_not_fit(method, 0) == (method != "free_of_charge")
    assert does_not_fit(method, 1) == (method == "free_of_charge")
    for charge_fen in (0, 3000):
        assert not does_not_fit(proposed_method(method, charge_fen), charge_fen)


@pytest.mark.parametrize(
    ("state", "charge_fen", "held", "expected"),
    [
        ("closed", 0, False, True),
        ("archived", 3000, False, True),
        ("cancelled", 0, False, False),
        ("cancelled", 500, False, True),
        ("cancelled", 0, True, True),
        ("accepted", 3000, False, False),
        ("awaiting_acceptance", 3000, True, False),
        ("void", 3000, False, False),
    ],
)
def test_what_is_called_off_is_billed_only_where_a_manager_left_a_charge(
    state, charge_fen, held, expected
):
    assert billable(state, charge_fen=charge_fen, held=held) is expected
