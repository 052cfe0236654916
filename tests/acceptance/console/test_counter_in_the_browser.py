"""The counter: what a handheld asks for goes out with a scan and a key, and comes back likewise."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import GUO_TAO, Cast

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def test_a_scan_and_a_key_hand_it_out_and_take_the_rest_back_and_the_count_finds_what_is_missing(
    windows: Windows, staff: Cast, handheld_of: Callable[[str], Handheld]
) -> None:
    zhangwei = handheld_of("zhangwei")
    code = f"M-{secrets.token_hex(4).upper()}"
    told = {"code": code, "name": "软管", "kind": "material", "unit": "根"}
    staff.qianjin.post("/stock-items", **told, minimum_qty="2", stock_qty="5")
    asked = staff.chenjing.registers(*GUO_TAO, "软管老化", appointment_at=in_minutes(55))
    number = staff.chenjing.issues(asked["number"], "toilet_tank", "L-WC")
    staff.chenjing.dispatches(number, "zhangwei")
    zhangwei.holds(number, state="dispatched")
    zhangwei.does("order.acknowledged", number)
    zhangwei.does("stock.requested", number, lines=[{"item": code, "qty": "3"}])

    counter = windows.at("qianjin", "/stores")
    scan = counter.get_by_label("扫码或输入物品、工单、姓名")
    expect(scan).to_be_focused()
    counter.keyboard.type(code)
    counter.keyboard.press("Enter")
    expect(counter.get_by_role("button", name="领出")).to_be_focused()
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("已领出 软管 × 3。")).to_be_visible()

    zhangwei.does("stock.used", number, lines=[{"item": code, "qty": "1"}])
    zhangwei.does("stock.handed_back", number, lines=[{"item": code, "qty": "2"}])
    expect(scan).to_be_focused()
    counter.keyboard.type(code)
    counter.keyboard.press("Enter")
    lands_on(counter, f"**/stores?code={code}")
    counter.locator("main").press("j")
    expect(counter.get_by_role("button", name="收回")).to_be_focused()
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("已收回 软管 × 2。")).to_be_visible()

    counter.goto(f"/stores/count?q={code}")
    counter.get_by_label("软管 实点").fill("3")
    counter.get_by_role("button", name="核对差异").click()
    expect(counter.locator("td .late")).to_have_text("-1")
    counter.get_by_label("软管 差异的原因").fill("找不到一根")
    counter.get_by_role("button", name="确认盘点").click()
    expect(counter.locator("main")).to_contain_text("1 项有差异")
    counter.get_by_role("link", name="软管").click()
    expect(counter.locator("main")).to_contain_text("盘点更正")
    expect(counter.locator("main")).to_contain_text("找不到一根")
    staff.chenjing.post(f"/orders/{number}/cancel", by="郭涛", reason="test over")
    staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
