"""An appliance over the API: registered, called about, in warranty, repaired for 0.00; and looked
after by a quarterly plan (X-001, X-007, X-017)."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LIN_FANG, Cast
from tests.acceptance.stack import House, wait_for

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = dt.datetime.now(SHANGHAI).date()


@pytest.fixture
def machao(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("machao")


@pytest.fixture
def asset(staff: Cast) -> dict[str, str]:
    """What 林芳 bought half a year ago; its label is not known yet."""
    bought = TODAY - dt.timedelta(days=180)
    made: dict[str, str] = staff.chenjing.post(
        "/assets", kind="household_other", unit_code=LIN_FANG[1], first_use_on=bought.isoformat()
    )
    assert made["label"].startswith("LS-")
    return made


def test_a_repair_in_warranty_is_quoted_signed_and_closed_at_nothing(
    house: House, staff: Cast, machao: Handheld, asset: dict[str, str]
) -> None:
    found = staff.chenjing.get("/assets", unit_code=LIN_FANG[1], label=asset["label"])["items"]
    assert [one["id"] for one in found] == [asset["id"]]
    assert staff.chenjing.get(f"/assets/{asset['id']}/warranty")["covered"] is True
    long_ago = staff.chenjing.get(f"/assets/{asset['id']}/warranty", on="2000-01-01")
    assert (long_ago["covered"], long_ago["why_not"]) == (False, "not_begun")

    asked = staff.chenjing.registers(*LIN_FANG, "净水器漏水", asset=asset["label"])
    number = staff.chenjing.issues(asked["number"], "household_other")
    staff.chenjing.dispatches(number, "machao")
    held = machao.holds(number, state="dispatched")["asset"]
    assert (held["label"], held["warranty"]) == (asset["label"], "in_warranty")
    machao.goes_there(number)
    machao.inspects(number, "接头松动")
    machao.quotes(number, 5000, "L-ACCHK")
    quote = machao.holds(number, state="quoted")["quote"]
    assert (quote["total_fen"], quote["listed_fen"]) == (0, 5000)
    machao.price_agreed(number, "林芳")
    machao.does("order.ready", number)
    machao.signed_off(number, "林芳")
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["total_fen"], closed["charge_fen"]) == (0, 0)
    assert (closed["warranty_code"], closed["payment_method"]) == ("in_warranty", "free_of_charge")
    (check,) = staff.zhaomin.get(f"/assets/{asset['id']}/warranty-checks")["items"]
    assert (check["order_number"], check["code"]) == (number, "in_warranty")
    house.assert_history_holds(number)


def test_a_quarterly_plan_issues_its_order_once(
    house: House, staff: Cast, asset: dict[str, str]
) -> None:
    name, _unit, phone = LIN_FANG
    plan = staff.zhaomin.post(
        "/preventive-plans",
        asset=asset["label"],
        name=name,
        phone=phone,
        kind="maintenance",
        content="更换滤芯",
        starts_on=dt.datetime.now(SHANGHAI).date().isoformat(),
    )
    runs = f"/preventive-plans/{plan['id']}/runs"
    house.let_time_pass(plan["id"], days=1)
    (run,) = wait_for(lambda: staff.zhaomin.get(runs)["items"], "the order of the plan")
    house.wait_for_reactions()
    assert len(staff.zhaomin.get(runs)["items"]) == 1
    order = staff.chenjing.order(run["order"])
    assert (order["nature"], order["asset"]["label"]) == ("routine", asset["label"])
    assert order["appointment_at"] is not None
    assert run["outcome"] == "open"
    (kept,) = [
        one
        for one in staff.zhaomin.get("/preventive-plans/compliance")["items"]
        if one["kind"] == "maintenance"
    ]
    assert kept["due"] >= 1
