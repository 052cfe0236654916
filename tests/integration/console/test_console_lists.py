"""Lists of orders and requests: filters in the address, turning pages, saved filters, bulk work."""

import csv
import datetime as dt
import io
import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from server.db import session, transaction, utcnow
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    HE_LI,
    LI_JIANJUN,
    LIU_QIANG,
    MA_CHAO,
    QIAN_JIN,
    SUN_QIAN,
    WANG_LIHUA,
    ZHANG_WEI,
)
from tests.factories import acts

NUMBER = re.compile(r'<th scope="row"><a href="/orders/(FW-[\d-]+)">')
REQUEST = re.compile(r'<th scope="row"><a href="/requests/(DJ-[\d-]+)">')


def listed(desk, query="state=all"):
    return NUMBER.findall(desk.page(f"/orders?{query}"))


def tick(desk, *orders):
    """The fields of ticked rows, with the versions that stand on the page now."""
    page = desk.page("/orders?state=all")
    fields = desk.hidden(page, "/orders/print")
    boxes = dict(re.findall(r'name="order" value="(FW-[\d-]+):(\d+)"', page))
    return fields | {"order": [f"{one.number}:{boxes[one.number]}" for one in orders]}


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_filter_narrows_the_list(at_desk, today):
    lamp = acts.order_in(today, State.DISPATCHED, category="lamp")
    tap = today.issued(customer=LI_JIANJUN, category="tap_valve", urgency="emergency")
    done = acts.order_in(today, State.CLOSED)
    desk = at_desk(SUN_QIAN)
    assert set(listed(desk, "state=open")) == {lamp.number, tap.number}
    assert listed(desk, "state=created") == [tap.number]
    assert listed(desk, "state=all&technician=liu.qiang&category=lamp") == [lamp.number]
    assert listed(desk, "state=open&urgency=emergency") == [tap.number]
    assert listed(desk, "state=open&unit=5-1-0801") == [tap.number]
    assert listed(desk, "state=all&unit=99栋1单元0101") == []
    assert listed(desk, "state=all&qa=pending") == [done.number]
    assert listed(desk, "state=all&technician=nobody") == []
    assert len(listed(desk, "state=all")) == 3


def test_late_and_dangerous_orders_are_listed_alone(at_desk, today):
    late, danger, other = (today.issued() for _ in range(3))
    with transaction() as current:
        current.get(WorkOrder, late.id).late = True
        current.get(WorkOrder, danger.id).hazard = True
    desk = at_desk(SUN_QIAN)
    assert listed(desk, "state=all&late=1") == [late.number]
    assert listed(desk, "state=all&hazard=1") == [danger.number]
    assert other.number in listed(desk)


def test_a_period_counts_whole_days_of_the_estate(at_desk, today):
    order = today.issued()
    at_midnight = dt.datetime(2024, 5, 3, tzinfo=today.settings.zone)
    with transaction() as current:
        current.get(WorkOrder, order.id).issued_at = at_midnight
    desk = at_desk(SUN_QIAN)
    assert listed(desk, "state=all&from=2024-05-03&to=2024-05-03") == [order.number]
    assert listed(desk, "state=all&to=2024-05-02") == []
    assert listed(desk, "state=all&from=2024-05-04&to=2024-05-09") == []


@pytest.mark.parametrize(
    "query",
    ["state=foo", "from=yesterday", "to=9999-12-31", "category=boat", "after=x", "before=1_2"],
)
def test_what_no_list_understands_is_refused_in_words(at_desk, today, query):
    answer = at_desk(SUN_QIAN).get(f"/orders?{query}")
    assert answer.status_code == 422
    assert "筛选" in answer.text


