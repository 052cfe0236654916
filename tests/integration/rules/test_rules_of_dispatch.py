"""Who gets an order, when, and what two desks at once may do (WO2, WO4, R-044, R-050, X-029)."""

import pytest

from server.deadlines import timers
from server.errors import Conflict
from server.work_orders import queries
from server.work_orders.operations.moving import Refused
from server.work_orders.states import State
from tests.cast import LIU_QIANG, MA_CHAO, ZHANG_WEI, after
from tests.factories import acts
from tests.factories.acts import order_in
from tests.integration.test_side_by_side import at_once


def test_of_two_desks_that_dispatch_the_same_order_one_is_refused(app, world):
    order = world.issued()

    def give_to(staff):
        def dispatch():
            try:
                acts.dispatch(world, order, to=staff)
            except Conflict as refused:
                return refused.slug
            return "dispatched"

        return dispatch

    number = order.number
    world.session.commit()
    assert sorted(at_once(app, give_to(LIU_QIANG), give_to(ZHANG_WEI))) == [
        "dispatched",
        "wrong-state",
    ]
    world.session.expire_all()
    given = queries.get_order(world.session, world.estate_id, number)
    assert len(queries.assignments_of(world.session, given.id)) == 1


def test_who_has_seen_with_whom_it_is_may_give_it_to_another(world):
    order = order_in(world, State.DISPATCHED)
    with pytest.raises(Refused):
        acts.dispatch(world, order, to=ZHANG_WEI)
    acts.dispatch(world, order, to=ZHANG_WEI, reassign=True)
    assert order.technician.name == "张伟"


def test_a_second_later_slot_needs_the_customer_a_second_time(world):
    order = world.issued(appointment_at=after(hours=1))
    acts.dispatch(world, order, appointment_at=after(hours=2), customer_reconfirmed=True)
    acts.recall(world, order)
    with pytest.raises(Refused) as refused:
        acts.dispatch(world, order, appointment_at=after(hours=3))
    assert refused.value.rule == "R-044"
    acts.dispatch(world, order, appointment_at=after(hours=2))
    assert order.appointment_at == after(hours=2)


def test_a_time_told_to_a_customer_who_named_none_is_kept_too(world):
    order = world.issued(appointment_at=None)
    acts.dispatch(world, order, appointment_at=after(hours=1))
    acts.recall(world, order)
    with pytest.raises(Refused) as refused:
        acts.dispatch(world, order, appointment_at=after(hours=2))
    assert refused.value.rule == "R-044"


@pytest.mark.parametrize("come_back", [acts.recall, acts.give_back])
def test_an_order_that_came_back_is_not_forgotten(world, come_back):
    order = order_in(world, State.DISPATCHED)
    running = timers.running(world.session, "order", order.number)
    assert "dispatch" not in [clock.kind for clock in running]
    come_back(world, order)
    (clock,) = timers.running(world.session, "order", order.number)
    assert clock.kind == "dispatch"
    assert (clock.deadline_at - world.now).total_seconds() == 15 * 60


def test_a_void_order_has_no_clock(world):
    order = order_in(world, State.VOID)
    assert timers.running(world.session, "order", order.number) == []


def test_an_order_does_not_change_hands_to_somebody_without_the_licence(world):
    order = order_in(world, State.ON_SITE, category="gas_stove")
    with pytest.raises(Refused) as refused:
        acts.hand_over(world, order, to=MA_CHAO)
    assert refused.value.rule == "X-029"
    assert order.technician.name == "刘强"
