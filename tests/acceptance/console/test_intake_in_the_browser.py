"""A whole call, taken with the keyboard alone."""

import base64

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.people import WANG_LIHUA, Cast
from tests.factories import pictures

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)
COPY = """async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const type = "image/png";
  await navigator.clipboard.write([new ClipboardItem({ [type]: new Blob([bytes], { type }) })]);
}"""


def test_a_call_from_the_initials_to_the_dispatched_order_by_keyboard(
    windows: Windows, staff: Cast
) -> None:
    staff.chenjing.registers(*WANG_LIHUA, "阳台门锁松了")
    desk = windows.at("chenjing", "/requests/new")
    keys = desk.keyboard
    expect(desk.locator("#f-unit_code")).to_be_focused()
    keys.insert_text("wlh")
    option = desk.get_by_role("option", name="王丽华").first
    expect(option).to_be_visible()
    keys.press("ArrowDown")
    expect(desk.locator("#f-unit_code")).to_have_attribute("aria-activedescendant", "found-1")
    keys.press("Enter")
    expect(desk.locator("#f-unit_code")).to_have_value(WANG_LIHUA[1])
    expect(desk.locator("#f-phone")).to_have_value(WANG_LIHUA[2])
    panel = desk.get_by_role("complementary")
    expect(panel).to_contain_text("阳台门锁松了")

    expect(desk.locator("#f-content")).to_be_focused()
    keys.type("厨房水龙头关不紧")
    proposal = desk.locator('#advice [data-set="category"][data-value="tap_valve"]')
    expect(proposal).to_be_visible()
    keys.press("Tab")
    expect(proposal).to_be_focused()
    keys.press("Enter")
    expect(desk.locator("[name=category]")).to_have_value("tap_valve")
    expect(proposal).to_have_attribute("aria-pressed", "true")
    keys.press("ArrowRight")
    labour = desk.locator('#advice [data-set="price_item"][data-value="L-TAP"]')
    expect(labour).to_be_focused()
    keys.press("Enter")
    expect(desk.locator("[name=price_item]")).to_have_value("L-TAP")
    keys.press("Alt+p")
    lands_on(desk, "**/requests/DJ-*")
    expect(desk.get_by_role("status").first).to_contain_text("开单并派工")
    expect(desk.locator(".lead .state")).to_contain_text("已派工")

    reply = desk.locator("#reply-text")
    reply.focus()
    keys.type("师傅半小时内到")
    keys.press("Control+Enter")
    expect(desk.locator(".lead")).to_contain_text("已回复")


def test_a_name_that_is_new_and_a_form_half_filled_are_not_taken_for_something_else(
    windows: Windows,
) -> None:
    desk = windows.at("chenjing", "/requests/new")
    keys = desk.keyboard
    expect(desk.locator("#f-unit_code")).to_be_focused()
    keys.type("3-2-1502")
    expect(desk.locator("#found-1")).to_be_visible()
    keys.press("Escape")
    expect(desk.get_by_role("listbox")).to_be_hidden()
    keys.press("Enter")  # on to the name, nothing is sent
    expect(desk.locator("#f-name")).to_be_focused()
    keys.insert_text("欧阳新来")
    expect(desk.locator("#found-state")).to_contain_text("新客户")
    keys.press("Alt+s")  # phone and content are missing: the form stays
    expect(desk.locator("#f-phone")).to_be_focused()
    expect(desk.get_by_role("complementary")).to_contain_text("3栋2单元1502")


def test_a_picture_from_the_chat_is_pasted_while_the_call_is_typed(windows: Windows) -> None:
    desk = windows.at("chenjing", "/requests/new")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    content = pictures.encoded(pictures.scene(1502, (320, 240)), "PNG")
    desk.evaluate(COPY, base64.b64encode(content).decode())
    for field, words in zip(("name", "unit_code", "phone"), WANG_LIHUA, strict=True):
        desk.locator(f"#f-{field}").fill(words)
    desk.locator("#f-content").focus()
    desk.keyboard.press("Control+v")
    expect(desk.locator(".photo-field [role=status]")).to_have_text("image.png")
    with desk.expect_request("**/advice") as asked:
        desk.keyboard.type("龙头滴水")
    assert "urlencoded" in asked.value.headers["content-type"], "pictures go with the form alone"
    desk.keyboard.press("Control+Enter")
    lands_on(desk, "**/requests/DJ-*")
    expect(desk.locator(".content").first).to_have_text("龙头滴水")
    expect(desk.locator("figure.photo")).to_have_count(1)
