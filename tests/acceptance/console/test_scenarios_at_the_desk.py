"""Scenarios as the desk lives them: everything of the desk by forms, handhelds on the other side."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.console.test_console_in_the_browser import registers
from tests.acceptance.console.test_handhelds_in_the_browser import enrols
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LI_JIANJUN, WANG_LIHUA, ZHOU_MIN, Cast, draw
from tests.acceptance.scenarios.test_s04_offline_and_recalled import works_in_the_basement
from tests.acceptance.stack import PATIENCE_S, House, wait_for

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def local(house: House, moment: dt.datetime) -> str:
    """A moment as somebody types it into a form."""
    return moment.astimezone(house.settings.zone).strftime("%Y-%m-%dT%H:%M")


def in_minutes(house: House, minutes: float) -> str:
    """A moment from now as somebody types it into a form."""
    return local(house, dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes))


def takes_a_tap_call(
    page: Page, who: tuple[str, str, str], technician: str, **typed: str
) -> tuple[str, str]:
    """Register a tap, issue its order and give it to somebody in one go; request and order."""
    page.get_by_role("link", name="新登记").click()
    form = page.locator("#intake")
    for field, value in zip(("name", "unit_code", "phone"), who, strict=True):
        form.locator(f"[name={field}]").fill(value)
    form.get_by_label("内容").fill("厨房水龙头漏水")
    if moment := typed.pop("appointment_at", ""):
        form.locator("[name=appointment_at]").fill(moment)
    chosen = {"category": "tap_valve", "price_item": "L-TAP", "technician": technician, **typed}
    for field, value in chosen.items():
        form.locator(f"[name={field}]").select_option(value)
    form.get_by_role("button", name="登记、开单并派工").click()
    lands_on(page, "**/requests/DJ-*")
    order = page.locator(".lead").get_by_role("link", name=re.compile("FW-"))
    return page.url.rpartition("/")[2], order.inner_text()


def reloads_until(page: Page, sought: Locator) -> None:
    """Load the page again until something stands on it."""

    def is_there() -> bool:
        if sought.count():
            return True
        page.reload()
        return False

    wait_for(is_there, str(sought))


def alert_of(page: Page, subject: str, words: str) -> Locator:
    """An open alert in a list of alerts."""
    return page.locator(".alerts li.open", has_text=subject).filter(has_text=words)


def opens_assigning(page: Page, number: str) -> Locator:
    """The dialog of the board in which an order is given out."""
    page.locator(f"#row-{number} .give").click()
    dialog = page.locator("#assign")
    expect(dialog.get_by_role("heading", name=number)).to_be_visible()
    return dialog


def gives_to(dialog: Locator, name: str) -> None:
    """Choose a technician in the board's dialog and confirm."""
    dialog.locator("li", has_text=name).get_by_role("radio").check()
    dialog.get_by_role("button", name="派工").click()


def test_s02_fifteen_minutes_missed_at_night(
    windows: Windows, house: House, handheld_of: Callable[[str], Handheld]
) -> None:
    """The first technician is silent and is replaced at the board; the customer hears too late."""
    liuqiang, zhangwei = handheld_of("liuqiang"), handheld_of("zhangwei")
    desk = windows.at("wugang")
    request, number = takes_a_tap_call(desk, LI_JIANJUN, "liuqiang", urgency="emergency")
    assert liuqiang.holds(number)["urgency"] == "emergency"

    desk.get_by_role("link", name="看板").click()
    row, told = desk.locator(f"#row-{number}"), desk.locator(f".strip #al-{number}")
    expect(row).to_contain_text("刘强")
    expect(told).to_have_count(0)
    house.let_time_pass(number, minutes=5, seconds=1)
    expect(told).to_be_visible()  # without a reload
    expect(desk.locator(".strip li", has_text=number)).to_contain_text("技工还没有接单 刘强")

    gives_to(opens_assigning(desk, number), "张伟")
    expect(desk.locator("#said")).to_contain_text(f"{number} 已派给 张伟")
    expect(told).to_have_count(0)
    liuqiang.lets_go_of(number)
    zhangwei.holds(number, state="dispatched")
    zhangwei.does("order.acknowledged", number)
    expect(row).to_contain_text("已接单")

    desk.get_by_role("link", name="提醒", exact=True).click()
    house.let_time_pass(request, minutes=10, seconds=1)
    reloads_until(desk, alert_of(desk, request, "快到时限,还没有回复客户"))
    expect(alert_of(desk, request, "超过时限")).to_have_count(0)
    house.let_time_pass(request, minutes=5)
    reloads_until(desk, alert_of(desk, request, "超过时限,还没有回复客户"))
    alert_of(desk, request, "超过时限").get_by_role("link", name=request).click()
    desk.get_by_label("说了什么").fill("张师傅已出发,马上到。")
    desk.get_by_role("button", name="记下回复").click()
    expect(desk.locator(".lead .done")).to_contain_text("超过时限")
    expect(desk.locator(".alerts li.open")).to_have_count(0)

    desk.locator(".lead").get_by_role("link", name=number).click()
    hands = desk.get_by_role("region", name="经手人").get_by_role("listitem")
    expect(hands).to_contain_text(["刘强", "张伟"])
    expect(hands.last).to_contain_text("至今")

    manager = windows.at("zhaomin", "/figures")
    # The quarter of an hour may have begun yesterday.
    called_at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=15)
    manager.locator("[name=day]").fill(local(house, called_at)[:10])
    manager.get_by_role("button", name="查看").click()
    expect(manager.locator("#f-K-01")).to_contain_text("未达")
    manager.locator("#b-K-01").click()
    breach = manager.get_by_role("row", name=request)
    expect(breach.locator(".verdict-of")).to_contain_text("未达")
    house.assert_history_holds(number)


