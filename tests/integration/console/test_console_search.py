"""The search box: everything that a desk knows leads there, and nobody finds what is not theirs."""

import re

from server.work_orders.states import State
from tests.cast import CHEN_JING, FENG_XUE, LI_JIANJUN, LIU_QIANG, MA_CHAO, QIAN_JIN, WANG_LIHUA
from tests.factories import acts


def groups(desk, query, path="/search"):
    """Group -> what leads where, in the order shown."""
    page = desk.page(f"{path}?q={query}")
    part = page[page.index('<div class="hits">') :]
    return {
        kind: re.findall(r'<a href="([^"]+)"', body)
        for kind, body in re.findall(r'<h2 id="h-(\w+)">(.*?)</section>', part, re.DOTALL)
    }


def test_an_order_is_found_by_everything_that_a_desk_knows(at_desk, today):
    order = acts.order_in(today, State.DISPATCHED, content="客厅日光灯不亮")
    other = today.issued(customer=LI_JIANJUN, content="龙头滴水")
    desk = at_desk(CHEN_JING)
    for query in (
        "3-2-1502",
        "3栋2单元1502",
        "王丽华",
        "0001",
        "13900000001",
        "日光灯",
        "客厅 不亮",
    ):
        assert groups(desk, query)["order"] == [f"/orders/{order.number}"], query
    assert f"/orders/{other.number}" in groups(desk, "龙头")["order"]
    assert groups(desk, "冰箱") == {}


def test_a_number_leads_there_at_once(at_desk, today):
    order = today.issued()
    answer = at_desk(CHEN_JING).get(f"/search?q={order.number.lower()}")
    assert answer.headers["Location"] == f"/orders/{order.number}"


def test_a_unit_or_a_person_leads_to_their_orders(at_desk, today):
    order = today.issued()
    today.issued(customer=LI_JIANJUN)
    desk = at_desk(CHEN_JING)
    [unit] = groups(desk, "3-2-1502")["unit"]
    [person] = groups(desk, "wlh")["person"]
    for path in (unit, person):
        page = desk.page(path.replace("&amp;", "&"))
        assert re.findall(r'scope="row"><a href="/orders/([^"]+)"', page) == [order.number]


def test_nobody_finds_what_is_not_theirs(at_desk, today):
    mine = acts.order_in(today, State.DISPATCHED, content="客厅灯不亮")
    today.issued(content="客厅灯不亮")
    assert groups(at_desk(LIU_QIANG), "客厅灯") == {"order": [f"/orders/{mine.number}"]}
    assert groups(at_desk(LIU_QIANG), "王丽华") == {"order": [f"/orders/{mine.number}"]}
    assert groups(at_desk(MA_CHAO), "客厅灯") == {}
    store = groups(at_desk(QIAN_JIN), "客厅灯")
    assert len(store["order"]) == 2
    assert "request" not in store
    assert len(groups(at_desk(CHEN_JING), "客厅灯")["request"]) == 2
    assert at_desk(FENG_XUE).get("/search?q=x").status_code == 403


def test_while_typing_the_first_five_of_each_are_options_of_a_list(at_desk, today):
    for _ in range(7):
        today.issued(content="客厅灯不亮")
    part = at_desk(CHEN_JING).page("/search/found?q=客厅")
    assert part.count('role="option"') == 10
    assert len(set(re.findall(r'id="(hit-\d+)"', part))) == 10
    assert "没有找到" in at_desk(CHEN_JING).page("/search/found?q=冰箱")
    assert "option" not in at_desk(CHEN_JING).page("/search/found?q=")


def test_what_was_typed_comes_back_as_text_and_no_question_breaks_the_search(at_desk, today):
    desk = at_desk(CHEN_JING)
    page = desk.page('/search?q=<b>"灯')
    assert "<b>&#34;" not in page
    assert "&lt;b&gt;" in page
    for odd in ("%25", "'", "\\", "。。", "-", "a" * 500, "%00", "\U0001f600"):
        assert desk.get(f"/search?q={odd}").status_code == 200, odd


def test_a_note_is_found_and_leads_to_its_order(at_desk, today):
    order = acts.order_in(today, State.DISPATCHED)
    path = f"/orders/{order.number}"
    at_desk(CHEN_JING).send(path, f"{path}/notes", text="钥匙在物业前台王姐处")
    assert groups(at_desk(CHEN_JING), "钥匙")["note"] == [f"{path}#h-notes"]
    assert groups(at_desk(LIU_QIANG), "钥匙")["note"] == [f"{path}#h-notes"]
    assert groups(at_desk(MA_CHAO), "钥匙") == {}
    assert WANG_LIHUA.name not in at_desk(MA_CHAO).page("/search?q=钥匙")
