"""Dispatchers at the board: by keys, by mouse, two at once, and through a restart of the server."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect

from server.estate.models import Estate
from server.work_orders.pulse import pulse
from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.desk import in_minutes
from tests.acceptance.people import ZHOU_MIN, Cast
from tests.acceptance.stack import House, wait_for

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def issued(staff: Cast, content: str, category: str = "tap_valve", minutes: int = 300) -> str:
    """An order that nobody has yet."""
    request = staff.chenjing.registers(*ZHOU_MIN, content, appointment_at=in_minutes(minutes))
    number: str = staff.chenjing.issues(request["number"], category, "L-TAP")
    return number


def lane(page: Page, name: str, number: str) -> None:
    """Wait until the order stands in a lane."""
    expect(page.locator(f"section[aria-labelledby='h-{name}'] #row-{number}")).to_be_visible()


def is_current(page: Page, house: House) -> None:
    """Wait until nothing follows any more from what happened, and the board shows all of it."""
    house.wait_for_reactions()

    def shows_all() -> bool:
        with house.database() as current:
            now = pulse(current, current.scalars(sa.select(Estate.id)).one())
        return page.locator("#pulse").input_value() == now

    wait_for(shows_all, "the board to show all of it")


def test_an_order_is_given_out_by_keys_alone(windows: Windows, staff: Cast) -> None:
    number = issued(staff, "厨房龙头滴水,键盘派工")
    page = windows.at("chenjing")
    page.locator(f"#a-{number}").focus()
    page.keyboard.press("a")
    first = page.locator("#assign .candidates li").first
    expect(first).to_contain_text("有资格")
    name = first.locator("b").inner_text()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text(f"{number} 已派给 {name}")
    lane(page, "to_acknowledge", number)
    expect(page.locator("#assign")).to_be_hidden()


def test_arrows_walk_from_card_to_card_and_from_lane_to_lane(windows: Windows, staff: Cast) -> None:
    number = issued(staff, "洗衣房龙头滴水,方向键")
    staff.chenjing.dispatches(number, "zhangwei")
    page = windows.at("chenjing")
    lane(page, "to_acknowledge", number)
    page.locator("section[aria-labelledby='h-to_acknowledge'] .goal").first.focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("!!document.activeElement.closest('li.one')")
    page.keyboard.press("ArrowRight")
    here = page.evaluate(
        "document.activeElement.closest('section').getAttribute('aria-labelledby')"
    )
    assert here == "h-to_acknowledge"


def test_a_card_is_dragged_onto_a_technician_and_asks_where_something_speaks_against_it(
    windows: Windows, house: House, staff: Cast
) -> None:
    free = issued(staff, "阳台龙头滴水,拖到张伟", minutes=900)
    gas = issued(staff, "热水器打不着,拖错人", "gas_water_heater", minutes=1200)
    page = windows.at("chenjing")
    is_current(page, house)
    page.locator(f"#row-{free}").drag_to(page.locator("#t-zhangwei"))
    expect(page.locator("#said")).to_contain_text(free)
    lane(page, "to_acknowledge", free)
    is_current(page, house)
    page.locator(f"#row-{gas}").drag_to(page.locator("#t-zhangwei"))
    dialog = page.locator("#assign")
    expect(dialog).to_be_visible()
    expect(dialog.locator("li", has_text="张伟")).to_contain_text("没有燃气证")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert staff.chenjing.order(gas)["state"] == "created"


def test_a_pressed_card_stays_under_the_hand_until_it_is_let_go_of(
    windows: Windows, staff: Cast
) -> None:
    number = issued(staff, "储物间龙头滴水,按住不放", minutes=2100)
    page = windows.at("chenjing")
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)

    page.route("**/board?*", keep)
    page.locator(f"#row-{number} .content").hover()
    wait_for(lambda: page.evaluate("true") and asked, "the board to ask what is new")
    page.mouse.down()
    other = issued(staff, "地下室龙头滴水,随后报的", minutes=2400)
    page.evaluate(
        "() => { window.answered = new Promise((done) => "
        "document.addEventListener('htmx:finally:request', done, { once: true })); }"
    )
    asked[0].continue_()
    page.evaluate("async () => { await window.answered; }")
    expect(page.locator(f"#row-{other}")).to_have_count(0)
    page.unroute("**/board?*")
    page.mouse.up()
    expect(page.locator(f"#row-{other}")).to_be_visible()


def test_the_second_of_two_dispatchers_sees_what_the_first_one_did(
    windows: Windows, staff: Cast
) -> None:
    number = issued(staff, "两人同时派这一单", minutes=1500)
    first, second = windows.at("chenjing"), windows.at("wugang")
    for page in (first, second):
        page.locator(f"#a-{number}").focus()
        page.keyboard.press("a")
        expect(page.locator("#assign")).to_be_visible()
    first.locator("#assign li", has_text="张伟").get_by_role("radio").check()
    first.keyboard.press("Enter")
    lane(second, "to_acknowledge", number)  # behind the dialog, without a reload
    second.locator("#assign li", has_text="刘强").get_by_role("radio").check()
    second.keyboard.press("Enter")
    told = second.locator("#assign [role=alert]")
    expect(told).to_contain_text("别人已作更改")
    expect(told).to_contain_text(re.compile("陈静.*派工"))
    assert staff.chenjing.order(number)["technician"] == "zhangwei"


def test_a_board_left_open_lives_through_a_restart_of_the_server(
    windows: Windows, house: House, staff: Cast
) -> None:
    page = windows.at("chenjing")
    expect(page.locator("#live-state")).to_have_text("自动更新")
    house.kill("web")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it looks at once
    expect(page.locator("#live-state")).to_contain_text("连接中断")
    wait_for(house.is_healthy, "the web process is back")
    number = issued(staff, "重启之后的工单", minutes=1800)
    expect(page.locator(f"#row-{number}")).to_be_visible()
    expect(page.locator("#live-state")).to_have_text("自动更新")
