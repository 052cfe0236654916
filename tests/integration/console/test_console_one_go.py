"""From the call to the technician in one go; calls told twice; one order for many; a decline."""

import re

import pytest

from server import reactions
from server.db import session, transaction
from server.estate import operations as estate
from server.requests.models import Decline, Reply, ServiceRequest
from server.work_orders.models import WorkOrder
from server.work_orders.of_unit import orders_of_request
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HUANG_ZHIYUAN,
    LI_NA,
    LIU_QIANG,
    WANG_LIHUA,
    ZHANG_WEI,
    ZHOU_MIN,
)
from tests.factories import acts
from tests.integration.console.calls import NEIGHBOURS, NEW, advice, all_of, call


@pytest.fixture
def desk(at_desk, today):
    return at_desk(CHEN_JING)


@pytest.fixture
def neighbours(today):
    """Three more households on the riser of 王丽华."""
    with transaction() as current:
        for one in NEIGHBOURS:
            estate.add_unit(current, today.estate_id, one.unit_code)
    return NEIGHBOURS


def test_a_double_report_is_shown_and_goes_on_record_without_a_second_request(desk, today, fresh):
    first = today.register(content="厨房水龙头滴水")
    text = advice(desk, **call())
    assert "可能重复报修" in text
    assert f'data-onto="{first.number}"' in text
    assert "可能重复报修" not in advice(desk, **call(content="客厅灯不亮"))
    assert "可能重复报修" not in advice(desk, **call(ZHOU_MIN))
    page = desk.follow(
        desk.send(NEW, NEW, **call(content="还在滴,快点"), onto=first.number, told="师傅在路上")
    )
    assert [row.number for row in all_of(ServiceRequest)] == [first.number]
    [reply] = all_of(Reply)
    assert reply.text == "师傅在路上"
    assert fresh(first).replied_at is not None
    [again] = [row for row in today.history(first) if row.kind == "request.called_again"]
    assert (again.data["text"], again.data["phone"]) == ("还在滴,快点", WANG_LIHUA.phone)
    assert "客户再次来电" in page
    assert "还在滴,快点" in page


def test_a_call_is_added_only_to_what_it_can_be_about(desk, today):
    first = today.register(ZHOU_MIN, content="水龙头滴水")
    answer = desk.send(NEW, NEW, **call(), onto=first.number, told="在安排")
    assert answer.status_code == 409
    assert "不是同一房号" in answer.text
    answer = desk.send(NEW, NEW, **call(ZHOU_MIN), onto=first.number, told="")
    assert answer.status_code == 422
    assert all_of(Reply) == []


def test_the_third_household_on_a_riser_joins_the_order_of_the_first(
    desk, today, neighbours, fresh
):
    master = today.issued(customer=neighbours[0], content="家里停水了", category="tap_valve")
    assert "多户同报" not in advice(desk, **call(content="停水了"))
    second = today.register(neighbours[1], content="水龙头没水")
    text = advice(desk, **call(content="停水了"))
    assert "3 户报 供水" in text
    assert f'data-onto="{master.number}"' in text
    page = desk.follow(desk.send(NEW, NEW, **call(content="停水了"), onto=master.number))
    mine = next(row for row in all_of(ServiceRequest) if row.unit.code == WANG_LIHUA.unit_code)
    assert mine.state == "converted"
    assert mine.replied_at is None  # the reply is owed as ever
    assert "data-due" in page
    assert f'href="/orders/{master.number}"' in page
    assert len(all_of(WorkOrder)) == 1
    assert orders_of_request(session(), mine.id) == [fresh(master)]
    first = session().get(ServiceRequest, master.request_id)
    page = desk.page(f"/requests/{first.number}")
    assert f'href="/requests/{mine.number}"' in page
    assert "还没有回复" in page
    path = f"/requests/{second.number}"
    assert "并入" in desk.follow(desk.send(path, f"{path}/join", order=master.number))
    assert fresh(second).state == "converted"


def test_who_joined_is_told_when_the_order_is_over_and_the_reply_closes_the_task(
    desk, today, neighbours, settings
):
    master = acts.order_in(today, State.ACCEPTED)
    reported = session().get(ServiceRequest, master.request_id)
    assert reported.unit.code == WANG_LIHUA.unit_code
    other = today.issued(customer=WANG_LIHUA, content="停水", category="tap_valve")
    joining = today.register(neighbours[0], content="停水")
    path = f"/requests/{joining.number}"
    assert desk.get(path).status_code == 200
    hidden = desk.hidden(desk.page(path), f"{path}/reply")
    answer = desk.client.post(f"{path}/join", data={**hidden, "order": master.number})
    assert answer.status_code == 409  # signed already: it helps nobody any more
    hidden = desk.hidden(desk.page(path), f"{path}/reply")
    assert (
        desk.client.post(f"{path}/join", data={**hidden, "order": other.number}).status_code == 303
    )
    acts.void(today, other)
    while reactions.run_once(settings):
        pass
    assert "request.joined_over" in today.alerts(joining)
    assert "并入的工单已结束" in desk.page(path)
    desk.send(path, f"{path}/reply", channel="phone", text="已修好,请试水")
    session().rollback()
    assert "request.joined_over" not in today.alerts(joining)


def test_a_neighbour_of_another_entrance_does_not_join(desk, today):
    order = today.issued(customer=ZHOU_MIN, content="停水", category="tap_valve")
    answer = desk.send(NEW, NEW, **call(content="停水"), onto=order.number)
    assert answer.status_code == 409
    assert "不在同一单元" in answer.text
    assert len(all_of(ServiceRequest)) == 1  # nothing of it was kept


