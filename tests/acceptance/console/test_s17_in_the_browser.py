"""S-17 at the screens: what the desk cannot judge, what is against the centre, what a guard hears."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.console.test_complaints_in_the_browser import card
from tests.acceptance.people import LIN_FANG, XU_JING

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def tells(page: Page, who: tuple[str, str, str], content: str, **chosen: str) -> None:
    """What the resident said goes into the form; nothing is sent yet."""
    for field, value in zip(("姓名", "房号", "电话"), who, strict=True):
        page.get_by_label(field, exact=True).fill(value)
    page.get_by_label("内容", exact=True).fill(content)
    for name, value in chosen.items():
        page.locator(f"select[name={name}]").select_option(value)


def records(page: Page) -> str:
    """Send it; the path of the complaint that the page then shows."""
    page.get_by_role("button", name="登记投诉").click()
    lands_on(page, "**/complaints/TS-*")
    return "/" + page.url.partition("//")[2].partition("/")[2]


def test_what_the_desk_cannot_judge_is_explained_by_the_manager_and_not_closed_without_a_word(
    windows: Windows,
) -> None:
    desk = windows.at("chenjing", "/complaints/new")
    tells(desk, LIN_FANG, "手机信号差")
    desk.get_by_role("button", name="登记投诉").click()
    expect(desk.get_by_role("alert")).to_contain_text("R-102")  # no apology, no complaint
    desk.get_by_label("已先向客户致歉").check()
    path = records(desk)
    number = path.rpartition("/")[2]
    card(desk, "判别投诉").get_by_label("理由").fill("不知归不归我们")
    desk.get_by_role("button", name="无法判别,报经理").click()
    expect(desk.locator("h1")).to_contain_text("报经理判别")
    expect(desk.get_by_role("button", name="无效投诉", exact=True)).to_have_count(0)

    manager = windows.at("zhaomin", "/alerts")
    manager.locator(".alerts li.open", has_text=number).get_by_role("link", name=number).click()
    lands_on(manager, f"**{path}")
    card(manager, "判别投诉").get_by_label("理由").fill("基站属运营商")
    manager.get_by_role("button", name="无效投诉", exact=True).click()
    expect(manager.locator("h1")).to_contain_text("解释中")
    manager.get_by_role("button", name="记录并结案").click()
    expect(manager.get_by_role("alert")).to_contain_text("R-110")
    manager.get_by_label("怎样向客户解释的").fill("抱歉,已向您说明并代为转告运营商")
    manager.get_by_role("button", name="记录并结案").click()
    expect(manager.locator("h1")).to_contain_text("已办结")
    expect(manager.locator(".follow-up")).to_contain_text("代为转告运营商")


def test_what_is_against_the_centre_is_judged_and_handled_by_administration_alone(
    windows: Windows,
) -> None:
    desk = windows.at("chenjing", "/complaints/new")
    tells(desk, XU_JING, "调度员说话不客气", target="cs_centre", about="chenjing")
    desk.get_by_label("已先向客户致歉").check()
    desk.get_by_role("button", name="登记投诉").click()
    administration = windows.at("zhengjie", "/complaints")
    row = administration.locator("main tr", has_text=XU_JING[1]).first
    row.get_by_role("link", name="TS-").click()
    lands_on(administration, "**/complaints/TS-*")
    path = "/" + administration.url.partition("//")[2].partition("/")[2]
    for username in ("chenjing", "heli", "zhaomin"):
        centre = windows.at(username, path)
        expect(centre.locator("h1")).to_contain_text("待判别")
        expect(centre.get_by_role("button", name="有效投诉", exact=True)).to_have_count(0)

    form = card(administration, "判别投诉")
    form.get_by_label("理由").fill("录音属实")
    form.get_by_label("处理人").select_option("zhengjie")
    day = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)).isoformat()
    form.get_by_label("处理期限").fill(day)
    form.get_by_role("button", name="有效投诉", exact=True).click()
    card(administration, "记录处理经过").get_by_label("做了什么").fill("与当事人谈话,已道歉并培训")
    administration.get_by_role("button", name="处理完毕,送验证").click()
    card(administration, "验证处理结果").get_by_label("怎样验证的").fill("培训记录在档")
    administration.get_by_role("button", name="验证通过").click()
    visit = card(administration, "记录投诉回访")
    visit.get_by_label("形式").select_option("phone")
    visit.get_by_label("客户的意见及建议").fill("态度好多了")
    visit.get_by_role("button", name="客户满意,结案").click()
    expect(administration.locator("h1")).to_contain_text("已办结")


def test_a_guard_passes_on_what_he_heard_and_the_duty_officer_records_it(windows: Windows) -> None:
    guard = windows.at("luobing", "/complaints/new")
    expect(guard.locator("h1")).to_have_text("转告投诉")
    tells(guard, LIN_FANG, "电梯口堆垃圾", channel="visit")
    guard.get_by_label("为什么没有请客户到客服中心").fill("客户赶时间,不愿到客服中心")
    guard.get_by_label("属于小事").check()
    guard.get_by_role("button", name="转告投诉").click()
    expect(guard.get_by_role("status").first).to_contain_text("TS-")
    number = next(
        word
        for word in guard.get_by_role("status").first.inner_text().split()
        if word.startswith("TS-")
    )

    desk = windows.at("chenjing", "/alerts")
    desk.locator(".alerts li.open", has_text=number).get_by_role("link", name=number).click()
    lands_on(desk, f"**/complaints/{number}")
    expect(desk.locator("dl")).to_contain_text("罗兵: 客户赶时间,不愿到客服中心 (小事)")
    desk.get_by_label("已先向客户致歉").check()
    desk.get_by_role("button", name="登记转告的投诉").click()
    expect(desk.locator("h1")).to_contain_text("待判别")
    guard.goto(f"/complaints/{number}")
    expect(guard.get_by_role("button", name="有效投诉", exact=True)).to_have_count(0)
