"""Search, lists and bulk work in Chromium: with the keyboard, as a desk does it all day."""

import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.people import HUANG_ZHIYUAN, WU_GUOQIANG, Cast

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def issued(staff: Cast, who: tuple[str, str, str], content: str, category: str) -> str:
    """An order that nobody has yet; its number."""
    request = staff.chenjing.registers(*who, content)
    number: str = staff.chenjing.issues(request["number"], category, None)
    return number


def texts_of(path: str) -> list[str]:
    """Every text cell of a workbook's sheet."""
    with zipfile.ZipFile(path) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t"
    return [cell.text or "" for cell in sheet.iter(name)]


def found_by_keys(page: Page, typed: str) -> None:
    """Press /, type, and open the first hit."""
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="搜索")).to_be_focused()
    page.keyboard.insert_text(typed)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")


def test_a_desk_searches_filters_keeps_the_filter_and_dispatches_many(
    windows: Windows, staff: Cast
) -> None:
    tap = issued(staff, HUANG_ZHIYUAN, "阳台龙头滴水不止", "tap_valve")
    heater = issued(staff, WU_GUOQIANG, "热水器龙头打不着火", "gas_water_heater")
    desk = windows.at("chenjing", "/orders")
    found_by_keys(desk, "阳台龙头")
    lands_on(desk, f"**/orders/{tap}")

    desk.goto("/orders")
    desk.get_by_label("状态").select_option("created")
    desk.get_by_role("button", name="筛选", exact=True).click()
    desk.get_by_text("保存这个筛选").click()
    desk.get_by_label("名称").fill("等我派的")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_role("link", name=re.compile("等我派的"))).to_have_attribute(
        "aria-current", "true"
    )

    desk.wait_for_load_state()
    desk.get_by_label(tap).focus()
    desk.keyboard.press("x")
    desk.get_by_label(heater).focus()
    desk.keyboard.press("x")
    expect(desk.locator(".ticked")).to_have_text("已选 2 张")
    with desk.expect_download() as coming:
        desk.get_by_role("button", name="XLSX").click()
    assert {tap, heater, "阳台龙头滴水不止"} <= set(texts_of(str(coming.value.path())))

    desk.get_by_label("派给").select_option(label="张伟")
    desk.get_by_role("button", name="批量派工").click()
    expect(desk.get_by_role("status")).to_contain_text(tap)
    refused = desk.get_by_role("alert")
    expect(refused).to_contain_text(heater)
    expect(refused).to_contain_text("X-029")
