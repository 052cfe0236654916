"""A price for what is on no list: the technician asks, the manager names it, the quote uses it."""

import pytest

from server.alerts.operations import dismiss
from server.work_orders.operations import off_list
from server.work_orders.states import State
from tests.cast import LIU_QIANG, MA_CHAO, ZHAO_MIN
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld

SHADE = {"description": "定制灯罩", "qty": "1", "reason": "原型号停产"}
BASE = {"description": "加长底座", "qty": "2.5", "reason": "孔距不同"}


@pytest.fixture
def order(world):
    """An order whose price was named and not agreed to yet."""
    return order_in(world, State.QUOTED)


@pytest.fixture
def handheld(world):
    """HH-01, in the hands of 刘强."""
    return Handheld(world=world, staff=LIU_QIANG)


def open_requests(world, order):
    world.session.expire_all()
    return [
        row
        for row in world.alert_rows("order", order.number)
        if row.kind == "price.requested" and row.resolved_at is None
    ]


def wanted(world, order):
    return [one["description"] for row in open_requests(world, order) for one in row.data["wanted"]]


def approve(world, order, description, price_fen=3050):
    return world.do(
        off_list.approve,
        order,
        description=description,
        price_fen=price_fen,
        reason="停产",
        by=world.by(ZHAO_MIN),
        at=world.later(),
    )


def test_the_manager_is_asked_for_a_price_and_names_it(world, order, handheld):
    version = order.version
    reply = handheld.does("price.requested", order, **SHADE)
    assert (reply["outcome"], reply["order_version"]) == ("applied", version + 1)
    assert order.state == "quoted"
    (alert,) = open_requests(world, order)
    assert (alert.audience, alert.rule) == (["cs_manager"], "P-06")
    assert alert.data["wanted"] == [SHADE]
    assert alert.data["reason"] == "定制灯罩 × 1: 原型号停产"
    row = next(row for row in world.history(order) if row.kind == "price.requested")
    assert {name: row.data[name] for name in SHADE} == SHADE

    one_off = approve(world, order, "定制灯罩")
    assert open_requests(world, order) == []
    reply = handheld.does(
        "order.quoted", order, lines=[{"item": one_off.code, "qty": "1"}], total_fen=3050
    )
    assert reply["outcome"] == "applied"


def test_each_of_two_requests_waits_for_its_own_price(world, order, handheld):
    for one in (SHADE, BASE):
        handheld.does("price.requested", order, **one)
    assert wanted(world, order) == ["定制灯罩", "加长底座"]
    approve(world, order, "加长底座")
    assert wanted(world, order) == ["定制灯罩"]
    approve(world, order, "灯罩,玻璃,380 mm")
    assert wanted(world, order) == []


def test_a_price_that_nobody_asked_for_raises_nothing(world, order):
    approve(world, order, "定制灯罩")
    assert open_requests(world, order) == []


def test_what_the_manager_put_aside_is_not_asked_again_with_the_next(world, order, handheld):
    handheld.does("price.requested", order, **SHADE)
    (alert,) = open_requests(world, order)
    world.do(dismiss, alert.id, how="用库存灯罩", by=world.by(ZHAO_MIN), at=world.later())
    handheld.does("price.requested", order, **BASE)
    assert wanted(world, order) == ["加长底座"]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.ACKNOWLEDGED, "rejected"),
        (State.ON_SITE, "applied"),
        (State.IN_PROGRESS, "applied"),
        (State.AWAITING_ACCEPTANCE, "rejected"),
        (State.CANCEL_PENDING, "recorded"),
    ],
)
def test_it_is_asked_where_a_quote_may_be_given(world, handheld, state, outcome):
    order = order_in(world, state)
    assert handheld.does("price.requested", order, **SHADE)["outcome"] == outcome
    assert bool(open_requests(world, order)) is (outcome == "applied")


def test_nobody_asks_for_somebody_elses_order(world, order):
    reply = Handheld(world=world, staff=MA_CHAO).does("price.requested", order, **SHADE)
    assert reply["outcome"] == "rejected"


def test_a_technician_cannot_name_the_amount(world, order, handheld):
    reply = handheld.does("price.requested", order, price_fen=100, **SHADE)
    assert reply["problem"]["type"].endswith("unknown-field")
    assert open_requests(world, order) == []
