"""S-05: the customer calls it off when the technician stands at the door."""

from collections.abc import Callable

import pytest

from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import ZHOU_MIN, Cast
from tests.acceptance.stack import House


@pytest.fixture
def zhangwei(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("zhangwei")


def sent_out(staff: Cast) -> str:
    request = staff.chenjing.registers(*ZHOU_MIN, "水箱一直流水", appointment_at=in_minutes(10))
    number = staff.chenjing.issues(request["number"], "toilet_tank", "L-WC")
    staff.chenjing.dispatches(number, "zhangwei")
    return number


def test_slip_is_written_off_only_when_the_fitting_is_back(
    house: House, staff: Cast, zhangwei: Handheld
) -> None:
    number = sent_out(staff)
    zhangwei.holds(number, state="dispatched")
    zhangwei.is_refused("stock.requested", number, "R-058", lines=[{"item": "M-WCSET", "qty": "1"}])
    zhangwei.does("order.acknowledged", number)
    zhangwei.does("stock.requested", number, lines=[{"item": "M-WCSET", "qty": "1"}])
    (line,) = staff.qianjin.get(f"/orders/{number}/stock-lines")["items"]
    in_stock = stock(staff, "M-WCSET")
    staff.qianjin.post(f"/stock-lines/{line['number']}/issue", qty="1")
    assert stock(staff, "M-WCSET") == in_stock - 1
    zhangwei.does("order.arrived", number)
    zhangwei.does("order.cancel_requested", number, by="周敏", reason="临时要出门")

    order = staff.lina.order(number)
    assert (order["state"], order["late"]) == ("cancel_pending", False)
    assert order["cancel_reason"] == "临时要出门"
    problem = staff.lina.is_refused(
        f"/orders/{number}/write-off", 409, "R-072", return_point="front_desk"
    )
    assert line["number"] in problem["detail"]
    assert staff.lina.order(number)["state"] == "cancel_pending"

    staff.qianjin.post(f"/stock-lines/{line['number']}/return", qty="1", condition="good")
    assert stock(staff, "M-WCSET") == in_stock
    cancelled = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (cancelled["state"], cancelled["charge_fen"], cancelled["total_fen"]) == (
        "cancelled",
        0,
        0,
    )
    assert (cancelled["closed_at"], cancelled["copies"]) == (None, [])
    zhangwei.lets_go_of(number)

    assert house_has_no_visit_of(house, staff, number)
    assert sent_out(staff) > number  # the number is never used again
    assert staff.lina.order(number)["number"] == number
    house.assert_history_holds(number)


def stock(staff: Cast, code: str) -> float:
    items = staff.qianjin.get("/stock-items")["items"]
    return next(float(item["stock_qty"]) for item in items if item["code"] == code)


def house_has_no_visit_of(house: House, staff: Cast, number: str) -> bool:
    """R-084: a cancelled order is not in the cohort, also once the reaction has run."""
    house.wait_for_reactions()
    return staff.lina.ask("GET", f"/orders/{number}/return-visit").status_code == 404
