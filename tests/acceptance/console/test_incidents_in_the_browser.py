"""An incident and a damage in Chromium: whoever found it, the duty officer and the manager each at
a window of their own."""

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.people import XU_JING, Cast

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def says(page: Page, label: str, words: str, button: str) -> None:
    """Fill one field of the page and send its form."""
    page.get_by_label(label).fill(words)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已")


def test_an_incident_is_followed_to_the_managers_decision_and_damage_to_its_settlement(
    windows: Windows, staff: Cast
) -> None:
    finder = windows.at("fengxue", "/account")
    finder.get_by_text("更多", exact=True).click()
    finder.get_by_role("link", name="事件记录").click()
    finder.get_by_role("link", name="上报新事件").click()
    finder.get_by_label("地点").fill("9栋消防通道")
    finder.get_by_label("类别").select_option("cleaning")
    finder.get_by_label("发现了什么").fill("堆放杂物堵住通道")
    finder.get_by_role("button", name="立即上报").click()
    lands_on(finder, "**/incidents/GQ-*")
    expect(finder.get_by_role("status").first).to_contain_text("请留在现场")
    path = "/incidents/" + finder.url.rpartition("/")[2]

    duty = windows.at("chenjing", path)
    came = duty.get_by_label("发现人离开").evaluate(
        "() => { const now = new Date(Date.now() + 8 * 3600e3); return now.toISOString().slice(0, 16) }"
    )
    duty.get_by_label("部门到场").fill(came)
    duty.get_by_label("发现人离开").fill(came)
    duty.get_by_role("button", name="记下时间").click()
    expect(duty.get_by_role("img", name="谁在现场").locator("rect")).to_have_count(2)
    expect(duty.get_by_text("接手前离开")).to_have_count(0)
    says(duty, "怎样处置的", "保洁已清走", "记下处置")
    finder.reload()
    says(finder, "事情的经过", "通道被堵,已清走,未伤人", "报告")
    manager = windows.at("zhaomin", path)
    says(manager, "理由", "每周巡查一次", "记下决定")
    expect(manager.get_by_role("heading", level=1)).to_contain_text("已关闭")

    request = staff.chenjing.registers(*XU_JING, "书房窗帘轨松动")
    order = staff.chenjing.issues(request["number"], "household_other")
    assistant = windows.at("yangfan", f"/orders/{order}")
    form = assistant.locator("details").filter(has_text="什么物品")
    form.locator("summary").click()
    form.get_by_label("什么物品").fill("花盆")
    says(assistant, "怎么回事", "搬梯子碰倒", "报损")
    manager.goto(f"/orders/{order}")
    manager.locator("#h-matters").locator("..").get_by_role("link").click()
    lands_on(manager, "**/damages/BX-*")
    for part in ("技术", "费用", "风险", "意见"):
        manager.get_by_label(part, exact=True).fill("已看过")
    says(manager, "客户要求(元)", "80", "记下分析")
    manager.get_by_label("赔付金额(元)").fill("60")
    says(manager, "协议", "赔同款花盆", "记下赔付")
    expect(manager.get_by_text("¥60.00")).to_be_visible()
