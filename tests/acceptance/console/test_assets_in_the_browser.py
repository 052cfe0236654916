"""An appliance at the desk in Chromium: registered on its page, taken from beside the call, free."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.people import GUO_TAO
from tests.acceptance.stack import House

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)
LABEL = "GT-1206-NETZ"


def test_what_stands_in_the_unit_is_taken_into_the_call_and_its_order_is_in_warranty(
    windows: Windows, house: House
) -> None:
    name, unit, phone = GUO_TAO
    page = windows.at("chenjing", "/assets")
    if not page.get_by_label("标签(不知道就空着)").is_visible():
        page.locator("summary", has_text="登记设备").click()
    form = page.locator('form[action="/assets/new"]')
    form.locator('select[name="kind"]').select_option("household_other")
    form.get_by_label("标签(不知道就空着)").fill(LABEL)
    form.get_by_label("房号").fill(unit)
    form.get_by_label("启用日期").fill(
        (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=90)).isoformat()
    )
    form.get_by_role("button", name="登记设备").click()
    expect(page.get_by_role("heading", name=LABEL)).to_be_visible()
    expect(page.locator("svg.warranty-line")).to_be_visible()
    expect(page.locator(".entitled.yes").first).to_contain_text("✓")

    page.goto("/requests/new")
    page.locator("#f-unit_code").fill(unit)
    page.locator("#f-unit_code").press("Tab")
    page.locator("#unit-panel").get_by_role("button", name=LABEL).click()
    expect(page.get_by_label("设备标签")).to_have_value(LABEL)
    page.locator("#f-name").fill(name)
    page.locator("#f-phone").fill(phone)
    page.locator("#f-content").fill("净水器漏水")
    page.locator('#intake select[name="category"]').select_option("household_other")
    page.get_by_role("button", name="登记并开单").click()
    page.locator('a[href^="/orders/FW-"]').first.click()
    card = page.locator('section[aria-labelledby="h-asset"]')
    expect(card).to_contain_text(LABEL)
    expect(card).to_contain_text("保修期内")
