"""S-02: a tap bursts at night, the first technician does not answer, the customer is told late."""

from collections.abc import Callable

import pytest

from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LI_JIANJUN, Cast
from tests.acceptance.stack import House, wait_for


@pytest.fixture
def request_number(staff: Cast) -> str:
    registered = staff.wugang.registers(*LI_JIANJUN, "厨房水龙头爆裂,水流不止", urgency="emergency")
    return str(registered["number"])


def test_silent_technician_is_replaced_and_the_late_reply_is_a_breach(
    house: House, staff: Cast, handheld_of: Callable[[str], Handheld], request_number: str
) -> None:
    liuqiang, zhangwei = handheld_of("liuqiang"), handheld_of("zhangwei")
    number = staff.wugang.issues(request_number, "tap_valve", "L-TAP")
    assert staff.wugang.order(number)["intake_point"] == "control"
    staff.wugang.dispatches(number, "liuqiang")
    assert liuqiang.holds(number)["urgency"] == "emergency"

    house.let_time_pass(number, minutes=5, seconds=1)
    alert = wait_for(lambda: staff.wugang.open_alerts(number).get("clock.acknowledge"), "alert")
    assert (alert["rule"], alert["data"]["technician"]) == ("R-052", "刘强")
    staff.wugang.post(f"/orders/{number}/recall", reason="五分钟内没有接单")
    liuqiang.lets_go_of(number)
    assert staff.wugang.order(number)["state"] == "created"
    assert "clock.acknowledge" not in staff.wugang.open_alerts(number)

    staff.wugang.dispatches(number, "zhangwei")
    zhangwei.holds(number, state="dispatched")
    zhangwei.does("order.acknowledged", number)
    order = staff.wugang.order(number)
    assert (order["state"], order["technician"]) == ("acknowledged", "zhangwei")

    house.let_time_pass(request_number, minutes=10, seconds=1)
    warning = wait_for(
        lambda: staff.wugang.open_alerts(request_number).get("clock.reply_warning"), "warning"
    )
    assert warning["data"]["breach"] is False
    assert "clock.reply" not in staff.wugang.open_alerts(request_number)
    house.let_time_pass(request_number, minutes=5)
    breach = wait_for(lambda: staff.wugang.open_alerts(request_number).get("clock.reply"), "breach")
    assert (breach["rule"], breach["data"]["breach"]) == ("R-051", True)
    assert "clock.reply" in staff.zhaomin.open_alerts(request_number)

    reply = staff.wugang.post(
        f"/requests/{request_number}/replies", channel="phone", text="张师傅已出发,马上到。"
    )
    assert reply["in_time"] is False  # K-01
    assert not staff.wugang.open_alerts(request_number)

    went_to = [
        row["data"]["technician"] for row in staff.wugang.history(number, "order.dispatched")
    ]
    assert went_to == ["liuqiang", "zhangwei"]
    recalled = staff.wugang.history(number, "order.recalled")
    assert [row["data"]["reason"] for row in recalled] == ["五分钟内没有接单"]
    fired = staff.wugang.history(number, "clock.fired")
    assert [row["data"]["clock"] for row in fired] == ["ring_again", "acknowledge"]
    house.assert_history_holds(number)


def test_reply_within_the_fifteen_minutes_is_no_breach(
    house: House, staff: Cast, request_number: str
) -> None:
    house.let_time_pass(request_number, minutes=14, seconds=40)
    reply = staff.wugang.post(
        f"/requests/{request_number}/replies", channel="phone", text="师傅马上到。"
    )
    assert reply["in_time"] is True  # K-01
    assert set(house.clocks_of(request_number)) == set()
    assert "clock.reply" not in staff.wugang.open_alerts(request_number)
