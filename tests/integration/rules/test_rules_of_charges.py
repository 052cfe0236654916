"""What may be charged, who decides it and when billing waits (R-024, R-062, P-07, P-08, P-20)."""

import datetime as dt

import pytest

from server.accounts.permissions import COLUMN, Role, may
from server.errors import Conflict, Denied, Invalid
from server.work_orders import queries
from server.work_orders.states import State
from tests.cast import MA_CHAO, ZHAO_MIN
from tests.factories import acts
from tests.factories.acts import order_in


def test_only_managers_touch_an_amount():
    for action in ("order.approve_price", "order.decide"):
        who = {COLUMN[role] for role in Role if may(action, frozenset({role}))}
        assert who == {"CM", "GP"}


def test_a_reduction_never_charges_more_than_the_customer_confirmed(world):
    order = order_in(world, State.IN_PROGRESS)
    with pytest.raises(Invalid) as refused:
        acts.decide(world, order, "reduce", charge_fen=1501)
    assert (refused.value.rule, order.charge_fen) == ("R-024", 1500)
    acts.decide(world, order, "reduce", charge_fen=1500)
    assert order.charge_fen == 1500


def test_what_a_manager_waived_stays_waived_when_the_price_is_made_anew(world):
    order = order_in(world, State.IN_PROGRESS)
    acts.decide(world, order, "waive")
    acts.quote(world, order, lines=[{"item": "M-R22", "qty": "1"}], total_fen=2000)
    acts.confirm_quote(world, order)
    assert (order.charge_fen, order.total_fen, order.warranty_code) == (0, 0, "goodwill")


def test_a_price_made_anew_and_called_off_is_still_the_managers_case(world):
    order = order_in(world, State.IN_PROGRESS)
    acts.quote(world, order, lines=[{"item": "M-R22", "qty": "1"}], total_fen=2000)
    acts.request_cancel(world, order)
    assert (order.charge_fen, order.billing_held) == (1500, True), "work had begun on 15.00"
    acts.write_off(world, order)
    acts.decide(world, order, "reduce", charge_fen=500, by=ZHAO_MIN)
    assert (order.state, order.charge_fen, order.billing_held) == ("cancelled", 500, False)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.VOID])
def test_nothing_is_decided_on_an_order_that_is_over(world, state):
    order = order_in(world, state)
    with pytest.raises(Conflict) as refused:
        acts.decide(world, order, "waive")
    assert refused.value.slug == "order-ended"
    assert order.warranty_code == "paid"


def test_billing_goes_on_once_the_manager_has_ordered_a_rework(world):
    order = order_in(world, State.ESCALATED)
    assert order.billing_held
    acts.decide(world, order, "rework", by=ZHAO_MIN, technician=world.user(MA_CHAO))
    assert (order.state, order.billing_held, order.unsigned_reason) == ("rework", False, None)


def test_an_order_closed_without_signature_has_a_reason_and_a_witness(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    for act in (acts.reject, acts.ready, acts.reject, acts.ready, acts.reject):
        act(world, order)
    acts.decide(world, order, "accept")
    assert (order.state, order.unsigned_reason, order.unsigned_witness) == (
        "accepted",
        "dispute",
        "周建国",
    )


def test_what_went_up_is_settled_when_the_customer_signs(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    for act in (acts.reject, acts.ready, acts.reject):
        act(world, order)
    assert "escalation.L1_cs_manager" in world.alerts(order)
    acts.ready(world, order)
    acts.accept(world, order)
    (case,) = queries.escalations_of(world.session, order.id)
    assert (case.decision, case.decided_by) == ("accept", None)
    assert "escalation.L1_cs_manager" not in world.alerts(order)


def test_the_cs_manager_decides_the_first_level_and_not_the_second(world):
    first, second = order_in(world, State.ESCALATED), order_in(world, State.AWAITING_ACCEPTANCE)
    acts.decide(world, first, "accept", by=ZHAO_MIN)
    assert first.state == "accepted"
    for act in (acts.reject, acts.ready, acts.reject, acts.ready, acts.reject):
        act(world, second)
    with pytest.raises(Denied) as refused:
        acts.decide(world, second, "waive", by=ZHAO_MIN)
    assert (refused.value.rule, second.charge_fen) == ("R-062", 1500)


@pytest.mark.parametrize(
    ("closed_at", "month"),
    [
        (dt.datetime(2025, 3, 31, 15, 59, 59, tzinfo=dt.UTC), dt.date(2025, 3, 1)),
        (dt.datetime(2025, 3, 31, 16, 0, tzinfo=dt.UTC), dt.date(2025, 4, 1)),
    ],
    ids=["before midnight here", "at midnight here"],
)
def test_an_order_belongs_to_the_month_in_which_it_was_closed_here(world, closed_at, month):
    order = order_in(world, State.ACCEPTED)
    acts.signature_arrives(world, order)
    acts.write_off(world, order, at=closed_at)
    assert (order.closed_at, order.month) == (closed_at, month)
