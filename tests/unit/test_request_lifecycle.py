"""Every cell of the service request's table SR1–SR11."""

import pytest

from server.requests.lifecycle import BY_ACTION, STEPS, RequestState, next_state

S = RequestState
# action: from … > to; what is not here is refused.
MOVES = {
    "to_complaint": ({S.REGISTERED}, S.TO_COMPLAINT),
    "answered": ({S.REGISTERED}, S.ANSWERED),
    "accepted": ({S.REGISTERED}, S.ACCEPTED),
    "time_pending": ({S.REGISTERED}, S.TIME_PENDING),
    "confirm_time": ({S.TIME_PENDING}, S.ACCEPTED),
    "refuse_time": ({S.TIME_PENDING}, S.WITHDRAWN),
    "declined": ({S.REGISTERED}, S.DECLINED),
    "issue": ({S.ACCEPTED}, S.CONVERTED),
    "join": ({S.REGISTERED, S.ACCEPTED}, S.CONVERTED),
    "withdraw": ({S.REGISTERED, S.TIME_PENDING, S.ACCEPTED}, S.WITHDRAWN),
    "announce": ({S.DECLINED}, S.DECLINED),
    "notify_finance": (set(S), None),
    "register": (set(), S.REGISTERED),
}


@pytest.mark.parametrize("action", sorted(MOVES))
@pytest.mark.parametrize("state", S)
def test_each_action_in_each_state(action, state):
    sources, target = MOVES[action]
    expected = (target or state) if state in sources else None
    assert next_state(action, state) == expected


def test_the_table_has_these_actions_under_the_numbers_of_the_trade():
    assert set(BY_ACTION) == set(MOVES)
    assert {step.id for step in STEPS} == {f"SR{number}" for number in range(1, 12)}


def test_an_action_that_is_not_in_the_table_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        next_state("forget", S.REGISTERED)
