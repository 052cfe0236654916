"""S-07: it works, but the customer will not sign; the manager decides."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.desk import in_minutes, moment
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import WU_GUOQIANG, Cast
from tests.acceptance.repairs import fits_new_tank_fitting, tries_toilet
from tests.acceptance.stack import House, wait_for

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def zhangwei(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("zhangwei")


@pytest.fixture
def number(staff: Cast, zhangwei: Handheld) -> str:
    """The fitting is replaced for 73.00, agreed by telephone, and all tests have passed."""
    request = staff.chenjing.registers(
        *WU_GUOQIANG, "坐便器水箱漏水", appointment_at=in_minutes(60)
    )
    order = staff.chenjing.issues(request["number"], "toilet_tank", "L-WC")
    staff.chenjing.dispatches(order, "zhangwei")
    zhangwei.goes_there(order)
    zhangwei.inspects(order, "浮球阀坏")
    zhangwei.records(order, "WC-01", {}, "before")
    zhangwei.records(order, "WC-02", {"choices": ["float_valve"]})
    zhangwei.quotes(order, 7300, "L-WC", "M-WCSET")
    zhangwei.does("quote.confirmed", order, method="phone", signer="吴国强")
    fits_new_tank_fitting(zhangwei, order)
    tries_toilet(zhangwei, order)
    zhangwei.does("order.ready", order)
    return order


def test_manager_closes_it_unsigned_with_the_charge_kept(
    house: House, staff: Cast, zhangwei: Handheld, number: str
) -> None:
    signer = {"name": "吴国强", "relation": "owner"}
    problem = zhangwei.is_refused("order.accepted", number, signer=signer)
    assert "data.signature" in problem["errors"]
    assert staff.chenjing.order(number)["state"] == "awaiting_acceptance"
    problem = zhangwei.is_refused("signature.refused", number, reason="refused", witness="")
    assert "data.witness" in problem["errors"]

    zhangwei.uploads(number, "closed")
    zhangwei.does("signature.refused", number, reason="refused", witness="杨帆")
    order = staff.chenjing.order(number)
    assert (order["state"], order["billing_held"]) == ("escalated", True)
    alert = staff.zhaomin.open_alerts(number)["escalation.L1_cs_manager"]
    assert alert["audience"] == ["cs_manager"]
    opened = staff.zhaomin.history(number, "order.escalated")[0]
    assert opened["data"]["witness"] == "杨帆"
    assert house.clocks_of(number)["decision"] == next_working_day_at_six(moment(opened["at"]))
    staff.lina.is_refused(f"/orders/{number}/write-off", 409, return_point="front_desk")

    decision = {"decision": "accept", "text": "电话核实:能用,照常收费"}
    staff.chenjing.is_refused(f"/orders/{number}/decisions", 403, **decision)
    decided = staff.zhaomin.post(f"/orders/{number}/decisions", **decision)
    assert (decided["state"], decided["billing_held"]) == ("accepted", False)
    assert "decision" not in house.clocks_of(number)
    assert not staff.zhaomin.open_alerts(number)

    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["state"], closed["closed_by_decision"]) == ("closed", True)
    assert (closed["unsigned_reason"], closed["charge_fen"]) == ("refused", 7300)
    assert "signature" not in {
        p["tag"] for p in staff.sunqian.get(f"/orders/{number}/photos")["items"]
    }

    visit = wait_for(lambda: visit_of(staff, number), "the return visit")
    path = f"/return-visits/{visit['number']}/results"
    staff.yangfan.is_refused(path, 422, "R-087", method="on_site", satisfied=True, comment="好")
    made = staff.yangfan.post(path, method="phone", satisfied=True, comment="能用,就是不想签字")
    assert (made["state"], made["recorded_by"]) == ("satisfied", staff.yangfan.user["id"])
    assert made["customer_signature"] is None
    house.assert_history_holds(number)


def test_decision_that_is_not_made_in_time_is_an_alert(
    house: House, staff: Cast, zhangwei: Handheld, number: str
) -> None:
    zhangwei.does("signature.refused", number, reason="absent", witness="杨帆")
    house.let_time_pass(number, days=5)
    alert = wait_for(lambda: staff.zhaomin.open_alerts(number).get("clock.decision"), "alert")
    assert (alert["rule"], alert["data"]["breach"]) == ("P-08", True)
    assert staff.zhouguojian.open_alerts(number)["clock.decision"]["id"] == alert["id"]


def visit_of(staff: Cast, number: str) -> dict[str, str] | None:
    answer = staff.lina.ask("GET", f"/orders/{number}/return-visit")
    return answer.json() if answer.ok else None


def next_working_day_at_six(opened: dt.datetime) -> dt.datetime:
    """P-08, worked out anew."""
    day = opened.astimezone(SHANGHAI) + dt.timedelta(days=1)
    while day.isoweekday() > 5:
        day += dt.timedelta(days=1)
    return day.replace(hour=18, minute=0, second=0, microsecond=0)
