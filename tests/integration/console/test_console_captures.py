"""What others of the house hear from customers comes to the desk, and into the register (R-022)."""

import pytest
import sqlalchemy as sa

from server.alerts.models import Alert
from server.db import session
from server.requests import capturing
from server.requests.models import ServiceRequest
from tests.cast import CHEN_JING, HE_FANG, LUO_BING, QIAN_JIN, WANG_LIHUA, ZHENG_JIE

HEARD = {
    "name": WANG_LIHUA.name,
    "unit_code": "3-2-1502",
    "phone": WANG_LIHUA.phone,
    "relation": "family",
    "content": "卫生间地漏返水",
    "kind": "service_need",
    "urgency": "urgent",
    "appointment_at": "2099-03-05T10:30",
}
RELAYED = "其他部门转来的客户诉求,请登记"


def captures():
    session().rollback()
    session().expire_all()
    kind = Alert.kind == capturing.KIND
    return list(session().scalars(sa.select(Alert).where(kind).order_by(Alert.raised_at)))


def registered():
    session().rollback()
    session().expire_all()
    return list(session().scalars(sa.select(ServiceRequest)))


def pass_on(at_desk, staff=LUO_BING, **others):
    desk = at_desk(staff)
    told = desk.follow(desk.send("/captures/new", "/captures/new", **{**HEARD, **others}))
    assert "已转告值班" in told
    return captures()[-1]


@pytest.mark.parametrize(
    "staff", [LUO_BING, QIAN_JIN, HE_FANG, ZHENG_JIE], ids=lambda staff: staff.username
)
def test_whoever_hears_a_customer_finds_the_form_in_the_menu(at_desk, today, staff):
    page = at_desk(staff).page("/messages")
    assert 'href="/captures/new"' in page
    relays = staff is not ZHENG_JIE  # HR has the list of complaints
    assert ('href="/complaints/new"' in page) == relays
    assert pass_on(at_desk, staff).data["taken_by"] == staff.name


def test_the_desk_registers_itself_and_has_no_form_to_relay_in_its_menu(at_desk, today):
    page = at_desk(CHEN_JING).page("/messages")
    assert 'href="/captures/new"' not in page
    assert 'href="/complaints/new"' not in page


def test_the_desk_reads_what_a_guard_passed_on_and_registers_it_as_it_stands(at_desk, today):
    heard = pass_on(at_desk)
    desk = at_desk(CHEN_JING)
    form = f"/requests/new?captured={heard.id}"
    for page in (desk.page("/alerts"), desk.page("/")):
        assert RELAYED in page
        assert f'href="{form}"' in page
        assert HEARD["content"] in page
        assert WANG_LIHUA.unit_code in page
        assert heard.subject not in page
    page = desk.page("/alerts")
    for told in (WANG_LIHUA.name, WANG_LIHUA.phone, "3月5日 10:30", LUO_BING.name):
        assert told in page
    page = desk.page(form)
    assert f'value="{WANG_LIHUA.unit_code}"' in page
    assert 'value="2099-03-05T10:30"' in page
    assert '<option value="urgent" selected>' in page
    typed = {**HEARD, "unit_code": WANG_LIHUA.unit_code, "channel": "other"}
    answer = desk.send(form, "/requests/new", **typed)
    [request] = registered()
    assert answer.headers["Location"] == f"/requests/{request.number}"
    assert (request.content, request.urgency) == (HEARD["content"], "urgent")
    assert request.received_at == heard.raised_at, "the customer waits since the guard heard him"
    [heard] = captures()
    assert heard.resolution == request.number
    assert RELAYED not in desk.page("/alerts")


def test_what_is_relayed_once_is_registered_once(at_desk, today):
    heard = pass_on(at_desk)
    desk, other = at_desk(CHEN_JING), at_desk(CHEN_JING)
    form = f"/requests/new?captured={heard.id}"
    typed = {**HEARD, "unit_code": WANG_LIHUA.unit_code, "channel": "other"}
    late = other.hidden(other.page(form), "/requests/new")
    assert desk.send(form, "/requests/new", **typed).status_code == 303
    answer = other.client.post("/requests/new", data={**late, **typed})
    [request] = registered()
    assert answer.status_code == 409
    assert f"已处理:{request.number}" in answer.text
    assert other.get(form).status_code == 409
    assert other.get("/requests/new?captured=nothing").status_code == 404


def test_a_second_call_about_the_same_thing_settles_the_relayed_one_too(at_desk, today):
    heard, known = pass_on(at_desk), today.register()
    desk = at_desk(CHEN_JING)
    form = f"/requests/new?captured={heard.id}"
    typed = {**HEARD, "unit_code": WANG_LIHUA.unit_code, "channel": "phone"}
    words = {"onto": known.number, "told": "已在安排"}
    assert desk.send(form, "/requests/new", **typed, **words).status_code == 303
    assert captures()[0].resolution == known.number


def test_what_is_missing_is_told_beside_the_field_and_nothing_goes_out(at_desk, today):
    desk = at_desk(QIAN_JIN)
    answer = desk.send("/captures/new", "/captures/new", **{**HEARD, "unit_code": "99-1-0101"})
    assert answer.status_code == 422
    assert "本小区没有 99栋1单元0101" in answer.text
    assert HEARD["content"] in answer.text
    assert captures() == []


def test_a_form_sent_twice_passes_it_on_once(at_desk, today):
    desk = at_desk(QIAN_JIN)
    once = desk.hidden(desk.page("/captures/new"), "/captures/new")
    for _ in range(2):
        assert desk.client.post("/captures/new", data={**once, **HEARD}).status_code == 303
    assert len(captures()) == 1
