"""Orders that find their technician by themselves, and the ladder that they climb."""

import datetime as dt

import pytest

from server import reactions
from server.db import transaction
from server.deadlines import timers
from server.devices.models import DeviceCommand
from server.errors import Conflict
from server.rosters.models import Absence
from server.work_orders import pool
from server.work_orders.operations import handing_out
from server.work_orders.operations.moving import Refused
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, ZHANG_WEI
from tests.factories import acts
from tests.factories.field_door import FieldDoor


def set_mode(world, category, mode):
    world.do(
        handing_out.set_mode, category=category, mode=mode, by=world.by(CHEN_JING), at=world.now
    )


def settle(world, *, minutes=0):
    """Let so much time pass, and all that follows."""
    world.now += dt.timedelta(minutes=minutes)
    while timers.run_once(world.now) or reactions.run_once(world.settings, world.now):
        pass
    world.session.expire_all()
    world.session.rollback()


def notices(world, staff):
    rows = world.session.query(DeviceCommand).filter_by(
        device_id=staff.handheld, kind="device.notice"
    )
    return [row.text for row in rows]


def claim(world, order, staff):
    with transaction() as current:
        found = handing_out.moving.find_order(current, order.number, by=world.by(staff))
        handing_out.claim(
            current, world.settings, found, world.user(staff), by=world.by(staff), at=world.now
        )


def test_by_hand_an_order_waits_for_the_dispatcher(world):
    order = world.issued(category="tap_valve")
    settle(world)
    assert order.state == State.CREATED
    assert notices(world, ZHANG_WEI) == []


def test_in_turn_orders_go_round_among_those_who_may(world):
    set_mode(world, "household_other", "in_turn")
    made = [world.issued(appointment_at=None) for _ in range(4)]
    settle(world)
    given = [order.technician.name for order in made]
    assert all(order.state == State.DISPATCHED for order in made)
    assert len(set(given[:3])) == 3
    assert given[3] == given[0]


def test_in_turn_passes_over_whoever_is_away_or_lacks_the_licence(world):
    set_mode(world, "gas_stove", "in_turn")
    order = world.issued(category="gas_stove")
    settle(world)
    assert order.technician.name == LIU_QIANG.name
    with transaction() as current:
        current.add(
            Absence(
                estate_id=world.estate_id,
                user_id=world.user(LIU_QIANG).id,
                from_at=world.now - dt.timedelta(days=1),
                until_at=world.now + dt.timedelta(days=30),
                reason="leave",
            )
        )
    second = world.issued(category="gas_stove")
    settle(world)
    assert second.state == State.CREATED
    assert "order.nobody_free" in world.alerts(second)


def test_an_order_that_is_not_acknowledged_rings_again_then_alerts_then_moves_on(world):
    set_mode(world, "household_other", "in_turn")
    order = world.issued(appointment_at=None)
    settle(world)
    first = order.technician
    holder = next(one for one in (LIU_QIANG, ZHANG_WEI, MA_CHAO) if one.name == first.name)
    before = len(notices(world, holder))
    settle(world, minutes=2)
    assert len(notices(world, holder)) == before + 1
    assert "clock.acknowledge" not in world.alerts(order)
    settle(world, minutes=3)
    assert "clock.acknowledge" in world.alerts(order)
    settle(world, minutes=5)
    assert order.state == State.DISPATCHED
    assert order.technician.name != first.name
    kinds = [row.kind for row in world.history(order)]
    assert kinds.count("order.dispatched") == 2
    assert "order.recalled" in kinds


def test_what_a_dispatcher_gave_by_hand_no_clock_takes_away(world):
    """S-04: the receipt may wait on a handheld in a cellar."""
    order = world.issued(appointment_at=None)
    acts.dispatch(world, order, to=ZHANG_WEI)
    settle(world, minutes=60)
    assert order.technician.name == ZHANG_WEI.name
    assert order.state == State.DISPATCHED


def test_an_acknowledged_order_climbs_no_further(world):
    set_mode(world, "household_other", "in_turn")
    order = world.issued(appointment_at=None)
    acts.dispatch(world, order, to=ZHANG_WEI)
    acts.acknowledge(world, order)
    running = {clock.kind for clock in timers.running(world.session, "order", order.number)}
    assert not running & {"ring_again", "acknowledge", "next_technician"}


def test_the_first_who_asks_gets_the_order_and_asking_again_changes_nothing(world):
    set_mode(world, "tap_valve", "open_pool")
    order = world.issued(category="tap_valve", appointment_at=None)
    settle(world)
    assert any(order.number in text for text in notices(world, ZHANG_WEI))
    offered = pool.pool_for(world.session, world.user(ZHANG_WEI), world.settings.zone, at=world.now)
    assert [one.number for one in offered] == [order.number]
    claim(world, order, ZHANG_WEI)
    claim(world, order, ZHANG_WEI)
    settle(world)
    assert order.technician.name == ZHANG_WEI.name
    assert [row.kind for row in world.history(order)].count("order.dispatched") == 1
    with pytest.raises(Conflict) as refused:
        claim(world, order, LIU_QIANG)
    assert refused.value.slug == "not-in-the-pool"


def test_nobody_takes_from_the_pool_what_he_has_no_licence_for(world):
    set_mode(world, "gas_stove", "open_pool")
    order = world.issued(category="gas_stove")
    settle(world)
    zone = world.settings.zone
    assert pool.pool_for(world.session, world.user(ZHANG_WEI), zone, at=world.now) == []
    with pytest.raises(Refused):
        claim(world, order, ZHANG_WEI)
    assert order.state == State.CREATED


def test_the_pool_gets_back_what_nobody_acknowledged(world):
    set_mode(world, "tap_valve", "open_pool")
    order = world.issued(category="tap_valve", appointment_at=None)
    claim(world, order, ZHANG_WEI)
    settle(world, minutes=10)
    assert order.state == State.CREATED
    claim(world, order, LIU_QIANG)
    world.session.expire_all()
    assert order.technician.name == LIU_QIANG.name


def test_a_handheld_sees_the_pool_without_the_household_and_claims_from_it(web, world):
    set_mode(world, "tap_valve", "open_pool")
    order = world.issued(category="tap_valve", appointment_at=None)
    settle(world)
    first = FieldDoor(web=web, world=world, staff=ZHANG_WEI)
    second = FieldDoor(web=web, world=world, staff=LIU_QIANG)
    (offered,) = first.get("/pool").get_json()["items"]
    assert offered["number"] == order.number
    assert offered["building"].endswith("栋")
    for secret in (order.person.name, order.person.phone, order.unit.code):
        assert secret not in first.get("/pool").text
    assert first.post(f"/pool/{order.number}/claim", {}).status_code == 204
    assert first.post(f"/pool/{order.number}/claim", {}).status_code == 204
    late = second.post(f"/pool/{order.number}/claim", {})
    assert (late.status_code, late.get_json()["type"]) == (
        409,
        "urn:paigong:problem:not-in-the-pool",
    )
    assert second.get("/pool").get_json() == {"items": []}
    assert web.test_client().get("/field/v1/pool").status_code == 401
