"""New orders ring on a handheld whose app is closed; what is over does not ring."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from server.devices import operations as devices
from server.push.keys import vapid_public_key
from server.push.models import Ring
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, WANG_LIHUA
from tests.factories import acts
from tests.factories.acts import order_in


def owed(world) -> int:
    return world.session.scalar(sa.select(sa.func.count()).select_from(Ring))


def test_a_dispatched_order_rings_on_a_closed_handheld(world, ringing, service):
    browser = ringing.closed_handheld()
    order = order_in(world, State.DISPATCHED)
    ringing.go_on()
    assert browser.rings() == [
        {"kind": "order.dispatched", "number": order.number, "urgency": "normal"}
    ]
    ringing.go_on()
    assert len(service.calls) == 1, "once"
    assert owed(world) == 0


def test_the_push_service_sees_who_calls_and_until_when_it_matters(world, ringing, service):
    browser = ringing.closed_handheld()
    order = order_in(world, State.DISPATCHED)
    ringing.go_on()
    call = service.calls[0]
    claims = call.claims(service.origin, vapid_public_key(world.settings))
    assert claims["sub"] == "mailto:it@luneng.example"
    good_for = claims["exp"] - world.now.timestamp()
    assert 0 < good_for <= 24 * 3600
    assert call.headers["ttl"] == "600"
    assert call.headers["urgency"] == "normal"
    # What the push service could keep: nothing in the clear.
    spoken = call.body + json.dumps(call.headers).encode() + call.path.encode()
    assert WANG_LIHUA.phone.encode() not in spoken
    assert order.number.encode() not in spoken
    assert len(browser.rings()) == 1


@pytest.mark.parametrize("urgency", ["urgent", "emergency"])
def test_an_urgent_order_does_not_wait_for_the_phone_to_wake(world, ringing, service, urgency):
    browser = ringing.closed_handheld()
    order_in(world, State.DISPATCHED, urgency=urgency)
    ringing.go_on()
    assert service.calls[0].headers["urgency"] == "high"
    assert browser.rings()[0]["urgency"] == urgency


def test_an_order_rings_at_its_technician_and_at_nobody_else(world, ringing):
    his, anothers = ringing.closed_handheld(LIU_QIANG), ringing.closed_handheld(MA_CHAO)
    order_in(world, State.DISPATCHED)
    ringing.go_on()
    assert (len(his.rings()), len(anothers.rings())) == (1, 0)


def test_an_order_that_is_handed_over_rings_at_who_goes_on_with_it(world, ringing):
    first, second = ringing.closed_handheld(LIU_QIANG), ringing.closed_handheld(MA_CHAO)
    order = order_in(world, State.ON_SITE)
    ringing.go_on()
    acts.hand_over(world, order, to=MA_CHAO)
    ringing.go_on()
    assert first.rings() == []
    assert [ring["number"] for ring in second.rings()] == [order.number]


def test_rework_that_a_manager_gives_to_another_rings_there(world, ringing):
    browser = ringing.closed_handheld(MA_CHAO)
    order = order_in(world, State.ESCALATED)
    acts.decide(world, order, decision="rework", technician=world.user(MA_CHAO))
    ringing.go_on()
    assert [ring["number"] for ring in browser.rings()] == [order.number]


def test_an_order_dispatched_anew_rings_anew(world, ringing):
    browser = ringing.closed_handheld()
    order = order_in(world, State.DISPATCHED)
    ringing.go_on()
    acts.recall(world, order)
    acts.dispatch(world, order)
    ringing.go_on()
    assert len(browser.rings()) == 2


@pytest.mark.parametrize("late", ["before the ring was owed", "before it was sent"])
@pytest.mark.parametrize(
    "act",
    [acts.acknowledge, acts.give_back, acts.recall, acts.cancel],
    ids=lambda act: act.__name__,
)
def test_an_order_acknowledged_meanwhile_does_not_ring(world, ringing, service, act, late):
    ringing.closed_handheld()
    order = order_in(world, State.DISPATCHED)
    if late == "before it was sent":
        ringing.notice()
        assert owed(world) == 1
    act(world, order)
    if act is acts.cancel:
        acts.write_off(world, order)
    ringing.go_on()
    assert service.calls == []
    assert owed(world) == 0


def test_an_order_handed_over_and_gone_on_with_does_not_ring(world, ringing, service):
    ringing.closed_handheld(MA_CHAO)
    order = order_in(world, State.ON_SITE)
    acts.hand_over(world, order, to=MA_CHAO)
    ringing.notice()
    acts.inspect(world, order)
    ringing.deliver()
    assert service.calls == []


def test_a_ring_that_could_not_be_sent_for_long_is_dropped(world, ringing, service):
    ringing.closed_handheld()
    order_in(world, State.DISPATCHED)
    ringing.notice()
    world.now += dt.timedelta(minutes=10)
    ringing.deliver()
    assert service.calls == [], "the desk has telephoned by now"
    assert owed(world) == 0


def test_a_handheld_that_never_subscribed_is_owed_nothing(world, ringing):
    order_in(world, State.DISPATCHED)
    ringing.notice()
    assert owed(world) == 0


def test_a_revoked_handheld_is_forgotten_at_once(world, ringing, service):
    ringing.closed_handheld()
    order_in(world, State.DISPATCHED)
    ringing.notice()
    world.do(
        devices.revoke,
        LIU_QIANG.handheld,
        reason="遗失",
        lost=True,
        by=world.by(CHEN_JING),
        at=world.later(),
    )
    assert ringing.subscription() is None
    assert owed(world) == 0
    ringing.go_on()
    assert service.calls == []


def test_a_browser_paired_anew_rings_once(world, ringing):
    browser = ringing.closed_handheld(MA_CHAO)
    ringing.subscribe(browser, LIU_QIANG)
    assert ringing.subscription(MA_CHAO) is None
    order_in(world, State.DISPATCHED)
    ringing.go_on()
    assert len(browser.rings()) == 1
