"""Danger on site is heard in every state, and only a manager ends it (R-027, R-029, P-22)."""

import pytest

from server.work_orders.operations import pausing
from server.work_orders.operations.moving import Refused
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, ZHANG_WEI
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld

WITH_THE_TECHNICIAN = (
    State.DISPATCHED,
    State.ACKNOWLEDGED,
    State.QUOTED,
    State.AWAITING_ACCEPTANCE,
    State.ESCALATED,
    State.ACCEPTED,
)


@pytest.mark.parametrize("state", WITH_THE_TECHNICIAN)
def test_an_alarm_stops_the_order_wherever_it_is_and_clearing_goes_on_there(world, state):
    order = order_in(world, state)
    acts.alarm(world, order)
    assert (order.state, order.hazard) == ("suspended", True)
    assert {"hazard.alarm", "hazard.call_gas_company"} <= set(world.alerts(order))
    for leave in (acts.resume, acts.ready, acts.cancel, acts.write_off):
        with pytest.raises(Refused):
            leave(world, order)
    acts.clear_hazard(world, order)
    assert (order.state, order.hazard) == (state, False)


def test_who_pauses_for_danger_has_raised_the_alarm(world):
    order = order_in(world, State.IN_PROGRESS)
    acts.suspend(world, order, reason="hazard")
    assert "hazard.alarm" in world.alerts(order)


def test_an_alarm_from_somebody_whose_order_was_recalled_is_still_an_alarm(world):
    order = world.issued()
    acts.dispatch(world, order, to=ZHANG_WEI)
    acts.recall(world, order)
    acts.dispatch(world, order, to=LIU_QIANG)
    handheld = Handheld(world=world, staff=ZHANG_WEI)
    alarm = handheld.event("hazard.alarm", order)
    alarm["data"]["kind"] = "gas_leak"
    reply = handheld.send(alarm)
    assert reply["outcome"] == "recorded"
    assert order.state == "dispatched"
    assert {"hazard.alarm", "hazard.call_gas_company"} <= set(world.alerts(order))


def test_a_pause_without_a_time_asks_the_desk_to_agree_on_one(world):
    order = order_in(world, State.IN_PROGRESS)
    now = world.later()
    world.do(
        pausing.suspend,
        world.settings,
        order,
        reason="capacity_increase",
        next_contact_at=None,
        by=world.by(LIU_QIANG),
        at=now,
        device_at=now,
    )
    assert "order.next_contact_open" in world.alerts(order)
    acts.resume(world, order)
    assert "order.next_contact_open" not in world.alerts(order)


def test_only_a_manager_cancels_a_hazard_order(world):
    order = order_in(world, State.IN_PROGRESS)
    acts.alarm(world, order)
    with pytest.raises(Refused) as refused:
        acts.cancel(world, order, by=CHEN_JING)
    assert refused.value.rule == "P-22"
    acts.decide(world, order, "cancel", text="改由燃气公司处理")
    assert order.state == "cancel_pending"