def test_pages_turn_forwards_and_back_over_every_order_once(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.console.lists.PAGE", 3)
    numbers = [today.issued().number for _ in range(8)]
    desk, path, seen, leaves = at_desk(SUN_QIAN), "/orders?state=all", [], []
    for way in ("older", "newer"):
        while path:
            page = desk.page(path)
            leaves.append(NUMBER.findall(page))
            turn = re.search(rf'id="page-{way}" rel="\w+" href="([^"]+)"', page)
            last, path = path, turn and turn.group(1).replace("&amp;", "&")
        if way == "older":
            seen = [number for leaf in leaves for number in leaf]
            assert sorted(seen) == sorted(numbers)
            path, leaves = last, []
    assert [number for leaf in leaves[::-1] for number in leaf] == seen


def test_a_technician_sees_only_his_own(at_desk, today):
    mine = acts.order_in(today, State.DISPATCHED)
    today.issued()
    desk = at_desk(LIU_QIANG)
    assert listed(desk) == [mine.number]
    assert listed(desk, "state=all&technician=ma.chao") == [mine.number]
    assert desk.get("/requests").status_code == 403
    assert listed(at_desk(MA_CHAO)) == []


def test_requests_have_a_list_of_their_own(at_desk, today):
    open_one = today.register(LI_JIANJUN)
    today.issued()
    desk = at_desk(CHEN_JING)
    assert REQUEST.findall(desk.page("/requests")) == [open_one.number]
    assert len(REQUEST.findall(desk.page("/requests?state=all"))) == 2
    assert REQUEST.findall(desk.page("/requests?state=all&unit=5-1-0801")) == [open_one.number]
    assert REQUEST.findall(desk.page("/requests?state=all&kind=complaint")) == []
    assert at_desk(QIAN_JIN).get("/requests").status_code == 403


def test_a_filter_is_kept_opens_the_list_and_is_shared(at_desk, today):
    created = today.issued()
    acts.order_in(today, State.DISPATCHED)
    desk, other = at_desk(CHEN_JING), at_desk(SUN_QIAN)
    sent = desk.send(
        "/orders?state=created", "/filters/orders", name="等派工", default="on", shared="on"
    )
    assert "筛选「等派工」已保存" in desk.follow(sent)
    assert desk.get("/orders").headers["Location"] == "/orders?state=created"
    assert NUMBER.findall(desk.follow(desk.get("/orders"))) == [created.number]
    shared = other.page("/orders")
    assert "等派工" in shared, "others have it at hand"
    assert len(NUMBER.findall(shared)) == 2, "but their list opens as before"
    [action] = set(re.findall(r'action="(/filters/[^"]+/remove)"', desk.page("/orders?state=open")))
    stolen = other.client.post(action, data=other.hidden(shared, "/filters/orders"))
    assert stolen.status_code == 404
    assert desk.send("/orders?state=open", action).status_code == 303
    assert "等派工" not in other.page("/orders")


@pytest.mark.parametrize(
    ("path", "who", "query"),
    [
        ("/complaints", CHEN_JING, "state=all&major=1&unit=4栋1单元0302"),
        ("/incidents", CHEN_JING, "state=all&severity=major"),
        ("/damages", HE_FANG, "state=settled&kind=loss"),
        ("/escalations", CHEN_JING, "state=decided"),
        ("/declines", CHEN_JING, "waiting=1"),
        ("/return-visits", HE_LI, "tab=on_site&month=2026-11"),
        ("/assets", CHEN_JING, "kind=lamp&retired=1"),
        ("/stores/items", QIAN_JIN, "kind=tool&low=1"),
        ("/public-notices", SUN_QIAN, "kind=other"),
    ],
)
def test_filters_of_every_list_are_kept_and_open_it(at_desk, today, path, who, query):
    desk = at_desk(who)
    sent = desk.send(f"{path}?{query}", f"/filters{path}", name="我的", default="on")
    assert "筛选「我的」已保存" in desk.follow(sent)
    opened = desk.get(path)
    assert opened.status_code == 303
    assert unquote(opened.headers["Location"]) == f"{path}?{query}"
    page = desk.page(opened.headers["Location"])
    assert re.search(r'aria-current="true">★ 我的', page), "it stands on the page as what is shown"
    fields = desk.hidden(page, f"/filters{path}")
    key = query.partition("=")[0]
    if key != "tab":
        odd = desk.client.post(f"/filters{path}", data={**fields, "name": "x", key: "x"})
        assert odd.status_code == 422
    long = desk.client.post(f"/filters{path}", data={**fields, "name": "长" * 41})
    assert long.status_code == 422


def test_only_what_a_list_understands_is_kept(at_desk, today):
    desk = at_desk(CHEN_JING)
    fields = desk.hidden(desk.page("/orders"), "/filters/orders")
    wrong = desk.client.post("/filters/orders", data={**fields, "name": "x", "state": "foo"})
    assert wrong.status_code == 422
    unnamed = desk.client.post("/filters/orders", data={**fields, "name": " "})
    assert unnamed.status_code == 422
    assert desk.client.post("/filters/cars", data={**fields, "name": "x"}).status_code == 422


def test_ticked_orders_are_given_each_by_its_own_judgement(at_desk, today, fresh):
    """R-045, X-029: one refusal says why and does not undo the others."""
    tap, lamp, changed = (
        today.issued(category="tap_valve"),
        today.issued(category="lamp"),
        today.issued(category="tap_valve"),
    )
    desk = at_desk(CHEN_JING)
    fields = tick(desk, tap, lamp, changed)
    acts.void(today, changed)
    answer = desk.client.post("/orders/assign", data={**fields, "technician": "zhang.wei"})
    assert answer.status_code == 200
    assert "已派 1 张" in answer.text
    refused = answer.text[answer.text.index("未派 2 张") :]
    assert lamp.number in refused
    assert "X-029" in refused
    assert "请先查看变化" in refused[refused.index(changed.number) :]
    assert fresh(tap).technician.username == ZHANG_WEI.username
    assert fresh(lamp).state == State.CREATED
    assert fresh(changed).state == State.VOID
    again = desk.client.post("/orders/assign", data={**fields, "technician": "zhang.wei"})
    assert "未派 3 张" in again.text, "sent twice it does nothing twice"


def test_only_who_dispatches_can_assign_and_something_must_be_ticked(at_desk, today):
    order = today.issued()
    finance = at_desk(HE_FANG)
    fields = tick(finance, order)
    assert "批量派工" not in finance.page("/orders")
    to = {"technician": "liu.qiang"}
    assert finance.client.post("/orders/assign", data={**fields, **to}).status_code == 403
    desk = at_desk(CHEN_JING)
    fields = tick(desk, order)
    assert desk.client.post("/orders/assign", data={**fields, **to, "order": []}).status_code == 422
    wrong = {**fields, **to, "order": ["FW-1:x"]}
    assert desk.client.post("/orders/assign", data=wrong).status_code == 422


def test_ticked_orders_are_printed_one_a_sheet(at_desk, today):
    mine = acts.order_in(today, State.DISPATCHED)
    other = today.issued(customer=LI_JIANJUN)
    desk = at_desk(CHEN_JING)
    page = desk.client.post("/orders/print", data=tick(desk, mine, other)).text
    assert page.count('<article class="sheet">') == 2
    assert page.index(mine.number) < page.index(other.number)
    assert WANG_LIHUA.phone in page
    field = at_desk(LIU_QIANG)
    fields = tick(field, mine)
    fields["order"].append(f"{other.number}:1")
    page = field.client.post("/orders/print", data=fields).text
    assert page.count('<article class="sheet">') == 1
    assert other.number not in page


def test_an_export_is_the_whole_list_with_its_filter(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.work_orders.listing.CHUNK", 2)
    lamps = [today.issued(category="lamp").number for _ in range(5)]
    today.issued(category="tap_valve", content="=HYPERLINK(1)")
    desk = at_desk(CHEN_JING)
    rows = rows_of(desk.get("/orders/export.csv?state=all&category=lamp"))
    assert [row["工单"] for row in rows] == lamps[::-1]
    assert rows[0]["类别"] == "灯具"
    assert rows[0]["费用"] == "¥0.00"
    assert re.fullmatch(r"\d{4}年\d+月\d+日 \d\d:\d\d", rows[0]["开单"])
    [tap] = rows_of(desk.get("/orders/export.csv?state=all&category=tap_valve"))
    assert tap["内容"] == "'=HYPERLINK(1)", "no spreadsheet runs what a customer said"
    assert rows_of(desk.get("/orders/export.csv?unit=99栋1单元0101")) == []
    assert desk.get("/orders/export.pdf").status_code == 404


def test_exports_speak_the_readers_language_and_keep_to_his_rights(at_desk, today):
    mine = acts.order_in(today, State.DISPATCHED)
    today.issued()
    field = at_desk(LIU_QIANG)
    assert [row["工单"] for row in rows_of(field.get("/orders/export.csv"))] == [mine.number]
    assert field.get("/requests/export.csv").status_code == 403
    desk = at_desk(CHEN_JING)
    desk.send("/orders", "/language", language="en")
    rows = rows_of(desk.get("/requests/export.csv?state=all"))
    assert rows[0].keys() >= {"Request", "Kind", "First reply"}
    assert len(rows) == 2
    assert at_desk(FENG_XUE).get("/orders").status_code == 403


def test_a_technician_knows_the_customer_only_while_the_order_is_with_him(at_desk, today):
    mine = acts.order_in(today, State.DISPATCHED)
    done, again = (acts.order_in(today, State.CLOSED) for _ in range(2))
    with transaction() as current:  # as QA leaves an order whose steps it sent back
        sent_back = sa.update(WorkOrder).where(WorkOrder.id == again.id)
        current.execute(sent_back.values(qa_state="returned"))
    phone, field, desk = mine.person.phone, at_desk(LIU_QIANG), at_desk(CHEN_JING)
    rows = {
        row["工单"]: (row["客户"], row["电话"])
        for row in rows_of(field.get("/orders/export.csv?state=all"))
    }
    shown = (mine.person.name, phone)
    assert rows == {mine.number: shown, done.number: ("", ""), again.number: shown}
    for path, of_two in (("/orders?state=all", 2), (f"/search/found?q={mine.unit.code}", 0)):
        assert field.page(path).count(phone) == of_two
    assert field.page("/orders?state=all").count(mine.person.name) == 2
    assert field.page(f"/search/found?q={mine.unit.code}").count(mine.person.name) == 2
    for order, told in ((mine, True), (again, True), (done, False)):
        page = field.page(f"/orders/{order.number}")
        assert (phone in page, "客户</dt><dd>—" in page) == (told, not told), order.number
        assert phone in desk.page(f"/orders/{order.number}")
        customer = field.get(f"/api/v1/orders/{order.number}").get_json()["customer"]
        assert customer["unit_code"] == order.unit.code
        assert (customer["phone"] == phone, customer["name"] is not None) == (told, told)
    printed = field.client.post("/orders/print", data=tick(field, done)).text
    assert phone not in printed
    assert at_desk(CHEN_JING).page("/orders?state=all").count(phone) == 3


def test_lists_take_as_many_queries_for_forty_orders_as_for_four(at_desk, today, queries):
    desk = at_desk(CHEN_JING)

    def counted(path):
        queries.clear()
        desk.page(path)
        return len(queries)

    for _ in range(4):
        today.issued()
    paths = ("/orders", "/orders?state=all", "/requests?state=all")
    few = {path: counted(path) for path in paths}
    for _ in range(36):
        today.issued()
    assert {path: counted(path) for path in paths} == few
    assert max(few.values()) <= 8


def test_orders_of_one_moment_are_neither_lost_nor_doubled(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.console.lists.PAGE", 2)
    numbers = {today.issued().number for _ in range(5)}
    with transaction() as current:
        current.execute(sa.update(WorkOrder).values(updated_at=utcnow()))
    session().expire_all()
    desk, path, seen = at_desk(SUN_QIAN), "/orders?state=open", []
    while path:
        page = desk.page(path)
        seen += NUMBER.findall(page)
        turn = re.search(r'id="page-older" rel="next" href="([^"]+)"', page)
        path = turn and turn.group(1).replace("&amp;", "&")
    assert len(seen) == 5
    assert set(seen) == numbers
