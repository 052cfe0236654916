"""Materials and tools on an order: asked for, handed out, used, returned, lost (ST1–ST5)."""

from decimal import Decimal

import pytest

from server.errors import Conflict, Denied, Invalid, Problem
from server.stores import operations as stores
from server.stores.models import StockItem
from server.work_orders.operations import supplying
from server.work_orders.operations.moving import Refused
from server.work_orders.states import State
from tests.cast import LIU_QIANG, QIAN_JIN, ZHANG_WEI, ZHAO_MIN
from tests.factories import acts
from tests.factories.acts import order_in

WC_SET, MEGGER = "M-WCSET", "T-MEGGER"


@pytest.fixture
def order(world):
    """An order that 刘强 has acknowledged."""
    return order_in(world, State.ACKNOWLEDGED)


def ask(world, order, code=WC_SET, qty="1", *, by=LIU_QIANG):
    words = {"wanted": [(code, Decimal(qty))], "by": world.by(by), "at": world.later()}
    world.do(supplying.request_stock, world.settings, order, **words)
    return stores.lines_of(world.session, order.id)[-1]


def hand_out(world, order, line, qty="1", *, by=QIAN_JIN):
    words = {"qty": Decimal(qty), "by": world.by(by), "at": world.later()}
    world.do(supplying.issue_stock, order, line, **words)


def drawn(world, order, code=WC_SET, qty="1"):
    line = ask(world, order, code, qty)
    hand_out(world, order, line, qty)
    return line


def use(world, order, code=WC_SET, qty="1"):
    words = {"used": [(code, Decimal(qty))], "by": world.by(LIU_QIANG), "at": world.later()}
    world.do(supplying.use_stock, order, **words)


def take_back(world, order, line, qty="1"):
    words = {"qty": Decimal(qty), "condition": "完好", "by": world.by(QIAN_JIN)}
    world.do(supplying.take_back_stock, order, line, at=world.later(), **words)


def lose(world, order, code=MEGGER):
    words = {"lost": [(code, Decimal(1), "掉进井里")], "by": world.by(LIU_QIANG)}
    world.do(supplying.lose_stock, order, at=world.later(), **words)


def in_warehouse(world, code=WC_SET):
    item = world.session.query(StockItem).filter_by(code=code).one()
    return item.stock_qty


def write_off_is_refused_for(world, order):
    with pytest.raises(Refused) as refused:
        acts.write_off(world, order)
    return [reason["code"] for reason in refused.value.extra["reasons"]]


def test_a_fitting_is_drawn_used_and_counted(world, order):
    line = drawn(world, order, qty="2")
    assert (line.number, line.issued_qty) == ("LJ-202503-0001", 2)
    assert in_warehouse(world) == 8
    use(world, order)
    take_back(world, order, line)
    assert in_warehouse(world) == 9
    assert stores.quantities(line).out == 0
    told = [row.kind for row in world.history(order) if row.kind.startswith("stock.")]
    assert told == ["stock.requested", "stock.issued", "stock.used", "stock.returned"]


def test_what_was_not_drawn_cannot_be_used(world, order):
    with pytest.raises(Conflict) as refused:
        use(world, order)
    assert (refused.value.slug, refused.value.rule) == ("stock-not-issued", "R-058")
    ask(world, order)
    with pytest.raises(Conflict) as refused:
        use(world, order)
    assert refused.value.slug == "more-than-out", "asked for is not drawn"


def test_nobody_draws_more_than_asked_or_uses_more_than_drawn(world, order):
    line = drawn(world, order, qty="2")
    for act, slug in (
        (lambda: hand_out(world, order, line, "1"), "more-than-requested"),
        (lambda: use(world, order, qty="3"), "more-than-out"),
        (lambda: take_back(world, order, line, "3"), "more-than-out"),
        (lambda: take_back(world, order, line, "-1"), "qty-not-positive"),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.slug == slug
    assert (line.issued_qty, line.used_qty, line.returned_qty) == (2, 0, 0)
    assert in_warehouse(world) == 8


def test_the_warehouse_does_not_hand_out_what_it_has_not(world, order):
    line = ask(world, order, "M-WCPLUG", "4")
    with pytest.raises(Conflict) as refused:
        hand_out(world, order, line, "4")
    assert refused.value.slug == "not-in-stock"
    hand_out(world, order, line, "3")
    assert in_warehouse(world, "M-WCPLUG") == 0


def test_a_tool_is_returned_and_not_used_up(world, order):
    drawn(world, order, MEGGER)
    with pytest.raises(Conflict) as refused:
        use(world, order, MEGGER)
    assert refused.value.slug == "tools-are-not-used-up"


def test_an_item_that_the_warehouse_never_had_is_refused(world, order):
    with pytest.raises(Invalid) as refused:
        ask(world, order, "M-GOLD")
    assert refused.value.rule == "R-058"


def test_nobody_issues_stock_to_himself(world, order):
    line = ask(world, order)
    with pytest.raises(Denied):
        hand_out(world, order, line, by=LIU_QIANG)


def test_stock_moves_between_acknowledgement_and_write_off_only(world):
    for state in (State.DISPATCHED, State.CLOSED):
        with pytest.raises(Conflict) as refused:
            ask(world, order_in(world, state))
        assert refused.value.slug == "not-open-for-stock"
    for state in (State.ACKNOWLEDGED, State.IN_PROGRESS, State.REWORK):
        assert ask(world, order_in(world, state)).requested_qty == 1


def test_only_the_technician_of_the_order_asks_for_its_stock(world, order):
    with pytest.raises(Problem):
        ask(world, order, by=ZHANG_WEI)


def test_a_cancelled_order_keeps_its_slip_until_the_fitting_is_back(world, order):
    line = drawn(world, order)
    acts.arrive(world, order)
    acts.request_cancel(world, order)
    assert write_off_is_refused_for(world, order) == ["stock-open"]
    assert order.state == "cancel_pending"
    take_back(world, order, line)
    acts.write_off(world, order)
    assert (order.state, order.charge_fen) == ("cancelled", 0)


def test_no_order_closes_while_a_tool_is_out(world):
    order = order_in(world, State.IN_PROGRESS)
    line = drawn(world, order, MEGGER)
    for act in (acts.ready, acts.accept, acts.signature_arrives):
        act(world, order)
    assert write_off_is_refused_for(world, order) == ["stock-open"]
    take_back(world, order, line)
    acts.write_off(world, order)
    assert order.state == "closed"


def test_a_lost_tool_waits_for_the_manager(world, order):
    line = drawn(world, order, MEGGER)
    lose(world, order)
    assert "stock.lost" in world.alerts(order)
    acts.cancel(world, order)
    assert write_off_is_refused_for(world, order) == ["stock-open"]
    words = {"by": world.by(ZHAO_MIN), "at": world.later()}
    world.do(supplying.decide_loss, order, line, **words)
    assert "stock.lost" not in world.alerts(order)
    acts.write_off(world, order)
    assert order.state == "cancelled"


def test_material_that_was_used_and_not_billed_is_shown_to_the_manager(world):
    order = order_in(world, State.IN_PROGRESS)
    drawn(world, order, "M-TUBE36", "2")
    use(world, order, "M-TUBE36", "2")
    for act in (acts.ready, acts.accept, acts.signature_arrives, acts.write_off):
        act(world, order)
    flagged = next(
        row for row in world.alert_rows("order", order.number) if row.kind == "stock.not_as_billed"
    )
    assert flagged.data["items"] == {"M-TUBE36": {"used": "2.00", "billed": "0"}}
