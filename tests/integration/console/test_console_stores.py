"""The warehouse's pages: the counter, items, in whose hands things are, the count."""

import pytest

from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, QIAN_JIN, ZHAO_MIN
from tests.factories import stock
from tests.factories.acts import order_in

COUNTER = "/stores"


def moves(world, code):
    """The movements of an item, as others have left them."""
    world.session.rollback()
    world.session.expire_all()
    return stock.moves(world, code)


@pytest.fixture
def order(today):
    """An order that 刘强 is working on."""
    return order_in(today, State.IN_PROGRESS)


@pytest.fixture
def store(at_desk, order):
    """钱进 at the counter."""
    return at_desk(QIAN_JIN)


def test_what_was_asked_for_is_handed_out_and_taken_back_with_one_click_each(today, order, store):
    line = stock.asks(today, order, stock.WC_SET, "2")
    issue, back = (f"{COUNTER}/lines/{line.number}/{act}" for act in ("issue", "return"))
    asked = store.hidden(store.page(COUNTER), issue)
    page = store.follow(store.client.post(issue, data={**asked, "qty": "2"}))
    assert "已领出 水箱配件 × 2。" in page
    # The same form once more hands nothing out again.
    assert store.client.post(issue, data={**asked, "qty": "2"}).status_code == 303
    assert moves(today, stock.WC_SET) == [("issue", -2, 8)]

    assert back not in store.page(COUNTER), "nobody has brought anything"
    scanned = store.page(f"{COUNTER}?code=m-wcset")
    data = {**store.hidden(scanned, back), "qty": "3", "condition": "完好"}
    refused = store.client.post(back, data=data)
    assert (refused.status_code, "R-072" in refused.text) == (409, True)
    data = {**store.hidden(scanned, back), "qty": "1.5", "condition": "少螺丝"}
    assert "已收回" in store.follow(store.client.post(back, data=data))
    shown = store.page(f"/stores/items/{stock.WC_SET}")
    assert "少螺丝" in shown
    assert "<td>+1.5</td>" in shown


def test_who_may_only_read_the_warehouse_finds_no_forms(today, order, store, at_desk):
    line = stock.asks(today, order)
    manager = at_desk(ZHAO_MIN)
    assert line.number in manager.page(COUNTER)
    for action in (f"{COUNTER}/lines/{line.number}/issue", "/stores/old-parts"):
        assert f'action="{action}"' not in manager.page(COUNTER)
    desk = at_desk(CHEN_JING)
    assert desk.get(COUNTER).status_code == 403
    assert desk.page("/stores/items")
    assert 'action="/stores/new-item"' not in desk.page("/stores/items")


def test_an_item_is_added_received_and_refilled_above_its_minimum(today, store):
    told = {"code": "M-FUSE", "name": "保险丝", "kind": "material", "unit": "只"}
    added = store.send("/stores/items", "/stores/new-item", **told, stock_qty="2", minimum_qty="5")
    assert "低于下限" in store.follow(added)
    assert "M-FUSE" in store.page("/stores/items?low=1")
    assert "保险丝" in store.page("/alerts")
    receipts = "/stores/items/M-FUSE/receipts"
    page = store.follow(store.send("/stores/items/M-FUSE", receipts, qty="10", note="四月采购"))
    assert "四月采购" in page
    assert "低于下限" not in page
    assert "保险丝" not in store.page("/alerts")
    twice = store.send("/stores/items", "/stores/new-item", **told)
    assert twice.status_code == 409
    assert "M-FUSE 已经有了" in twice.text


def test_people_with_tools_for_too_long_stand_first_and_their_ledger_tells_why(today, order, store):
    line = stock.draws(today, order, stock.MEGGER)
    page = store.page("/stores/people")
    assert "未结清 1 项" in page
    assert "超过一天未还" not in page.split("</p>", 1)[1]
    with_old_part = stock.brings(today, order)
    hand_in = f"/stores/old-parts/{with_old_part.id}/hand-in"
    ledger = "/stores/people/" + LIU_QIANG.username
    person = store.page(ledger)
    assert line.number in person
    assert store.follow(store.send(ledger, hand_in, fate="kept")).count("旧水箱配件") == 2
    assert store.get("/stores/people/nobody").status_code == 404


def test_a_count_shows_its_differences_before_it_is_confirmed(today, store):
    form = store.hidden(store.page("/stores/count"), "/stores/count/check")
    # The browser sends every field; what was not counted is empty.
    told = {**form, f"counted:{stock.WC_SET}": "9", f"counted:{stock.PLUG}": "3"}
    shown = store.client.post("/stores/count/check", data=told)
    assert shown.status_code == 200
    assert '<b class="late">-1</b>' in shown.text
    assert moves(today, stock.WC_SET) == [], "nothing is written down yet"
    confirm = store.hidden(shown.text, "/stores/count")
    unsaid = store.client.post("/stores/count", data=confirm)
    assert unsaid.status_code == 422
    again = store.hidden(unsaid.text, "/stores/count")
    done = store.client.post("/stores/count", data={**again, f"reason:{stock.WC_SET}": "破损"})
    page = store.follow(done)
    assert "破损" in page
    assert moves(today, stock.WC_SET) == [("count", -1, 9)]
    empty = store.client.post("/stores/count/check", data=form)
    assert empty.status_code == 422


def test_the_order_page_says_where_use_and_bill_differ_and_leads_to_the_voucher(
    today, order, store
):
    stock.draws(today, order, "M-TUBE36", "2")
    stock.uses(today, order, "M-TUBE36", "2")
    page = store.page(f"/orders/{order.number}")
    assert "用了的比报价的多" in page
    assert f'href="/paper/F-07/{order.number}"' in page
    assert "LJ-" in store.page(f"/paper/F-07/{order.number}")