def test_s03_a_wish_is_declined_politely_or_not_at_all(windows: Windows) -> None:
    """A bare no is refused; with its four parts it stands, and the wish is counted."""
    desk = windows.at("chenjing")
    request = registers(desk, WANG_LIHUA, "想请人把钢琴从客厅搬到楼下")
    form = desk.locator("form[data-decline]")
    desk.locator("summary", has_text="婉拒").click()
    form.get_by_label("客户要的服务").fill("钢琴搬运")
    for name in ("sorry", "tried", "notice", "passed"):
        form.locator(f"[name={name}]").fill("")
    form.get_by_label("补充解释").fill("不行,我们不搬钢琴。")
    expect(form.locator("#decline-wording .warn")).to_contain_text("不行")
    form.get_by_role("button", name="婉拒").click()
    refused = desk.get_by_role("alert")
    expect(refused).to_contain_text("R-032")
    for missing in ("attempts", "apology", "notice_promised", "department_informed"):
        expect(refused.locator("code", has_text=missing)).to_be_visible()
    expect(form.locator("#decline-wording")).to_contain_text("不行")
    expect(desk.get_by_label("客户要的服务")).to_have_value("钢琴搬运")  # nothing typed is lost

    form.get_by_label("第 1 个尝试").fill("联系过一家搬运公司,没有空")
    form.get_by_label("转告的部门").fill("运行维修部")
    for name, sentence in {
        "sorry": "非常抱歉,这项服务我们还没有开通。",
        "tried": "我们联系过一家搬运公司。",
        "explanation": "",
        "notice": "一旦开通,我们会首先告诉您。",
        "passed": "您的需要已转告运行维修部。",
    }.items():
        form.locator(f"[name={name}]").fill(sentence)
    form.get_by_label("已致歉").check()
    form.get_by_label("已承诺开通后公告").check()
    expect(form.locator("#decline-wording .warn")).to_have_count(0)
    form.get_by_role("button", name="婉拒").click()
    expect(desk.get_by_role("status").first).to_contain_text("已判别")
    expect(desk.locator("h1")).to_contain_text("已婉拒")
    facts = desk.get_by_role("region", name="登记内容")
    expect(facts).to_contain_text("联系过一家搬运公司,没有空 → 运行维修部 (钢琴搬运)")

    manager = windows.at("zhaomin", "/figures")
    manager.locator("#b-K-08").click()
    expect(manager.get_by_role("row", name=request)).to_contain_text("钢琴搬运")


def test_s04_what_was_done_off_line_is_evidence_and_one_click_gives_the_order_back(
    windows: Windows, house: House, handheld_of: Callable[[str], Handheld]
) -> None:
    zhangwei, liuqiang = handheld_of("zhangwei"), handheld_of("liuqiang")
    desk = windows.at("chenjing")
    _, number = takes_a_tap_call(desk, ZHOU_MIN, "zhangwei", appointment_at=in_minutes(house, 30))
    zhangwei.holds(number, state="dispatched")
    zhangwei.does("order.received", number)
    zhangwei.go_offline()
    house.let_time_pass(number, minutes=41)
    zhangwei.fast_s = 180
    events = works_in_the_basement(zhangwei, number)

    desk.locator(".lead").get_by_role("link", name=number).click()
    desk.locator("summary", has_text="召回").click()
    desk.get_by_label("召回原因").fill("联系不上张师傅")
    desk.get_by_role("button", name="召回", exact=True).click()
    expect(desk.get_by_role("status").first).to_contain_text("已召回")
    desk.get_by_role("radio", name=re.compile("刘强")).check()
    desk.get_by_role("button", name="派工", exact=True).click()
    expect(desk.get_by_role("status").first).to_contain_text("已派工")
    liuqiang.holds(number, state="dispatched")

    zhangwei.connect()
    assert [reply["outcome"] for reply in zhangwei.flush()] == ["recorded"] * 6
    again = [zhangwei.send(event, again=True)["outcome"] for event in events]
    assert again == ["duplicate"] * 6

    desk.get_by_role("link", name="看板").click()
    told = desk.locator(f".strip #al-{number}")
    expect(desk.locator(".strip li", has_text=number)).to_contain_text("现在的安排冲突 张伟")
    told.click()
    evidence = desk.get_by_role("region", name="未生效的手持机记录").get_by_role("listitem")
    expect(evidence).to_have_count(6)  # sent twice, kept once
    expect(evidence).to_contain_text([event["type"] for event in events])
    expect(evidence.first).to_contain_text(re.compile(r"手持机 .*服务器 .*秒后收到"))
    expect(desk.get_by_text("迟到的记录,只作证据")).to_have_count(6)
    technician = desk.locator("dt:text-is('技工') + dd")
    expect(technician).to_have_text("刘强")

    desk.get_by_role("button", name="交还给 张伟").click()
    expect(technician).to_have_text("张伟")
    expect(alert_of(desk, number, "冲突")).to_have_count(0)
    liuqiang.lets_go_of(number)
    zhangwei.holds(number, state="dispatched")
    desk.locator("summary", has_text="更多").click()
    desk.get_by_role("link", name="管理").click()
    expect(desk.locator(f"#device-{zhangwei.device}")).to_contain_text(re.compile(r"快 1[78]\d 秒"))
    house.assert_history_holds(number)


