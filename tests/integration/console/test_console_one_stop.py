"""One-stop intake: finding the caller, seeing the unit, warnings and proposals."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from server.complaints import operations as complaints
from server.db import transaction
from server.prices.models import PriceItem
from server.requests.models import ServiceRequest
from server.rosters.models import Absence
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HUANG_ZHIYUAN,
    LIU_QIANG,
    SUN_QIAN,
    WANG_LIHUA,
    ZHANG_WEI,
    ZHOU_MIN,
    Customer,
)
from tests.factories import acts
from tests.integration.console.calls import NEW, advice, all_of, call


@pytest.fixture
def desk(at_desk, today):
    return at_desk(CHEN_JING)


def callers(desk, typed):
    return re.findall(r'data-unit_code="([^"]+)"(?: data-name="([^"]+)")?', found(desk, typed))


def found(desk, typed):
    answer = desk.get(f"{NEW}/callers", query_string={"q": typed})
    assert answer.status_code == 200
    return answer.text


def beside(desk, unit_code):
    answer = desk.get(f"{NEW}/unit", query_string={"unit_code": unit_code})
    assert answer.status_code == 200
    return answer.text


def test_a_caller_is_found_by_whatever_is_typed(desk, today):
    today.register()
    for typed in ("王丽华", "丽华", "wlh", "139000", "0001", "3-2-1502", "3栋2单元1502", "1502"):
        assert (WANG_LIHUA.unit_code, WANG_LIHUA.name) in callers(desk, typed), typed


def test_a_unit_that_nobody_called_from_is_found_half_typed(desk):
    for typed in ("1502", "3-2-15", "3栋2单元15"):
        assert callers(desk, typed) == [(WANG_LIHUA.unit_code, "")]
    assert callers(desk, "1") == []
    assert callers(desk, "没有这个人") == []


def test_names_are_shown_as_they_are_and_make_no_markup(desk, today):
    today.register(Customer(name='<b>"王', unit_code=WANG_LIHUA.unit_code, phone="13900000001"))
    assert "<b>&#34;王" not in found(desk, "13900000001")
    assert "&lt;b&gt;&#34;王" in found(desk, "13900000001")


def test_the_form_takes_a_unit_as_it_is_said_and_carries_no_list_of_units(desk):
    page = desk.page(NEW)
    assert "<datalist" not in page
    assert ZHOU_MIN.unit_code not in page
    desk.follow(desk.send(NEW, NEW, **call(unit_code="3-2-1502", category="tap_valve")))
    [request] = all_of(ServiceRequest)
    assert (request.unit.code, request.category) == (WANG_LIHUA.unit_code, "tap_valve")


def test_an_unknown_unit_is_told_with_what_may_have_been_meant(desk):
    text = beside(desk, "4-2-1502")
    assert "没有房号 4栋2单元1502" in text
    assert f'data-value="{WANG_LIHUA.unit_code}"' in text


def test_the_unit_beside_the_form_shows_what_is_open_done_and_complained_of(desk, today):
    waiting = today.register(content="客厅灯不亮")
    under_way = today.issued(content="马桶一直流水", category="toilet_tank")
    complaint = today.do(
        complaints.record_from_request,
        today.settings,
        today.register(content="保洁来得太晚", kind="complaint"),
        target="service",
        by=today.by(CHEN_JING),
        at=today.later(),
    )
    text = beside(desk, WANG_LIHUA.unit_code)
    for link in (f"/requests/{waiting.number}", f"/orders/{under_way.number}"):
        assert f'href="{link}"' in text
    assert complaint.number in text
    assert "data-due" in text  # the reply clock counts
    assert WANG_LIHUA.phone in text
    assert under_way.number not in beside(desk, ZHOU_MIN.unit_code)


def test_what_was_repaired_is_shown_with_the_months_of_the_price_list(desk, today):
    with transaction() as current:
        current.execute(
            sa.update(PriceItem).where(PriceItem.code == "L-LAMP").values(warranty_months=3)
        )
    order = acts.order_in(today, State.CLOSED)
    text = beside(desk, order.unit.code)
    assert order.number in text
    assert "3 个月" in text
    assert "保修内" in text
    assert "由经理认定" in text


def test_the_panel_and_the_advice_ask_no_more_questions_where_more_is_stored(desk, today, queries):
    today.register(content="水龙头滴水")
    counts = []
    for _ in range(2):
        beside(desk, WANG_LIHUA.unit_code)
        page = desk.page(NEW)
        queries.clear()
        beside(desk, WANG_LIHUA.unit_code)
        token = desk.hidden(page, NEW)["csrf_token"]
        typed = call(content="水龙头滴水", csrf_token=token)
        desk.client.post(f"{NEW}/advice", data=typed)
        counts.append(len(queries))
        for _ in range(5):
            today.issued(content="水龙头又滴水", category="tap_valve")
    assert counts[1] <= counts[0] + 3  # clocks and reach of orders, however many


def test_words_propose_category_urgency_prices_slots_and_whom(desk):
    text = advice(desk, **call(content="厨房煤气灶有煤气味"))
    assert 'data-set="category" data-value="gas_stove"' in text
    assert 'data-set="urgency" data-value="emergency"' in text
    text = advice(desk, **call(content="客厅日光灯不亮"))
    assert 'data-set="price_item" data-value="L-LAMP"' in text
    assert "¥15.00" in text
    assert 'data-set="appointment_at"' in text
    assert f'data-value="{LIU_QIANG.username}"' in text
    assert f'data-value="{ZHANG_WEI.username}"' not in text  # no electrician


def test_what_the_desk_took_is_marked_and_nothing_is_taken_for_it(desk):
    said = call(content="厨房有煤气味")
    assert 'aria-pressed="true"' not in advice(desk, **said)
    taken = advice(desk, **said, category="gas_stove", urgency="emergency")
    assert taken.count('aria-pressed="true"') == 2


def test_where_everybody_is_away_no_slot_is_offered(desk, today):
    with transaction() as current:
        for staff in (LIU_QIANG, ZHANG_WEI):
            current.add(
                Absence(
                    estate_id=today.estate_id,
                    user_id=today.user(staff).id,
                    from_at=today.now - dt.timedelta(days=1),
                    until_at=today.now + dt.timedelta(days=30),
                    reason="leave",
                )
            )
    text = advice(desk, **call(HUANG_ZHIYUAN, content="热水器不着"))
    assert 'data-set="appointment_at"' not in text
    assert "没有合适的空档" in text
    assert "没有合适又有空的技工" in text


def test_advice_on_half_a_form_says_nothing_wrong(desk):
    assert advice(desk).strip() == ""
    assert advice(desk, unit_code="x", content="?", appointment_at="soon").strip() == ""


def test_who_may_not_register_learns_nothing_of_units_and_people(at_desk, today):
    today.register()
    desk = at_desk(SUN_QIAN)
    for path in (f"{NEW}/callers?q=王丽", f"{NEW}/unit?unit_code={WANG_LIHUA.unit_code}"):
        assert desk.get(path).status_code == 403
