"""S-16 at the screens: a petition becomes major and is visited on site until the resident is content."""

import datetime as dt

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.people import GUO_TAO
from tests.factories import pictures

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def card(page: Page, words: str) -> Locator:
    """The form under this heading."""
    return page.locator("section.card", has=page.get_by_role("heading", name=words, exact=True))


def visits(page: Page, comment: str, button: str, **more: str) -> None:
    """The visit at the door, with the signed sheet."""
    form = card(page, "记录投诉回访")
    form.get_by_label("形式").select_option("on_site")
    form.get_by_label("签名人(上门)").fill(GUO_TAO[0])
    form.get_by_label("客户签名的照片(上门)").set_input_files(
        {"name": "sheet.jpg", "mimeType": "image/jpeg", "buffer": sheet(comment)}
    )
    form.get_by_label("客户的意见及建议").fill(comment)
    for label, value in more.items():
        field = form.get_by_label(label)
        if label == "整改责任人":
            field.select_option(value)
        else:
            field.fill(value)
    form.get_by_role("button", name=button).click()


def sheet(comment: str) -> bytes:
    """A picture of a sheet, another for each visit."""
    return pictures.photo(sum(comment.encode()), size=(320, 240))


def test_s16_petition_is_major_and_visited_on_site_until_satisfied(windows: Windows) -> None:
    desk = windows.at("chenjing", "/complaints/new")
    for field, value in zip(("姓名", "房号", "电话"), GUO_TAO, strict=True):
        desk.get_by_label(field, exact=True).fill(value)
    desk.get_by_label("内容", exact=True).fill("燃气泄漏后没有人道歉,已向区里反映")
    desk.get_by_label("渠道").select_option("petition")
    desk.get_by_role("button", name="登记投诉").click()
    desk.wait_for_url("**/complaints/TS-*")
    path = "/" + desk.url.partition("//")[2].partition("/")[2]
    number = path.rpartition("/")[2]
    card(desk, "判别投诉").get_by_label("理由").fill("属管理处责任")
    desk.get_by_role("button", name="有效投诉", exact=True).click()
    expect(desk.locator("h1")).to_contain_text("重大投诉")
    expect(desk.locator(".why-not")).to_contain_text("重大投诉由总物业经理或他指定的人处理。")

    chief = windows.at("zhouguojian", "/alerts")
    chief.locator(".alerts li.open", has_text=number).get_by_role("link", name=number).click()
    form = card(chief, "指定代理人")
    form.get_by_label("代理人").select_option("zhaomin")
    form.get_by_role("button", name="指定代理人").click()
    card(chief, "告知客户进展").get_by_label("告诉了客户什么").fill("已安排燃气公司复检")
    chief.get_by_role("button", name="记下告知").click()
    expect(chief.locator(".follow-up")).to_contain_text("已安排燃气公司复检")

    manager = windows.at("zhaomin", path)
    card(manager, "记录处理经过").get_by_label("做了什么").fill("复检合格,上门致歉")
    manager.get_by_role("button", name="处理完毕,送验证").click()
    card(manager, "验证处理结果").get_by_label("怎样验证的").fill("看过检测报告")
    manager.get_by_role("button", name="验证通过").click()
    front = windows.at("yangfan", path)
    expect(front.locator(".why-not")).to_contain_text("重大投诉由客服经理上门回访。")

    visits(manager, "没有向老人道歉", "客户不满意,限期整改", 整改责任人="chenjing")
    expect(manager.get_by_role("alert")).to_contain_text("限期整改必须写明期限")
    day = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)).isoformat()
    visits(manager, "没有向老人道歉", "客户不满意,限期整改", 整改责任人="chenjing", 整改期限=day)
    expect(manager.locator("h1")).to_contain_text("限期整改")
    desk.goto(path)
    card(desk, "整改已做完").get_by_label("怎样整改的").fill("已当面道歉")
    desk.get_by_role("button", name="整改做完,送验证").click()
    manager.goto(path)
    card(manager, "验证处理结果").get_by_label("怎样验证的").fill("问过老人")
    manager.get_by_role("button", name="验证通过").click()
    visits(manager, "谢谢", "客户满意,结案")
    expect(manager.locator("h1")).to_contain_text("已办结")
    expect(manager.locator(".follow-up li")).to_have_count(11)
    manager.goto("/complaints?state=closed&major=1")
    expect(manager.locator(f"#c-{number}")).to_be_visible()
