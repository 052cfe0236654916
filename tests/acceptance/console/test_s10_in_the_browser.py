"""S-10 at the screens: the readings of an air-conditioner, from the order to the reviewer's eyes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.console.test_scenarios_at_other_desks import gives, opens, slip
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LIN_FANG
from tests.acceptance.repairs import (
    amperes,
    looks_at_air_conditioner,
    mpa,
    runs_air_conditioner,
)
from tests.acceptance.stack import House

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def finds_the_leak(machao: Handheld, number: str) -> None:
    """Both pressures too low, after the customer agreed to an inspection."""
    machao.goes_there(number)
    machao.inspects(number, "不凉,需检修")
    looks_at_air_conditioner(machao, number)
    machao.quotes(number, 5000, "L-ACCHK")
    machao.price_agreed(number, "林芳")
    runs_air_conditioner(machao, number)
    machao.records(number, "AC-18", mpa("0.36"), "gauge_low")
    machao.records(number, "AC-19", mpa("1.05"), "gauge_high", reason="缺氟,低压也低")


def stops_it_and_charges(machao: Handheld, number: str) -> None:
    """At a new price; then everything is measured again."""
    machao.quotes(number, 19000, "L-ACCHK", "L-ACLEAK", "M-R22", M_R22="3")
    machao.price_agreed(number, "林芳")
    machao.records(number, "AC-13", {"done": True}, "fault_point", "repair", text="低压侧接头")
    machao.records(number, "AC-14", {"done": True, "fields": {"charged_g": "300"}}, "scale")
    machao.records(number, "AC-18", mpa("0.52"), "gauge_low")
    machao.records(number, "AC-19", mpa("1.28"), "gauge_high")
    machao.records(number, "AC-20", amperes("5.0"), "clamp")
    machao.records(number, "AC-22", {"ok": True})
    machao.records(number, "AC-23", {}, "after")
    machao.does("order.ready", number)
    machao.signed_off(number, "林芳")


def test_s10_both_sets_of_readings_and_both_prices_stand_before_the_reviewer(
    windows: Windows, house: House, handheld_of: Callable[[str], Handheld]
) -> None:
    desk, machao = windows.at("chenjing"), handheld_of("machao")
    number = slip(desk, LIN_FANG, "客厅空调不凉", "air_conditioner", "L-ACCHK")
    gives(desk, "马超")
    finds_the_leak(machao, number)
    desk.reload()
    expect(desk.locator("main")).to_contain_text("0.36 MPa")
    stops_it_and_charges(machao, number)

    front_desk = windows.at("lina")
    opens(front_desk, number)
    expect(front_desk.locator("main")).to_contain_text("¥190.00")
    front_desk.get_by_role("button", name="核销").click()
    expect(front_desk.locator("h1")).to_contain_text("已核销")

    reviewer = windows.at("sunqian", f"/quality/{number}")
    low, high = (reviewer.locator(f"li[data-step='{step}']") for step in ("AC-18", "AC-19"))
    expect(low.locator(".attempt").nth(0)).to_contain_text(
        re.compile(r"不合格.*0\.36 MPa", re.DOTALL)
    )
    expect(low.locator(".attempt").nth(1)).to_contain_text(
        re.compile(r"合格.*0\.52 MPa", re.DOTALL)
    )
    expect(high.locator(".attempt").nth(0)).to_contain_text("原因: 缺氟,低压也低")
    expect(high.locator(".attempt").nth(1)).to_contain_text("1.28 MPa")
    expect(low.get_by_role("img", name=re.compile("读数 0.52.*限值"))).to_be_visible()
    quotes = reviewer.locator(".quote h3")
    expect(quotes).to_have_text([re.compile("¥50.00"), re.compile("¥190.00")])
    expect(reviewer.locator(".quote", has_text="客户已确认")).to_have_count(2)
    reviewer.get_by_role("button", name="通过").click()
    expect(reviewer.get_by_text(f"{number} 的评审已记下")).to_be_visible()
    house.assert_history_holds(number)
