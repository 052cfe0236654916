"""What technicians have in hand is read along its own indexes, however much they have done before."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from server.db import session
from server.work_orders import lanes
from server.work_orders.candidates import candidates
from server.work_orders.models import is_in_hand
from server.work_orders.states import IN_THE_FIELD, State
from tests.cast import LIU_QIANG, ZHANG_WEI
from tests.factories import acts


def test_in_hand_means_in_the_field(world):
    for state in State:
        order = sa.literal(state.value).label("state")
        work_order = sa.select(order).subquery("work_order")
        found = session().scalar(sa.select(work_order.c.state).where(is_in_hand()))
        assert (found is not None) == (state in IN_THE_FIELD)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # whose plans ask for no rows
def test_neither_the_board_nor_a_suggestion_walks_through_work_that_is_over(world):
    order = world.issued(category="tap_valve")
    hands = [world.user(one).id for one in (LIU_QIANG, ZHANG_WEI)]
    asked = []
    event.listen(session().get_bind(), "before_cursor_execute", lambda *told: asked.append(told))
    lanes.by_technician(session(), hands)
    lanes.loads(session(), hands)
    candidates(session(), order, world.settings.zone, at=world.now)
    of_orders = [one[2:4] for one in asked if "FROM work_order" in one[2] or "JOIN work" in one[2]]
    assert len(of_orders) == 5
    for statement, values in of_orders:
        explain = f"EXPLAIN QUERY PLAN {statement}"
        plan = [row[-1] for row in session().connection().exec_driver_sql(explain, values)]
        walked = [line for line in plan if "work_order" in line]
        assert walked, plan
        for line in walked:
            assert "INDEX ix_work_order_in_hand" in line or "sqlite_autoindex" in line, plan


def test_an_order_in_the_same_building_speaks_for_whoever_is_at_it_and_for_nobody_else(world):
    at_it = acts.order_in(world, State.ON_SITE)
    order = world.issued(category="tap_valve")
    here = [
        one.standing.technician_id
        for one in candidates(session(), order, world.settings.zone, at=world.now)
        if one.standing.is_here
    ]
    assert here == [at_it.technician_id]


def test_an_appointment_about_the_same_time_speaks_against(world):
    soon = world.now + dt.timedelta(hours=2)
    taken = acts.order_in(world, State.DISPATCHED, appointment_at=soon)
    order = world.issued(category="tap_valve", appointment_at=soon + dt.timedelta(minutes=30))
    busy = {
        one.standing.technician_id: [reason.values.get("number") for reason in one.against]
        for one in candidates(session(), order, world.settings.zone, at=world.now)
        if any(reason.code == "busy_then" for reason in one.against)
    }
    assert busy == {taken.technician_id: [taken.number]}
