"""The technician says that he is on the way: the desk sees it, and nothing waits for it."""

import datetime as dt

import pytest

from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, PASSWORD
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld
from tests.factories.world import World


@pytest.fixture
def handheld(world):
    """HH-01, in the hands of 刘强."""
    return Handheld(world=world, staff=LIU_QIANG)


def said_so(world, order):
    return [row for row in world.history(order) if row.kind == "order.set_out"]


def test_the_desk_learns_when_the_technician_set_out(web):
    with web.app_context():
        world = World(settings=web.extensions["paigong.settings"])
        order = order_in(world, State.ACKNOWLEDGED)
        version, number = order.version, order.number
        left_at = world.later()
        handheld = Handheld(world=world, staff=LIU_QIANG)
        reply = handheld.send(handheld.event("order.set_out", order, at=left_at), at=world.later())
        assert (reply["outcome"], reply["order_version"]) == ("applied", version)
        assert (order.state, order.version) == ("acknowledged", version)
        (row,) = said_so(world, order)
        assert row.device_at == left_at
    desk = web.test_client()
    signed_in = {"username": CHEN_JING.username, "password": PASSWORD}
    token = desk.post("/api/v1/tokens", json=signed_in).get_json()["token"]
    told = desk.get(
        f"/api/v1/orders/{number}", headers={"Authorization": f"Bearer {token}"}
    ).get_json()
    assert dt.datetime.fromisoformat(told["set_out_at"]) == left_at


def test_the_order_is_taken_before_he_sets_out(world, handheld):
    order = order_in(world, State.DISPATCHED)
    reply = handheld.does("order.set_out", order)
    assert (reply["outcome"], reply["problem"]["rule"]) == ("rejected", "R-052")
    assert (order.set_out_at, said_so(world, order)) == (None, [])


def test_told_twice_or_late_it_is_on_record_and_changes_nothing_else(world, handheld):
    order = order_in(world, State.ACKNOWLEDGED)
    handheld.does("order.set_out", order)
    first = order.set_out_at
    assert handheld.does("order.set_out", order)["outcome"] == "applied"
    assert order.set_out_at == first
    handheld.does("order.arrived", order)
    version = order.version
    assert handheld.does("order.set_out", order)["outcome"] == "applied"
    assert (order.state, order.version, order.set_out_at) == ("on_site", version, first)
    assert len(said_so(world, order)) == 3


def test_one_who_only_arrives_never_set_out(world, handheld):
    order = order_in(world, State.ACKNOWLEDGED)
    assert handheld.does("order.arrived", order)["outcome"] == "applied"
    handheld.does("order.set_out", order)
    assert order.set_out_at is None


def test_an_order_that_was_recalled_on_the_way_is_a_conflict_for_the_desk(world, handheld):
    """P-18: off line in the lift; the desk has to know that somebody is coming."""
    order = order_in(world, State.ACKNOWLEDGED)
    event = handheld.event("order.set_out", order)
    acts.recall(world, order)
    assert handheld.send(event)["outcome"] == "recorded"
    assert "order.conflict" in world.alerts(order)
    assert order.set_out_at is None


def test_dispatched_anew_nobody_is_on_the_way(world, handheld):
    order = order_in(world, State.ACKNOWLEDGED)
    handheld.does("order.set_out", order)
    acts.recall(world, order)
    acts.dispatch(world, order)
    assert order.set_out_at is None