def test_one_key_registers_issues_and_dispatches(desk, today):
    page = desk.follow(
        desk.send(NEW, NEW, **call(category="tap_valve", price_item="L-TAP"), then="dispatch")
    )
    [order] = all_of(WorkOrder)
    [request] = all_of(ServiceRequest)
    assert (order.state, request.state) == ("dispatched", "converted")
    assert (request.price_item_code, request.replied_at) == ("L-TAP", None)
    assert order.technician is not None
    assert order.number in page
    assert "data-due" in page  # the customer still waits for a word


def test_one_key_registers_and_issues(desk):
    desk.follow(desk.send(NEW, NEW, **call(category="tap_valve"), then="issue"))
    [order] = all_of(WorkOrder)
    assert (order.state, order.category) == ("created", "tap_valve")


def test_a_refused_dispatch_takes_everything_back_and_keeps_what_was_typed(desk):
    typed = call(HUANG_ZHIYUAN, content="热水器爆燃", category="gas_water_heater")
    once = desk.hidden(desk.page(NEW), NEW)
    sent = {**once, **typed, "then": "dispatch", "technician": ZHANG_WEI.username}
    answer = desk.client.post(NEW, data=sent)
    assert answer.status_code == 409  # no gas licence
    assert "热水器爆燃" in answer.text
    assert all_of(ServiceRequest) == all_of(WorkOrder) == []
    answer = desk.client.post(NEW, data={**sent, "technician": LIU_QIANG.username})
    assert answer.status_code == 303
    [order] = all_of(WorkOrder)
    assert order.technician.username == LIU_QIANG.username
    assert order.number.endswith("-0001")  # no number was lost


def test_only_a_service_need_with_a_category_goes_on_at_once(desk):
    for said, why in (
        ({"kind": "enquiry", "category": "lamp"}, "R-144"),
        ({"category": ""}, "开单须先选类别"),
        ({"category": "magic"}, "表单无效"),
    ):
        answer = desk.send(NEW, NEW, **call(**said), then="issue")
        assert answer.status_code == 422
        assert why in answer.text
    assert all_of(ServiceRequest) == []


def test_a_registered_request_goes_on_in_one_form_too(desk, today, fresh):
    request = today.register(content="水龙头滴水")
    path = f"/requests/{request.number}"
    version = {"version": str(request.version)}
    fields = {**desk.hidden(desk.page(path), f"{path}/reply"), **version, "category": "tap_valve"}
    answer = desk.client.post(f"{path}/one-go", data={**fields, "then": "dispatch"})
    assert answer.status_code == 303
    assert fresh(request).state == "converted"
    again = desk.client.post(f"{path}/one-go", data={**fields, "then": "dispatch"})
    assert again.status_code == 412
    assert len(all_of(WorkOrder)) == 1


def test_the_front_desk_goes_on_with_what_was_accepted_but_judges_nothing(at_desk, today):
    desk = at_desk(LI_NA)
    accepted, registered = today.accepted(category="tap_valve"), today.register(ZHOU_MIN)
    for request, status in ((accepted, 303), (registered, 403)):
        path = f"/requests/{request.number}"
        fields = desk.hidden(desk.page(path), f"{path}/reply")
        sent = {**fields, "then": "dispatch", "category": "tap_valve"}
        assert desk.client.post(f"{path}/one-go", data=sent).status_code == status
    assert len(all_of(WorkOrder)) == 1


def test_a_decline_in_four_parts_is_heard_before_it_is_said(desk, today, fresh):
    """S-03 on the page: hard words warn, the parts are there to begin with, the demand is kept."""
    request = today.register(content="想搬钢琴")
    path = f"/requests/{request.number}"
    page = desk.page(path)
    parts = dict(
        re.findall(r'<textarea name="(sorry|tried|notice|passed)"[^>]*>([^<]+)</textarea>', page)
    )
    assert set(parts) == {"sorry", "tried", "notice", "passed"}
    token = desk.hidden(page, f"{path}/reply")["csrf_token"]
    parts |= {"tried": "问过合作搬家公司,没有车。", "passed": "已转告运行维修部。"}
    heard = desk.client.post(
        "/requests/wording", data={"csrf_token": token, **parts, "explanation": "这个不行"}
    ).text
    assert "这个不行。" in heard
    assert "用语请斟酌: 不行" in heard
    elsewhere = {"csrf_token": token, "text": "请您去找其他部门"}
    assert "R-023" in desk.client.post("/requests/wording", data=elsewhere).text
    missing = desk.send(path, f"{path}/judgement", outcome="declined", **parts)
    assert missing.status_code == 422
    assert "至少一次尝试" in missing.text
    answer = desk.send(
        path,
        f"{path}/judgement",
        outcome="declined",
        attempts=["问过合作搬家公司", ""],
        apology="1",
        notice_promised="1",
        department_informed="运行维修部",
        demand_item="L-MOVE",
        **parts,
    )
    assert answer.status_code == 303
    declined = fresh(request)
    assert declined.state == "declined"
    assert declined.explanation.startswith(parts["sorry"])
    assert declined.explanation.endswith(parts["passed"])
    [record] = all_of(Decline)
    assert (record.attempts, record.suspect) == (["问过合作搬家公司"], [])


def test_the_reply_has_its_clock_and_canned_words_beside_it(desk, today):
    request = today.register()
    page = desk.page(f"/requests/{request.number}")
    form = page[page.index("/reply") : page.index('id="reply-wording"')]
    assert "data-due" in form
    assert 'data-into="reply-text"' in form
    assert "师傅已安排好" in form
