"""Giving a technician a handheld at a browser, and reaching it from there."""

import io
import re

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import draw
from tests.acceptance.stack import House

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)

#: Modules of white around the code, without which no camera finds it.
QUIET_ZONE = 4
#: What a camera still tells apart: dark below, light above.
DARK, LIGHT = 64, 192


def enrols(page: Page, label: str, technician: str) -> str:
    """Fill in the form for a new handheld; the pairing code as it is shown."""
    page.locator("summary", has_text="登记手持机").click()
    page.locator("[name=label]").fill(label)
    form = page.locator("form", has=page.locator("[name=label]"))
    form.locator("[name=technician]").select_option(technician)
    form.get_by_role("button", name="生成配对码").click()
    return page.locator("#pairing-code").inner_text()


def seen_by_a_camera(page: Page, modules: int) -> list[list[bool]]:
    """The picture on the screen, cell by cell, quiet zone included: True where it is dark."""
    picture = page.locator(".qr svg").screenshot()
    with Image.open(io.BytesIO(picture)) as opened:
        grey = opened.convert("L")
    cell = grey.width / modules

    def dark(row: int, column: int) -> bool:
        shade = grey.getpixel((int((column + 0.5) * cell), int((row + 0.5) * cell)))
        assert isinstance(shade, int)
        assert shade < DARK or shade > LIGHT, f"neither dark nor light at {row}, {column}: {shade}"
        return shade < DARK

    return [[dark(row, column) for column in range(modules)] for row in range(modules)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_says_what_the_code_says_by_day_and_by_night(
    windows: Windows, house: House, scheme: str
) -> None:
    page = windows.at("zhaomin", "/admin")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    code = enrols(page, f"HH-{scheme}", "liuqiang")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    expect(page.get_by_role("img", name="配对二维码")).to_be_visible()
    expect(page.locator(".pairing .left")).to_have_text(re.compile(r"剩 1[45]:\d\d"))
    address = f"{house.url}/handheld/#pair={code.replace('-', '')}"
    drawn = segno.make_qr(address, error="m")
    expected = [[bool(cell) for cell in row] for row in drawn.matrix_iter(border=QUIET_ZONE)]
    assert seen_by_a_camera(page, len(expected)) == expected


def test_a_handheld_paired_with_the_shown_code_is_there_and_gets_a_notice(
    windows: Windows, house: House
) -> None:
    page = windows.at("zhaomin", "/admin")
    code = enrols(page, "HH-pocket", "zhangwei")
    with Handheld(house.url, draw) as handheld:
        handheld.pair(code)
        handheld.connect()
        page.goto("/admin")
        row = page.locator(f"#device-{handheld.device}")
        expect(row).to_contain_text("在线")
        expect(row).to_contain_text("80 %")
        row.get_by_text("发通知").click()
        row.get_by_label("通知内容").fill("3栋停电,先做 5 栋")
        row.get_by_role("button", name="发送").click()
        expect(page.get_by_role("status")).to_contain_text("通知已交付发送")
        notice = handheld.await_heard(lambda m: m.get("type") == "device.notice", "the notice")
        assert notice["data"] == {"text": "3栋停电,先做 5 栋"}
