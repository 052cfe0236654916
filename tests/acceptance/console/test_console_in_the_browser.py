"""The console in Chromium, with real handhelds behind the running house."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import WANG_LIHUA, ZHOU_MIN, Cast
from tests.acceptance.repairs import looks_at_lamp, prices_lamp, repairs_lamp
from tests.acceptance.stack import House, wait_for

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)

#: A workstation whose clock is an hour fast.
AN_HOUR_FAST = "const now = Date.now; Date.now = () => now() + 3600000;"


def registers(page: Page, who: tuple[str, str, str], content: str) -> str:
    """Fill in the intake form; the request's number."""
    page.get_by_role("link", name="新登记").click()
    for field, value in zip(("name", "unit_code", "phone"), who, strict=True):
        page.locator(f"[name={field}]").fill(value)
    page.get_by_label("内容").fill(content)
    page.get_by_role("button", name="登记", exact=True).click()
    lands_on(page, "**/requests/DJ-*")
    return page.url.rpartition("/")[2]


def repaired(staff: Cast, handheld: Handheld) -> str:
    """A lamp order that is accepted and signed; its number."""
    request = staff.chenjing.registers(
        *WANG_LIHUA, "玄关灯不亮", appointment_at=in_minutes(90), read_back=True
    )
    number: str = staff.chenjing.issues(request["number"], "lamp", "L-LAMP")
    staff.chenjing.dispatches(number, "liuqiang")
    handheld.goes_there(number)
    finishes_lamp(handheld, number)
    return number


def finishes_lamp(handheld: Handheld, number: str) -> None:
    """From the inspection to the customer's signature."""
    handheld.inspects(number, "启辉器坏")
    looks_at_lamp(handheld, number)
    prices_lamp(handheld, number, "王丽华")
    repairs_lamp(handheld, number)
    handheld.records(number, "LAMP-19", {"value": "2", "unit": "times"})
    handheld.records(number, "LAMP-20", {}, "after")
    handheld.does("order.ready", number)
    handheld.signed_off(number, "王丽华")


