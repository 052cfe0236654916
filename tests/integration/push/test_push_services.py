"""Push services that say no, send us elsewhere, are silent or gone."""

import dataclasses
import datetime as dt
import itertools
import threading

import pytest
import sqlalchemy as sa

from server.db import MAX_TRIES, transaction
from server.push import delivery
from server.push.delivery import Delivery
from server.push.models import Ring
from server.work_orders.models import WorkOrder
from server.work_orders.ringing import message_of
from server.work_orders.states import State
from tests.cast import LIU_QIANG, MA_CHAO
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.push_service import Browser


@pytest.fixture
def order(world, ringing):
    """An order that is about to ring on 刘强's closed handheld."""
    ringing.closed_handheld()
    dispatched = order_in(world, State.DISPATCHED)
    ringing.notice()
    return dispatched


def ring_of(world) -> Ring | None:
    return world.session.scalar(sa.select(Ring).execution_options(populate_existing=True))


def order_of(world, number) -> WorkOrder:
    """The order as somebody else, in a thread of their own, finds it."""
    return world.session.scalars(sa.select(WorkOrder).where(WorkOrder.number == number)).one()


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_forgotten(world, ringing, service, order, status):
    service.status = status
    ringing.deliver()
    assert len(service.calls) == 1
    assert ringing.subscription() is None
    assert ring_of(world) is None


def test_a_subscription_made_anew_meanwhile_is_kept_and_rings(app, world, ringing, service, order):
    anew = Browser(service)

    def subscribe(_) -> None:
        with app.app_context():
            ringing.subscribe(anew)

    service.on_call, service.status = subscribe, 410
    ringing.deliver()
    assert ringing.subscription().endpoint == anew.endpoint
    service.on_call, service.status = lambda _: None, 201
    world.now += dt.timedelta(minutes=1)
    ringing.deliver()
    assert [ring["number"] for ring in anew.rings()] == [order.number]


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_service_in_trouble_is_tried_again_with_growing_pauses(
    world, ringing, service, order, status
):
    service.status = status
    tried_at, begin = [], world.now
    while (ring := ring_of(world)) is not None:
        world.now = max(world.now, ring.due_at)
        before = len(service.calls)
        ringing.deliver()
        assert len(service.calls) == before + 1
        tried_at.append(world.now)
    pauses = [(b - a).total_seconds() for a, b in itertools.pairwise(tried_at)]
    assert len(tried_at) == MAX_TRIES
    assert pauses == sorted(set(pauses)), "each longer than the one before"
    assert world.now - begin < dt.timedelta(minutes=10)
    assert ringing.subscription() is not None, "the next order may get through"


def test_a_service_that_recovers_rings(world, ringing, service, order):
    service.status = 503
    ringing.deliver()
    assert "503" in ring_of(world).last_error
    service.status = 201
    world.now = ring_of(world).due_at
    ringing.deliver()
    assert len(service.calls) == 2
    assert ring_of(world) is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_sends_us_elsewhere(world, ringing, service, order, status):
    service.status = status
    service.answer_headers = {"Location": f"{service.origin}/elsewhere"}
    ringing.deliver()
    assert [call.path == "/elsewhere" for call in service.calls] == [False]
    assert ring_of(world) is not None


def test_a_silent_service_is_left_and_its_address_told_to_nobody(
    world, ringing, service, order, monkeypatch
):
    monkeypatch.setattr(delivery, "TIMEOUT_S", (1, 0.2))
    over = threading.Event()
    service.on_call = lambda _: over.wait(60)
    try:
        ringing.deliver()
    finally:
        over.set()
    assert ring_of(world).tries == 1
    assert ring_of(world).last_error == "NotTaken: ReadTimeout"


def test_a_service_that_is_not_there_is_tried_again(world, ringing, service, order):
    with transaction():
        ringing.subscription().endpoint = "http://127.0.0.1:1/push"
    ringing.deliver()
    assert ring_of(world).last_error == "NotTaken: ConnectionError"


def test_the_desk_goes_on_while_a_service_makes_us_wait(app, world, ringing, service, order):
    """No transaction is open: one that wrote would keep the desk from its change for ever."""
    number, ours, done = order.number, world.session, []

    def desk_acts(_) -> None:
        with app.app_context():
            acts.recall(world, order_of(world, number))
            done.append(ours.in_transaction())

    service.on_call = desk_acts
    ringing.deliver()
    assert done == [False]
    assert len(service.calls) == 1


def test_one_silent_service_does_not_hold_up_the_others(world, ringing, service):
    # Each answers only once the other was called as well.
    both = threading.Barrier(2)
    service.on_call = lambda _: both.wait(30)
    first, second = ringing.closed_handheld(LIU_QIANG), ringing.closed_handheld(MA_CHAO)
    order_in(world, State.DISPATCHED)
    acts.dispatch(world, order_in(world, State.CREATED), to=MA_CHAO)
    ringing.go_on()
    assert (len(first.rings()), len(second.rings())) == (1, 1)
    assert ring_of(world) is None


def test_a_ring_that_cannot_be_made_does_not_stop_the_others(world, ringing, service, order):
    other = ringing.closed_handheld(MA_CHAO)
    acts.dispatch(world, order_in(world, State.CREATED), to=MA_CHAO)
    ringing.notice()
    with transaction():
        ringing.subscription(LIU_QIANG).p256dh = "broken"
    ringing.deliver()
    assert len(other.rings()) == 1
    assert (ring_of(world).device_id, ring_of(world).tries) == (LIU_QIANG.handheld, 1)


def test_a_ring_owed_anew_while_the_first_is_under_way_stays_owed(
    app, world, ringing, service, order
):
    number = order.number

    def again(_) -> None:
        service.on_call = lambda _: None
        with app.app_context():
            acts.recall(world, order_of(world, number))
            acts.dispatch(world, order_of(world, number))
            ringing.notice()

    service.on_call = again
    Delivery(settings=world.settings, message_of=message_of).run_once(world.now)
    assert ring_of(world) is not None
    ringing.deliver()
    assert len(service.calls) == 2
    assert ring_of(world) is None


def test_a_host_that_is_listed_no_longer_is_not_called(world, ringing, service, order):
    shorter = dataclasses.replace(world.settings, push_hosts="push.example")
    Delivery(settings=shorter, message_of=message_of).run_once(world.now)
    assert service.calls == []
    assert ring_of(world) is None
