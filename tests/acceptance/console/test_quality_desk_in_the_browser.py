"""The reviewer's desk in Chromium, by keys: pass a clean order, send a step back, hold photos side by
side. The lamps were repaired by a real handheld."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.axe import serious
from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.console.test_console_in_the_browser import repaired
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import Cast
from tests.acceptance.stack import wait_for

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)

#: What a reviewer may take for a clean lamp order.
PRESSES, SECONDS = 3, 20


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1
            self._page.keyboard.press(key)


@pytest.fixture
def liuqiang(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("liuqiang")


@pytest.fixture
def lamp(staff: Cast, liuqiang: Handheld) -> str:
    """A lamp order that is accepted and signed, with all its pictures looked at."""
    number = repaired(staff, liuqiang)
    path = f"/orders/{number}/photos"
    wait_for(
        lambda: all(one["thumbnail_url"] for one in staff.sunqian.get(path)["items"]), "thumbnails"
    )
    return number


@pytest.fixture
def page(windows: Windows, lamp: str) -> Page:
    return windows.at("sunqian", f"/quality/{lamp}")


def test_a_clean_lamp_order_takes_three_keys_at_most_and_no_time(
    page: Page, lamp: str, staff: Cast
) -> None:
    keys = Keys(page)
    begun = time.monotonic()
    keys.press("p")
    expect(page.get_by_role("button", name="通过")).to_be_focused()
    assert staff.sunqian.order(lamp)["qa_state"] == "pending", "one key alone judges nothing"
    keys.press("Enter")
    expect(page.get_by_text(f"{lamp} 的评审已记下")).to_be_visible()
    assert keys.pressed <= PRESSES
    assert time.monotonic() - begun < SECONDS
    assert staff.sunqian.order(lamp)["qa_state"] == "passed"


def test_a_step_goes_back_by_keys_to_the_handheld_as_a_small_task(
    page: Page, lamp: str, liuqiang: Handheld
) -> None:
    keys = Keys(page)
    keys.press("r")
    expect(page.locator("#said")).to_contain_text("先用 x 勾选")
    keys.press("j", "ArrowDown", "j")  # LAMP-01, LAMP-02, LAMP-03
    expect(page.locator("li:focus")).to_contain_text("LAMP-03")
    keys.press("x", "r")
    expect(page.locator("#said")).to_contain_text("为什么退回 LAMP-03")
    keys.press("1", "t")
    page.keyboard.type("表盘反光")
    keys.press("Enter")
    expect(page.locator("li:focus")).to_contain_text("LAMP-03")
    keys.press("r")
    expect(page.get_by_text(f"{lamp} 的评审已记下")).to_be_visible()
    wait_for(
        lambda: (
            liuqiang.holds(lamp)["returned_steps"]
            == [{"step": "LAMP-03", "reason": "照片看不清;表盘反光"}]
        ),
        "the step on the handheld",
    )


def test_photos_are_held_side_by_side_and_every_key_is_told(page: Page, lamp: str) -> None:
    assert serious(page) == []
    keys = Keys(page)
    keys.press("z")  # the whole lamp, before and after
    pictures = page.locator("#stage img")
    expect(pictures).to_have_count(2)
    assert serious(page) == []
    keys.press("+")
    moved = "elements => elements.map(one => one.style.transform)"
    first, second = pictures.evaluate_all(moved)
    assert first == second
    assert "scale(1.5)" in first
    keys.press("Escape", "?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    assert serious(page) == []
    keys.press("Escape", "f")
    expect(page.get_by_label("纠正措施")).to_be_focused()
    keys.press("Escape", "Escape")
    expect(page.get_by_label("纠正措施")).to_be_hidden()
    assert page.url.endswith(f"/quality/{lamp}")
    keys.press("Escape")
    lands_on(page, "**/quality")
