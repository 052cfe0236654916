"""A month's money at the screens: finance registers and submits, the general property manager returns
it and then approves, the notices go out, one is chased and paid."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.handheld import Handheld
from tests.acceptance.money import LAMP, SWITCH, repaired_and_closed, were_closed_in
from tests.acceptance.people import GUO_TAO, XU_JING, Cast
from tests.acceptance.stack import House

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)
FEBRUARY = dt.date(2025, 2, 1)
MONTH = "/finance?month=2025-02"


def test_a_month_is_registered_reviewed_noticed_chased_and_paid(
    windows: Windows, house: House, staff: Cast, handheld_of: Callable[[str], Handheld]
) -> None:
    liuqiang = handheld_of("liuqiang")
    lamp = repaired_and_closed(staff, liuqiang, XU_JING, LAMP)
    switch = repaired_and_closed(staff, liuqiang, GUO_TAO, SWITCH)
    were_closed_in(house, (lamp, switch), FEBRUARY)

    finance = windows.at("hefang", "/finance")
    finance.goto(MONTH)
    finance.get_by_role("button", name="生成报表").click()
    expect(finance.get_by_role("heading", level=1)).to_contain_text("2025年2月")
    finance.get_by_role("link", name="第三联未登记").click()
    finance.wait_for_url("**/finance/entries?*")  # with its script: this waits for the load
    rows = finance.locator("input[name=order]")
    expect(rows).to_have_count(2)
    finance.locator("main").press("j")
    for key in ("x", "j", "x"):  # by keyboard: the first row, then the next
        finance.keyboard.press(key)
    expect(finance.locator(".ticked")).to_have_text("已选 2 张")
    finance.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(finance.get_by_role("status").first).to_have_text("已登记 2 张第三联。")
    finance.goto(MONTH)
    finance.get_by_role("button", name="更新报表并核对").click()
    expect(finance.get_by_text("没有差异")).to_be_visible()
    finance.get_by_label("给审核人的说明").fill("二月两张")
    finance.get_by_role("button", name="报总物业经理审核").click()
    expect(finance.locator("h1")).to_contain_text("已报审")
    report = finance.url.rpartition("/")[2]

    manager = windows.at("zhouguojian", f"/finance/reports/{report}")
    expect(manager.get_by_role("row", name=re.compile("月结"))).to_contain_text("¥63.00")
    manager.get_by_role("button", name="退回财务").click()
    expect(manager.get_by_role("alert")).to_contain_text("退回须写明原因")
    manager.get_by_label("意见(退回必填)").fill("请核对开关单")
    manager.get_by_role("button", name="退回财务").click()
    expect(manager.locator("h1")).to_contain_text("已退回")
    finance.goto(f"/finance/reports/{report}")
    expect(finance.get_by_text("请核对开关单").first).to_be_visible()
    finance.get_by_role("button", name="报总物业经理审核").click()
    manager.goto(f"/finance/reports/{report}")
    manager.get_by_role("button", name="审核通过").click()
    expect(manager.locator("h1")).to_contain_text("已审核")

    finance.goto(f"/finance/reports/{report}")
    finance.get_by_role("button", name="发出通知").click()
    finance.wait_for_url("**/finance/notices?month=2025-02")
    expect(finance.get_by_role("status").first).to_have_text("已发出 2 份缴费通知。")

    assistant = windows.at("yangfan", "/finance/chase")
    mine = assistant.get_by_role("row", name=re.compile(XU_JING[1]))
    expect(mine).to_contain_text("¥30.00")
    expect(mine.get_by_role("link", name=XU_JING[2])).to_be_visible()
    mine.get_by_role("button", name="已送到住户").click()
    mine.get_by_role("button", name="已电话催缴").click()
    expect(assistant.get_by_role("status").first).to_contain_text("的催缴已记下")
    finance.get_by_role("row", name=re.compile(XU_JING[1])).get_by_role("link").first.click()
    expect(finance.get_by_role("heading", name=re.compile("催缴"))).to_contain_text("1")
    finance.get_by_role("button", name="收到 ¥30.00").click()
    expect(finance.locator("h1")).to_contain_text("已收")
    assistant.goto("/finance/chase")
    expect(assistant.get_by_role("row", name=re.compile(GUO_TAO[1]))).to_be_visible()
    expect(mine).to_have_count(0)