@pytest.fixture
def liuqiang(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("liuqiang")


def test_a_call_becomes_an_approved_order_by_forms_and_a_handheld(
    windows: Windows, house: House, liuqiang: Handheld
) -> None:
    """S-01, with the desk, the front desk and the reviewer each at a browser."""
    desk = windows.at("chenjing")
    request = registers(desk, WANG_LIHUA, "客厅日光灯不亮")
    desk.get_by_label("说了什么").fill("刘师傅一小时内到")
    desk.get_by_role("button", name="记下回复").click()
    expect(desk.locator(".lead")).to_contain_text("已回复")
    desk.locator("[name=category]").select_option("lamp")
    desk.get_by_role("button", name="受理").click()
    desk.get_by_role("button", name="开工单").click()
    lands_on(desk, "**/orders/FW-*")
    number = desk.url.rpartition("/")[2]
    desk.get_by_role("radio", name=re.compile("刘强")).check()
    desk.get_by_role("button", name="派工").click()
    expect(desk.get_by_role("status").first).to_contain_text("已派工")
    liuqiang.holds(number, state="dispatched")

    desk.get_by_role("link", name="看板").click()
    row = desk.locator(f"#row-{number}").last
    expect(row.locator(".reach")).to_contain_text("已发出")
    liuqiang.does("order.received", number)
    expect(row.locator(".reach")).to_contain_text("手持机已收到")  # without a reload
    liuqiang.does("order.opened", number)
    expect(row.locator(".reach")).to_contain_text("技工已查看")
    liuqiang.does("order.acknowledged", number)
    expect(row).to_contain_text("已接单")
    liuqiang.does("order.arrived", number)
    expect(row).to_contain_text("已到场")
    finishes_lamp(liuqiang, number)

    front_desk = windows.at("lina", f"/orders/{number}")
    front_desk.get_by_role("button", name="核销").click()
    expect(front_desk.locator("h1")).to_contain_text("已核销")

    reviewer = windows.at("sunqian", f"/quality/{number}")

    def shows_thumbnails() -> bool:
        reviewer.reload()
        return reviewer.locator("main img").count() > 0

    wait_for(shows_thumbnails, "thumbnails")
    expect(reviewer.get_by_text("221 V AC")).to_be_visible()
    reviewer.get_by_role("button", name="通过").click()
    expect(reviewer.get_by_text(f"{number} 的评审已记下")).to_be_visible()
    house.assert_history_holds(number)
    assert request.startswith("DJ-")


def test_signing_in_needs_no_mouse_and_the_first_stop_is_the_way_to_the_content(
    windows: Windows, house: House
) -> None:
    page = windows.empty()
    page.goto("/sign-in")
    expect(page.locator(":focus")).to_have_attribute("name", "username")
    page.keyboard.type("chenjing")
    page.keyboard.press("Tab")
    page.keyboard.type(house.passwords["chenjing"])
    page.keyboard.press("Enter")
    lands_on(page, "**/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("按状态")


def test_the_board_keeps_the_focus_where_it_was_when_something_happens(
    windows: Windows, staff: Cast
) -> None:
    first = staff.chenjing.registers(*WANG_LIHUA, "浴霸不热")["number"]
    page = windows.at("chenjing")
    link = page.locator(f"#a-{first}")
    link.focus()
    second = staff.chenjing.registers(*ZHOU_MIN, "水槽堵了")["number"]
    expect(page.locator(f"#row-{second}")).to_be_visible()  # without a reload
    expect(link).to_be_focused()
    expect(page.locator("#live-state")).to_have_text("自动更新")


def test_clocks_count_by_the_servers_time_on_a_wrong_workstation(
    windows: Windows, staff: Cast
) -> None:
    """Fifteen minutes are left, whatever the clock on the wall of the control room says."""
    number = staff.chenjing.registers(*ZHOU_MIN, "窗户关不上")["number"]
    page = windows.at("wugang", init_script=AN_HOUR_FAST)
    clock = page.locator(f"#row-{number} .clock")
    expect(clock).to_have_class(re.compile(r"\bok\b"))
    before = clock.locator(".left").inner_text()
    assert re.fullmatch(r"剩 1[34]:\d\d", before)
    expect(clock.locator(".left")).not_to_have_text(before)  # it counts


def test_a_clock_turns_red_by_itself(windows: Windows, house: House, staff: Cast) -> None:
    """S-02: nobody has to reload to learn that fifteen minutes are over."""
    number = staff.wugang.registers(*ZHOU_MIN, "水管爆了", urgency="emergency")["number"]
    page = windows.at("wugang")
    clock = page.locator(f"#row-{number} .clock")
    expect(clock).to_have_class(re.compile(r"\bok\b"))
    house.let_time_pass(number, minutes=16)
    expect(clock).to_have_class(re.compile(r"\blate\b"))
    expect(clock).to_contain_text("超时")


def test_a_board_that_cannot_reach_the_server_says_that_it_may_be_old(windows: Windows) -> None:
    page = windows.at("chenjing")
    page.route("**/board*", lambda route: route.abort())
    expect(page.locator("#live-state")).to_contain_text("连接中断")
    page.unroute("**/board*")
    expect(page.locator("#live-state")).to_have_text("自动更新")


def test_two_clicks_register_one_call(windows: Windows) -> None:
    page = windows.at("chenjing", "/requests/new")
    for field, value in zip(("name", "unit_code", "phone"), ZHOU_MIN, strict=True):
        page.locator(f"[name={field}]").fill(value)
    page.get_by_label("内容").fill("门铃不响,只登记一次")
    page.get_by_role("button", name="登记", exact=True).dblclick()
    lands_on(page, "**/requests/DJ-*")
    page.goto("/")
    expect(page.get_by_text("门铃不响,只登记一次")).to_have_count(1)


def test_the_console_turns_to_english_and_back(windows: Windows) -> None:
    page = windows.at("yangfan")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Board")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("link", name="看板")).to_be_visible()