def test_s14_a_lost_handheld_is_shut_out_and_replaced(
    windows: Windows, house: House, staff: Cast, handheld_of: Callable[[str], Handheld]
) -> None:
    lost, liuqiang = staff.new_handheld("zhangwei", "HH-07"), handheld_of("liuqiang")
    lost.connect()
    desk = windows.at("chenjing")
    numbers = []
    for resident in (ZHOU_MIN, LI_JIANJUN):
        _, number = takes_a_tap_call(
            desk, resident, "zhangwei", appointment_at=in_minutes(house, 60)
        )
        lost.holds(number, state="dispatched")
        lost.does("order.acknowledged", number)
        numbers.append(number)
    sent = lost.seq
    for _ in range(7):
        lost.event("order.opened", numbers[0])
    lost.sync()  # it says that seven events wait, and is lost before it sends them

    desk.locator("summary", has_text="更多").click()
    desk.get_by_role("link", name="管理").click()
    row = desk.locator(f"#device-{lost.device}")
    row.locator("summary", has_text="报失").click()
    row.get_by_label("原因").fill("张伟把 HH-07 弄丢了")
    row.get_by_role("button", name="立即停用").click()
    expect(desk.get_by_role("status").first).to_contain_text("手持机已停用")
    expect(row).to_contain_text("张伟把 HH-07 弄丢了")
    assert lost.gone.wait(PATIENCE_S), "the session goes on"
    lost.go_offline()
    assert not lost.try_to_connect()

    desk.get_by_role("link", name="提醒", exact=True).click()
    for number in numbers:
        alert = alert_of(desk, number, "手持机已挂失")
        reloads_until(desk, alert)
        expect(alert).to_contain_text(f"HH-07 未传的记录 {sent + 1}–{sent + 7}")

    desk.get_by_role("link", name="看板").click()
    first, second = numbers
    gives_to(opens_assigning(desk, first), "刘强")
    expect(desk.locator("#said")).to_contain_text(f"{first} 已派给 刘强")
    dialog = opens_assigning(desk, second)
    later = in_minutes(house, 180)
    dialog.get_by_label("改约到").fill(later)
    gives_to(dialog, "刘强")
    expect(dialog.get_by_role("alert")).to_contain_text("R-044")
    dialog.get_by_label("客户已同意新时间").check()
    gives_to(dialog, "刘强")
    expect(desk.locator("#said")).to_contain_text(f"{second} 已派给 刘强")
    liuqiang.holds(first, state="dispatched")
    moved = dt.datetime.fromisoformat(liuqiang.holds(second)["appointment_at"])
    assert local(house, moved) == later

    # It comes back on line: nothing but the order to wipe itself.
    assert not lost.try_to_connect()
    answer = lost.ask("/orders")
    assert (answer.status_code, answer.json()["command"]) == (401, "device.wipe")

    manager = windows.at("zhaomin", "/admin")
    expect(manager.locator(f"#device-{lost.device}")).to_contain_text("已挂失")
    code = enrols(manager, "HH-08", "zhangwei")
    with Handheld(house.url, draw) as replacement:
        replacement.pair(code)
        replacement.connect()
        manager.goto("/admin")
        new = manager.locator(f"#device-{replacement.device}")
        expect(new).to_contain_text("HH-08")
        expect(new).to_contain_text("在线")
        new.locator("summary", has_text="停用").click()
        new.get_by_label("原因").fill("演练完毕")
        new.get_by_role("button", name="立即停用").click()
        expect(manager.get_by_role("status").first).to_contain_text("手持机已停用")
    house.assert_history_holds(second)
