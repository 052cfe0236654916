"""What is not needed goes back to the store: the technician says so, the storekeeper settles it."""

from decimal import Decimal

import pytest

from contracts.downlink import SnapshotSchema, spelled
from server.history import verify
from server.stores import operations as stores
from server.work_orders.operations import supplying
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State
from tests.cast import LIU_QIANG, MA_CHAO, QIAN_JIN
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld

WC_SET, MEGGER = "M-WCSET", "T-MEGGER"


@pytest.fixture
def order(world):
    """An order that 刘强 is working on."""
    return order_in(world, State.IN_PROGRESS)


@pytest.fixture
def handheld(world):
    """HH-01, in the hands of 刘强."""
    return Handheld(world=world, staff=LIU_QIANG)


def drawn(world, order, code=WC_SET, qty="1"):
    words = {"wanted": [(code, Decimal(qty))], "by": world.by(LIU_QIANG), "at": world.later()}
    world.do(supplying.request_stock, world.settings, order, **words)
    line = stores.lines_of(world.session, order.id)[-1]
    words = {"qty": Decimal(qty), "by": world.by(QIAN_JIN), "at": world.later()}
    world.do(supplying.issue_stock, order, line, **words)
    return line


def take_back(world, order, line, qty="1"):
    words = {"qty": Decimal(qty), "condition": "完好", "by": world.by(QIAN_JIN)}
    world.do(supplying.take_back_stock, order, line, at=world.later(), **words)


def brings(handheld, order, *lines):
    told = [dict(zip(("item", "qty", "condition"), line, strict=False)) for line in lines]
    return handheld.does("stock.handed_back", order, lines=told)


def told_to_the_storekeeper(world, order):
    world.session.expire_all()
    return [
        row.data["items"]
        for row in world.alert_rows("order", order.number)
        if row.kind == "stock.handed_back" and row.resolved_at is None
    ]


def test_the_storekeeper_is_told_and_takes_it_back_himself(world, order, handheld):
    fitting, tool = drawn(world, order, qty="2"), drawn(world, order, MEGGER)
    version = order.version
    reply = brings(handheld, order, (WC_SET, "1"), (MEGGER, "1", "表笔破损"))
    assert (reply["outcome"], reply["order_version"]) == ("applied", version + 1)

    # Two people: nothing has moved on the technician's word alone.
    assert [stores.quantities(line).out for line in (fitting, tool)] == [2, 1]
    (alert,) = [row for row in world.alert_rows("order", order.number) if not row.resolved_at]
    assert (alert.kind, alert.audience, alert.rule) == (
        "stock.handed_back",
        ["storekeeper"],
        "R-072",
    )
    assert alert.data["technician"] == LIU_QIANG.name
    rows = [row for row in world.history(order) if row.kind == "stock.handed_back"]
    assert [row.data["item"] for row in rows] == [WC_SET, MEGGER]
    assert rows[1].data["condition"] == "表笔破损"

    take_back(world, order, fitting)
    assert told_to_the_storekeeper(world, order) == [{MEGGER: "1.00"}]
    take_back(world, order, tool)
    assert told_to_the_storekeeper(world, order) == []
    assert [stores.quantities(line).out for line in (fitting, tool)] == [1, 0]
    assert verify(world.session, "order", order.number) is None


def test_the_handheld_sees_what_still_waits_at_the_store(world, order, handheld):
    drawn(world, order, qty="2")
    brings(handheld, order, (WC_SET, "1"))
    data = spelled(snapshot(world.session, order))
    assert SnapshotSchema().validate(data) == {}
    (line,) = data["stock"]
    assert (Decimal(line["out"]), Decimal(line["handed_back"])) == (2, 1)


def test_more_than_is_out_is_refused(world, order, handheld):
    drawn(world, order)
    reply = brings(handheld, order, (WC_SET, "2"))
    assert (reply["outcome"], reply["problem"]["rule"]) == ("rejected", "R-072")
    assert told_to_the_storekeeper(world, order) == []
    reply = brings(handheld, order, (MEGGER, "1"))
    assert reply["outcome"] == "rejected"


def test_the_same_item_twice_in_one_message_counts_together(world, order, handheld):
    drawn(world, order)
    reply = brings(handheld, order, (WC_SET, "1"), (WC_SET, "1"))
    assert reply["outcome"] == "rejected"
    assert told_to_the_storekeeper(world, order) == []


def test_two_lines_of_one_item_go_back_together(world, order, handheld):
    first, second = drawn(world, order), drawn(world, order)
    assert brings(handheld, order, (WC_SET, "2"))["outcome"] == "applied"
    assert told_to_the_storekeeper(world, order) == [{WC_SET: "2.00"}]
    take_back(world, order, second)
    take_back(world, order, first)
    assert told_to_the_storekeeper(world, order) == []


def test_said_again_it_is_still_the_same_piece(world, order, handheld):
    line = drawn(world, order)
    for _ in range(2):
        assert brings(handheld, order, (WC_SET, "1"))["outcome"] == "applied"
    assert told_to_the_storekeeper(world, order) == [{WC_SET: "1.00"}]
    take_back(world, order, line)
    assert told_to_the_storekeeper(world, order) == []


def test_what_was_used_after_all_is_no_longer_waited_for(world, order, handheld):
    drawn(world, order)
    brings(handheld, order, (WC_SET, "1"))
    reply = handheld.does("stock.used", order, lines=[{"item": WC_SET, "qty": "1"}])
    assert reply["outcome"] == "applied"
    assert told_to_the_storekeeper(world, order) == []


def test_only_whoever_has_the_order_brings_its_stock_back(world, order):
    drawn(world, order)
    other = Handheld(world=world, staff=MA_CHAO)
    assert brings(other, order, (WC_SET, "1"))["outcome"] == "rejected"


def test_a_cancelled_visit_still_brings_its_stock_back(world, handheld):
    order = order_in(world, State.ON_SITE)
    drawn(world, order)
    acts.request_cancel(world, order)
    assert brings(handheld, order, (WC_SET, "1"))["outcome"] == "applied"
