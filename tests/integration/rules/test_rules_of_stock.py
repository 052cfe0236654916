"""Nothing is open on an order that is written off, and nobody serves himself (R-058, R-072)."""

from decimal import Decimal

import pytest

from server.errors import Conflict, Denied
from server.stores import operations as stores
from server.work_orders.operations import supplying
from server.work_orders.states import State
from tests.cast import LIU_QIANG, PASSWORD, QIAN_JIN, ZHAO_MIN
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.world import World

FITTING = "M-WCSET"


def says(world, who=QIAN_JIN):
    return {"by": world.by(who), "at": world.later()}


def asked(world, order, code=FITTING, qty="1"):
    words = {"wanted": [(code, Decimal(qty))], **says(world, LIU_QIANG)}
    world.do(supplying.request_stock, world.settings, order, **words)
    return stores.lines_of(world.session, order.id)[-1]


def drawn(world, order, code=FITTING, qty="1"):
    line = asked(world, order, code, qty)
    world.do(supplying.issue_stock, order, line, qty=Decimal(qty), **says(world))
    return line


def use(world, order, code=FITTING, qty="1"):
    world.do(supplying.use_stock, order, used=[(code, Decimal(qty))], **says(world, LIU_QIANG))


def test_the_warehouse_hands_nothing_out_on_an_order_that_is_written_off(world):
    order = order_in(world, State.ON_SITE)
    line = asked(world, order)
    acts.request_cancel(world, order)
    acts.write_off(world, order)
    with pytest.raises(Conflict) as refused:
        world.do(supplying.issue_stock, order, line, qty=Decimal(1), **says(world))
    assert (refused.value.slug, line.issued_qty) == ("not-open-for-stock", 0)


def test_nobody_takes_back_or_forgives_his_own(world):
    order = order_in(world, State.ACKNOWLEDGED)
    line = drawn(world, order)
    own = says(world, LIU_QIANG)
    with pytest.raises(Denied):
        world.do(supplying.take_back_stock, order, line, qty=Decimal(1), condition="完好", **own)
    lost = {"lost": [(FITTING, Decimal(1), "掉了")], **own}
    world.do(supplying.lose_stock, order, **lost)
    with pytest.raises(Denied):
        world.do(supplying.decide_loss, order, line, **own)
    world.do(supplying.decide_loss, order, line, **says(world, ZHAO_MIN))
    assert stores.loss_is_decided(line)
    assert "stock.lost" not in world.alerts(order)


def test_a_loss_that_was_not_reported_is_not_decided(world):
    order = order_in(world, State.ACKNOWLEDGED)
    line = drawn(world, order)
    with pytest.raises(Conflict) as refused:
        world.do(supplying.decide_loss, order, line, **says(world, ZHAO_MIN))
    assert refused.value.slug == "nothing-lost"


@pytest.mark.parametrize(
    ("billed", "flagged"),
    [([{"item": "L-WC", "qty": "1"}], True), ([{"item": FITTING, "qty": "1"}], False)],
)
def test_material_used_and_not_billed_is_flagged(world, billed, flagged):
    order = order_in(world, State.ON_SITE)
    acts.inspect(world, order)
    acts.quote(world, order, lines=billed, total_fen=4800 if not flagged else 2500)
    acts.confirm_quote(world, order)
    drawn(world, order)
    use(world, order)
    for act in (acts.ready, acts.accept, acts.signature_arrives, acts.write_off):
        act(world, order)
    assert ("stock.not_as_billed" in world.alerts(order)) is flagged


def test_work_that_is_stopped_lists_what_was_used(world):
    order = order_in(world, State.IN_PROGRESS)
    drawn(world, order)
    use(world, order)
    acts.request_cancel(world, order)
    row = next(r for r in world.history(order) if r.kind == "order.cancel_requested")
    assert row.data["used"] == {FITTING: "1.00"}


def test_the_counter_hands_out_and_takes_back_over_http(web):
    with web.app_context():
        world = World(settings=web.extensions["paigong.settings"])
        order = order_in(world, State.ACKNOWLEDGED)
        line = asked(world, order).number
    counter = web.test_client()
    told = {"username": QIAN_JIN.username, "password": PASSWORD}
    token = counter.post("/api/v1/tokens", json=told).get_json()["token"]
    head = {"Authorization": f"Bearer {token}"}
    for act, state in (("issue", "issued"), ("return", "returned")):
        answer = counter.post(f"/api/v1/stock-lines/{line}/{act}", json={"qty": "1"}, headers=head)
        assert (answer.status_code, answer.get_json()["state"]) == (200, state)
