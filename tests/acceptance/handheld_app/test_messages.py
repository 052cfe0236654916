"""消息: written at the desk, read and answered in the cellar, known at the desk afterwards."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for

TITLE, TEXT, ANSWER = "周日能来值班吗", "三号楼水泵检修,需要一人", "能来,九点到"


@pytest.fixture
def desk(house: House, chromium: Browser) -> Iterator[Page]:
    """赵敏 at the message centre of the console."""
    with chromium.new_context(base_url=house.url, locale="zh-CN") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto("/sign-in?next=/messages")
        page.get_by_label("用户名").fill("zhaomin")
        page.get_by_label("密码").fill(house.passwords["zhaomin"])
        page.get_by_label("密码").press("Enter")
        page.get_by_role("heading", name="写消息").wait_for()
        yield page


def test_a_message_read_in_the_cellar_is_read_at_the_desk(
    staff: Cast, desk: Page, phone_of: Callable[..., Phone]
) -> None:
    """X-028, X-023"""
    phone = phone_of("tanjun")
    page = phone.page
    expect(page.locator(".line")).to_have_text("在线")
    desk.get_by_label("标题").fill(TITLE)
    desk.get_by_label("正文").fill(TEXT)
    desk.get_by_role("checkbox", name="谭军", exact=True).check()
    desk.get_by_label("请对方回复").check()
    desk.get_by_role("button", name="发送").click()
    desk.get_by_role("link", name=TITLE).first.click()
    receipt = desk.get_by_role("row", name="谭军")
    expect(receipt).not_to_contain_text("手持")

    expect(page.locator(".top .unread")).to_be_visible()
    page.get_by_role("link", name="更多").click()
    page.locator(".menu a[href='#/messages']").click()
    line = page.get_by_role("link", name=TITLE)
    expect(line).to_contain_text("未读")
    phone.offline()
    line.click()
    expect(page.locator(".notice-text")).to_have_text(TEXT)
    page.get_by_label("您的回复").fill(ANSWER)
    page.get_by_role("button", name="回复").click()
    expect(page.get_by_text("回复未送达")).to_be_visible()
    page.get_by_role("button", name="返回").click()
    expect(line).to_contain_text("回复未送达")
    expect(line).not_to_contain_text("未读")
    desk.reload()
    expect(receipt).not_to_contain_text(ANSWER)

    phone.online()
    expect(line).not_to_contain_text("回复未送达", timeout=40_000)
    wait_for(lambda: not phone.fact("messages_owed"), "everything to be told")
    desk.reload()
    expect(receipt).to_contain_text("手持")
    expect(receipt).to_contain_text(ANSWER)
    told = staff.zhaomin.get("/messages")["items"]
    assert [one["text"] for one in told if one["title"].endswith(TITLE)] == [ANSWER]
