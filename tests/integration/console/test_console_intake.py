"""From the call to the dispatched order, by forms."""

import pytest
import sqlalchemy as sa

from server.db import session
from server.requests.models import Reply, ServiceRequest
from server.work_orders.models import WorkOrder
from tests.cast import CHEN_JING, LI_NA, LIU_QIANG, SUN_QIAN, WANG_LIHUA
from tests.factories import acts

CALL = {
    "name": WANG_LIHUA.name,
    "unit_code": WANG_LIHUA.unit_code,
    "phone": WANG_LIHUA.phone,
    "content": "厨房水龙头关不紧",
    "channel": "phone",
    "appointment_at": "2099-03-05T10:30",
}


def requests_made():
    session().rollback()
    return list(session().scalars(sa.select(ServiceRequest)))


def test_a_call_becomes_a_dispatched_order_in_five_forms(at_desk, today, fresh):
    desk = at_desk(CHEN_JING)
    page = desk.follow(desk.send("/requests/new", "/requests/new", **CALL))
    [request] = requests_made()
    path = f"/requests/{request.number}"
    assert request.number in page
    desk.send(path, f"{path}/reply", channel="phone", text="已安排,请稍候")
    desk.send(
        path, f"{path}/judgement", outcome="accepted", nature="paid_special", category="tap_valve"
    )
    answer = desk.send(path, f"{path}/issue", category="tap_valve")
    order_path = answer.headers["Location"]
    page = desk.follow(desk.send(order_path, f"{order_path}/dispatch", technician="liu.qiang"))
    assert "已派工" in page
    assert LIU_QIANG.name in page
    assert fresh(request).state == "converted"
    order = session().scalars(sa.select(WorkOrder)).one()
    assert order.state == "dispatched"
    assert order.appointment_at.isoformat() == "2099-03-05T02:30:00+00:00"
    assert fresh(request).replied_at is not None


def test_a_form_sent_twice_registers_one_request(at_desk, today):
    desk = at_desk(CHEN_JING)
    once = desk.hidden(desk.page("/requests/new"), "/requests/new")
    first = desk.client.post("/requests/new", data={**once, **CALL})
    second = desk.client.post("/requests/new", data={**once, **CALL})
    assert first.headers["Location"] == second.headers["Location"]
    assert len(requests_made()) == 1


def test_an_unknown_unit_is_told_beside_the_field_and_nothing_typed_is_lost(at_desk, today):
    desk = at_desk(CHEN_JING)
    answer = desk.send("/requests/new", "/requests/new", **{**CALL, "unit_code": "99栋1单元0101"})
    assert answer.status_code == 422
    assert "本小区没有 99栋1单元0101" in answer.text
    assert CALL["content"] in answer.text
    assert requests_made() == []


def test_a_bare_decline_names_every_part_that_is_missing(at_desk, today, fresh):
    """S-03: apology, attempts, promised notice, informed department; 不行 is marked."""
    request = today.register(content="想搬钢琴")
    desk = at_desk(CHEN_JING)
    path = f"/requests/{request.number}"
    answer = desk.send(path, f"{path}/judgement", outcome="declined", explanation="这个不行")
    assert answer.status_code == 422
    for part in ("至少一次尝试", "先致歉", "承诺开通后公告", "已转告的部门"):
        assert part in answer.text
    assert "用语请斟酌: 不行" in answer.text
    assert "这个不行" in answer.text
    assert fresh(request).state == "registered"


def test_a_polite_decline_is_taken(at_desk, today, fresh):
    request = today.register(content="想搬钢琴")
    desk = at_desk(CHEN_JING)
    path = f"/requests/{request.number}"
    answer = desk.send(
        path,
        f"{path}/judgement",
        outcome="declined",
        attempts=["问过一家合作服务商", ""],
        apology="1",
        explanation="目前没有合适的设备",
        notice_promised="1",
        department_informed="运行维修部",
        demand_item="L-MOVE",
    )
    assert answer.status_code == 303
    assert fresh(request).state == "declined"


def test_a_reply_made_on_an_older_version_is_not_recorded(at_desk, today, fresh):
    request = today.register()
    desk = at_desk(CHEN_JING)
    path = f"/requests/{request.number}"
    old = desk.hidden(desk.page(path), f"{path}/reply")
    desk.send(path, f"{path}/reply", channel="phone", text="第一次答复")
    words = {"channel": "phone", "text": "第二次答复"}
    answer = desk.client.post(f"{path}/reply", data={**old, **words})
    assert answer.status_code == 412
    assert "别人已作更改" in answer.text
    assert "第二次答复" in answer.text  # still in the form
    session().rollback()
    assert [row.text for row in session().scalars(sa.select(Reply))] == ["第一次答复"]


@pytest.mark.parametrize("staff", [LIU_QIANG, SUN_QIAN], ids=lambda staff: staff.username)
def test_who_may_not_register_gets_neither_link_nor_page(at_desk, staff):
    desk = at_desk(staff)
    assert "/requests/new" not in desk.page("/")
    assert desk.get("/requests/new").status_code == 403


def test_the_front_desk_replies_and_issues_but_does_not_judge(at_desk, today):
    request = today.accepted()
    page = at_desk(LI_NA).page(f"/requests/{request.number}")
    assert f"/requests/{request.number}/reply" in page
    assert f"/requests/{request.number}/issue" in page
    assert f"/requests/{request.number}/judgement" not in page


def test_the_request_page_leads_to_its_order(at_desk, today):
    order = today.issued()
    acts.dispatch(today, order)
    request = session().get(ServiceRequest, order.request_id)
    assert f"/orders/{order.number}" in at_desk(CHEN_JING).page(f"/requests/{request.number}")
