"""Clocks: they fire once, ask the truth again, and one that fails does not stop the others."""

import datetime as dt

import pytest

from server import reactions
from server.alerts import operations as alerts
from server.db import MAX_TRIES
from server.deadlines import timers
from server.deadlines.models import Timer
from server.errors import Denied, NotFound
from server.history import PendingReaction
from server.return_visits.models import ReturnVisit
from server.work_orders.states import State
from tests.cast import CHEN_JING, MA_CHAO, NINE, ZHAO_MIN, ZHOU_JIANGUO, after
from tests.factories import acts
from tests.factories.acts import order_in


def start(world, kind, subject="DJ-1", *, due_at):
    words = {"subject_kind": "request", "subject": subject, "due_at": due_at}
    world.do(timers.start, kind, by=world.by(CHEN_JING), at=NINE, **words)


def raised(world, subject="DJ-1"):
    return [row.kind for row in world.alert_rows("request", subject) if row.resolved_at is None]


def test_a_clock_fires_on_the_second_and_once(world):
    start(world, "reply", due_at=after(minutes=15))
    timers.run_once(after(minutes=14, seconds=59))
    assert raised(world) == []
    for _ in range(3):
        timers.run_once(after(minutes=15))
    assert raised(world) == ["clock.reply"]
    assert world.session.query(Timer).count() == 0
    alert = world.alert_rows("request", "DJ-1")[0]
    assert (alert.rule, alert.data["breach"]) == ("R-051", True)
    assert "cs_manager" in alert.audience


def test_a_clock_set_anew_counts_from_its_new_time(world):
    start(world, "dispatch", due_at=after(minutes=5))
    start(world, "dispatch", due_at=after(minutes=9))
    timers.run_once(after(minutes=6))
    assert raised(world) == []
    timers.run_once(after(minutes=9))
    assert raised(world) == ["clock.dispatch"]


def test_a_stopped_clock_never_fires(world):
    start(world, "reply", due_at=after(minutes=15))
    words = {"subject_kind": "request", "subject": "DJ-1", "at": NINE}
    world.do(timers.stop, ["reply"], **words)
    timers.run_once(after(hours=1))
    assert raised(world) == []


def test_a_clock_that_fails_moves_on_and_is_parked_in_the_end(world):
    start(world, "reply", "DJ-broken", due_at=after(minutes=1))
    start(world, "reply", "DJ-sound", due_at=after(minutes=2))
    world.do(
        lambda current: (
            current.query(Timer).filter_by(subject="DJ-broken").update({"kind": "no such clock"})
        )
    )
    moment, failures = after(minutes=3), 0
    while True:
        try:
            timers.run_once(moment)
        except KeyError:
            failures += 1
        moment += dt.timedelta(hours=1)
        world.session.expire_all()
        broken = world.session.query(Timer).filter_by(subject="DJ-broken").one()
        if broken.tries >= MAX_TRIES or failures > 2 * MAX_TRIES:
            break
    assert failures == MAX_TRIES
    assert broken.last_error.startswith("KeyError")
    assert raised(world, "DJ-sound") == ["clock.reply"], "the sound one was not held up"
    assert timers.run_once(moment + dt.timedelta(days=1)) is False


def test_an_unknown_kind_of_clock_is_a_mistake_of_the_caller(world):
    with pytest.raises(KeyError):
        start(world, "egg", due_at=after(minutes=3))


def test_a_technician_who_does_not_take_the_order_alerts_the_desk(world):
    order = world.issued()
    acts.dispatch(world, order, at=after(minutes=10))
    timers.run_once(after(minutes=14, seconds=59))
    assert world.alerts(order) == []
    timers.run_once(after(minutes=15))
    assert world.alerts(order) == ["clock.acknowledge"]
    acts.dispatch(world, order, to=MA_CHAO, at=after(minutes=16), reassign=True)
    assert "clock.acknowledge" not in world.alerts(order), "given to another, it counts anew"
    timers.run_once(after(minutes=21))
    assert "clock.acknowledge" in world.alerts(order)
    acts.acknowledge(world, order, at=after(minutes=22))
    assert "clock.acknowledge" not in world.alerts(order)


def test_an_order_that_nobody_gets_and_one_to_which_nobody_comes_are_seen(world):
    order = world.issued(at=NINE, appointment_at=after(hours=1))
    timers.run_once(after(minutes=15))
    assert world.alerts(order) == ["clock.dispatch"]
    acts.dispatch(world, order, at=after(minutes=16))
    acts.acknowledge(world, order, at=after(minutes=17))
    assert world.alerts(order) == []
    timers.run_once(after(hours=1))
    assert world.alerts(order) == ["clock.arrival"]
    acts.arrive(world, order, at=after(hours=1, minutes=3))
    assert world.alerts(order) == []
    assert order.late


def test_a_decision_that_is_late_is_seen_by_the_managers(world):
    order = order_in(world, State.ESCALATED)
    assert world.alerts(order) == ["escalation.L1_cs_manager"]
    timers.run_once(after(days=1, hours=9))
    assert set(world.alerts(order)) == {"escalation.L1_cs_manager", "clock.decision"}
    acts.decide(world, order, "accept", by=ZHAO_MIN)
    assert world.alerts(order) == []


def test_the_same_alert_is_open_once_and_may_come_again_when_settled(world):
    words = {"subject_kind": "order", "subject": "FW-1", "by": world.by(CHEN_JING), "at": NINE}
    first = world.do(alerts.raise_alert, "order.conflict", audience=["gpm"], **words)
    assert world.do(alerts.raise_alert, "order.conflict", audience=["gpm"], **words) is first
    world.do(alerts.dismiss, first.id, how="已处理", by=world.by(ZHOU_JIANGUO), at=NINE)
    second = world.do(alerts.raise_alert, "order.conflict", audience=["gpm"], **words)
    assert second.id != first.id
    found = alerts.open_alerts(world.session, world.estate_id, roles=frozenset({"gpm"}))
    assert [row.id for row in found] == [second.id]
    assert alerts.open_alerts(world.session, world.estate_id, roles=frozenset({"finance"})) == []
    with pytest.raises(Denied):
        world.do(alerts.dismiss, second.id, how="?", by=world.by(CHEN_JING), at=NINE)
    with pytest.raises(NotFound):
        world.do(alerts.dismiss, world.estate_id, how="?", by=world.by(ZHAO_MIN), at=NINE)


def test_a_reaction_that_fails_is_tried_again_and_the_others_go_on(world, monkeypatch):
    first, second = order_in(world, State.CLOSED), order_in(world, State.CLOSED)
    real = reactions.REACTIONS["order.written_off"]

    def stumble(cause):
        if cause.row.subject == first.number:
            raise RuntimeError("disk full")
        for function in real:
            function(cause)

    monkeypatch.setitem(reactions.REACTIONS, "order.written_off", (stumble,))
    moment = world.later()
    with pytest.raises(RuntimeError):
        reactions.run_once(world.settings, moment)
    moment += dt.timedelta(minutes=1)
    with pytest.raises(RuntimeError):
        reactions.run_once(world.settings, moment)
    waiting = world.session.query(PendingReaction).all()
    assert [row.tries for row in waiting] == [2]
    monkeypatch.undo()
    reactions.run_once(world.settings, moment + dt.timedelta(hours=1))
    assert world.session.query(PendingReaction).count() == 0
    assert {visit.order_id for visit in world.session.query(ReturnVisit)} == {
        first.id,
        second.id,
    }
