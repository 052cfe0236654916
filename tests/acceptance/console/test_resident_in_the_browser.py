"""A resident with a phone, from the code at the door to the stars: no account, no cookie."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import axe
from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import GUO_TAO, Cast
from tests.acceptance.repairs import looks_at_lamp, repairs_lamp
from tests.acceptance.stack import House, wait_for
from tests.factories import pictures

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)

SCREEN = {"width": 360, "height": 740}
UNIT = GUO_TAO[1]


@pytest.fixture
def pocket(chromium: Browser, house: House) -> Iterator[Page]:
    """The resident's phone."""
    context = chromium.new_context(
        base_url=house.url, locale="zh-CN", viewport=SCREEN, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert context.cookies() == []
    context.close()
    assert complaints == []


def looks_right(page: Page) -> None:
    """Nothing is cut off, and nothing serious keeps anybody out."""
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
    assert axe.serious(page) == []


def test_from_the_code_at_the_door_to_the_rating(
    windows: Windows, pocket: Page, staff: Cast, handheld_of: Callable[[str], Handheld]
) -> None:
    desk = windows.at("chenjing", "/door-codes")
    desk.get_by_label("或这些房号").fill(UNIT)
    desk.get_by_role("button", name="生成二维码").click()
    door = desk.get_by_role("link", name=f"{UNIT} 的报修页").get_attribute("href")
    assert door

    pocket.goto(door)
    looks_right(pocket)
    expect(pocket.get_by_role("heading", level=1)).to_contain_text(UNIT)
    pocket.get_by_label("灯具").check()
    pocket.get_by_label("说说情况").fill("门厅灯一闪一闪")
    large = pictures.photo(1502, size=(3000, 2000), quality=95)
    photo = {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": large}
    pocket.get_by_label("照片").set_input_files([photo])
    pocket.get_by_label("怎样称呼您").fill("小郭")
    pocket.get_by_label("联系电话").fill("13712345678")
    pocket.get_by_role("button", name="提交报修").click()
    expect(pocket.get_by_role("status")).to_contain_text("已收到您的报修")
    link = pocket.url
    request = pocket.get_by_role("heading", name=re.compile("^DJ-")).inner_text()
    looks_right(pocket)

    desk.goto("/")
    desk.get_by_role("link", name=request).first.click()
    shown = desk.get_by_role("img", name="故障点")
    wait_for(lambda: desk.reload() and shown.is_visible(), "the photo on the request's page")
    source = shown.get_attribute("src")
    assert source
    picture = desk.request.get(source.replace("thumbnail", "original")).body()
    with Image.open(io.BytesIO(picture)) as image:
        assert max(image.size) == 1600

    liuqiang = handheld_of("liuqiang")
    number = staff.chenjing.issues(request, "lamp", "L-LAMP")
    staff.chenjing.dispatches(number, "liuqiang")
    pocket.goto(link)
    expect(pocket.get_by_text("刘师傅")).to_be_visible()
    liuqiang.goes_there(number)
    liuqiang.inspects(number, "启辉器坏")
    looks_at_lamp(liuqiang, number)
    liuqiang.quotes(number, 3000, "L-LAMP", "M-TUBE36", "M-STARTER")
    pocket.get_by_role("link", name="刷新").click()
    agree = pocket.get_by_role("button", name="同意 ¥30.00")
    expect(agree).to_be_visible()
    looks_right(pocket)
    agree.click()
    expect(pocket.get_by_role("heading", level=1)).to_have_text("师傅正在维修。")
    assert liuqiang.holds(number, state="in_progress")["quote"]["method"] == "code"
    repairs_lamp(liuqiang, number)
    liuqiang.records(number, "LAMP-19", {"value": "2", "unit": "times"})
    liuqiang.records(number, "LAMP-20", {}, "after")
    liuqiang.does("order.ready", number)
    liuqiang.signed_off(number, "小郭")

    pocket.get_by_role("link", name="刷新").click()
    expect(pocket.get_by_role("heading", level=1)).to_contain_text("维修已完成")
    pocket.get_by_role("group", name="态度").get_by_text("5 星").click(force=True)
    pocket.get_by_role("group", name="质量").get_by_text("2 星").click(force=True)
    looks_right(pocket)
    pocket.get_by_role("button", name="提交评价").click()
    expect(pocket.get_by_text("谢谢您的评价")).to_be_visible()
    desk.goto(f"/orders/{number}")
    expect(desk.get_by_text("2 星,不满意")).to_be_visible()
    expect(desk.get_by_role("img", name="故障点")).to_be_visible()
    expect(desk.get_by_text("客户评价低").first).to_be_visible()
