"""Scenarios of the trade as the people at screens live them: everything of the desk is clicked and
typed. The technicians and the customers' signatures come from real handhelds."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows
from tests.acceptance.desk import in_minutes, moment
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import (
    GUO_TAO,
    HUANG_ZHIYUAN,
    LIN_FANG,
    WU_GUOQIANG,
    XU_JING,
    ZHOU_MIN,
    Cast,
)
from tests.acceptance.repairs import amperes, fits_new_tank_fitting, mpa, tries_toilet
from tests.acceptance.scenarios.test_s07_customer_refuses_to_sign import (
    SHANGHAI,
    next_working_day_at_six,
)
from tests.acceptance.scenarios.test_s08_two_failed_reworks import drips_still
from tests.acceptance.scenarios.test_s09_gas_leak_found import gas_is_smelt
from tests.acceptance.scenarios.test_s11_the_same_photo_twice import arrived, at_the_gauge
from tests.acceptance.stack import House, wait_for
from tests.factories import pictures

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)

Give = Callable[[str], Handheld]


def slip(
    desk: Page,
    who: tuple[str, str, str],
    content: str,
    category: str,
    item: str,
    urgency: str = "normal",
) -> str:
    """A call is taken and its order written in one go; the window shows the order."""
    desk.goto("/requests/new")
    name, unit, phone = who
    desk.locator("[name=unit_code]").fill(unit)
    expect(desk.locator("#intake [role=option]").first).to_be_visible()  # below the field
    desk.locator("[name=name]").fill(name)
    desk.locator("[name=phone]").fill(phone)
    desk.get_by_label("内容").fill(content)
    desk.locator("[name=category]").select_option(category)
    desk.locator("[name=urgency]").select_option(urgency)
    in_an_hour = moment(in_minutes(60)).astimezone(SHANGHAI)
    desk.locator("[name=appointment_at]").fill(f"{in_an_hour:%Y-%m-%dT%H:%M}")
    desk.locator("[name=price_item]").select_option(item)
    desk.get_by_role("button", name="登记并开单").click()
    lands_on(desk, "**/requests/DJ-*")
    desk.locator(".lead").get_by_role("link", name=re.compile("FW-")).click()
    lands_on(desk, "**/orders/FW-*")
    return desk.url.rpartition("/")[2]


def gives(desk: Page, name: str) -> None:
    """The order on the screen goes to a technician."""
    desk.get_by_role("radio", name=re.compile(name)).check()
    desk.get_by_role("button", name="派工", exact=True).click()
    expect(desk.get_by_role("status").first).to_contain_text("已派工")


def opens(page: Page, number: str) -> None:
    """From wherever one is to an order, by the search box."""
    box = page.get_by_role("combobox", name="搜索")
    box.fill(number)
    with page.expect_navigation(url=f"**/orders/{number}"):  # also where it is open already
        box.press("Enter")


def follows_alert(page: Page, number: str, words: str) -> None:
    """From the board and the list of alerts to the order that one of them is about."""
    page.get_by_role("link", name="看板").click()
    page.get_by_role("link", name="查看并处理全部提醒").click()
    alert = page.locator("ul.alerts > li.open", has_text=number).filter(has_text=words)
    alert.get_by_role("link", name=number).click()
    lands_on(page, f"**/orders/{number}")


def decides(page: Page, decision: str, text: str, technician: str | None = None) -> None:
    """Fill in and send the manager's decision."""
    form = page.locator("form[action$='/decision']")
    form.locator("[name=decision]").select_option(label=decision)
    form.get_by_label("理由").fill(text)
    if technician is not None:
        form.locator("[name=technician]").select_option(label=technician)
    form.get_by_role("button", name="记下决定").click()


def fact(page: Page, name: str) -> Locator:
    """What stands beside a word among the order's facts."""
    return page.locator(f"dt:text-is('{name}') + dd")


def is_suspected(staff: Cast, number: str) -> bool:
    """Whether the house has seen by now that a photo was there before."""
    found = (staff.sunqian.order(number)["assessment"] or {"findings": []})["findings"]
    return "near_duplicate" in {one["code"] for one in found}


def test_s05_a_slip_is_cancelled_only_when_the_fitting_is_back(
    windows: Windows, handheld_of: Give
) -> None:
    desk, zhangwei = windows.at("chenjing"), handheld_of("zhangwei")
    number = slip(desk, ZHOU_MIN, "水箱一直流水", "toilet_tank", "L-WC")
    gives(desk, "张伟")
    zhangwei.holds(number, state="dispatched")
    zhangwei.does("order.acknowledged", number)
    zhangwei.does("stock.requested", number, lines=[{"item": "M-WCSET", "qty": "1"}])
    store = windows.at("qianjin")
    opens(store, number)
    store.get_by_role("button", name="领出").click()
    line = store.locator("table.lines tr", has_text="水箱配件")
    expect(line).to_contain_text("已领出")
    zhangwei.does("order.arrived", number)
    zhangwei.does("order.cancel_requested", number, by="周敏", reason="临时要出门")

    front_desk = windows.at("lina")
    opens(front_desk, number)
    expect(front_desk.locator("h1")).to_contain_text("取消待核销")
    expect(fact(front_desk, "取消")).to_have_text("周敏: 临时要出门")
    front_desk.get_by_role("button", name="核销").click()
    refusal = front_desk.get_by_role("alert")
    expect(refusal).to_contain_text("材料工具未退清")
    expect(refusal).to_contain_text("R-072")
    expect(refusal).to_contain_text(line.locator("small").inner_text())
    expect(front_desk.locator("h1")).to_contain_text("取消待核销")

    opens(store, number)
    store.get_by_role("button", name="收回").click()
    expect(line).to_contain_text("已退还")
    opens(front_desk, number)
    front_desk.get_by_role("button", name="核销").click()
    expect(front_desk.locator("h1")).to_contain_text("已取消")
    expect(fact(front_desk, "费用")).to_have_text("¥0.00")
    zhangwei.lets_go_of(number)


def test_s07_the_manager_closes_it_unsigned_with_the_charge_kept(
    windows: Windows, staff: Cast, handheld_of: Give
) -> None:
    desk, zhangwei = windows.at("chenjing"), handheld_of("zhangwei")
    number = slip(desk, WU_GUOQIANG, "坐便器水箱漏水", "toilet_tank", "L-WC")
    gives(desk, "张伟")
    zhangwei.goes_there(number)
    zhangwei.inspects(number, "浮球阀坏")
    zhangwei.records(number, "WC-01", {}, "before")
    zhangwei.records(number, "WC-02", {"choices": ["float_valve"]})
    zhangwei.quotes(number, 7300, "L-WC", "M-WCSET")
    zhangwei.does("quote.confirmed", number, method="phone", signer="吴国强")
    fits_new_tank_fitting(zhangwei, number)
    tries_toilet(zhangwei, number)
    zhangwei.does("order.ready", number)
    zhangwei.uploads(number, "closed")
    zhangwei.does("signature.refused", number, reason="refused", witness="杨帆")

    front_desk = windows.at("lina", f"/orders/{number}")
    expect(front_desk.locator("h1")).to_contain_text("已上报")
    expect(front_desk.get_by_role("button", name="核销")).to_have_count(0)
    manager = windows.at("zhaomin")
    follows_alert(manager, number, "上报客服经理,等待决定")
    opened = staff.zhaomin.history(number, "order.escalated")[0]
    due = next_working_day_at_six(moment(opened["at"]))
    expect(manager.get_by_text(f"应于 {due.month}月{due.day}日 18:00 前决定")).to_be_visible()
    expect(manager.get_by_text("没有签名: 拒绝签名 · 见证人 杨帆")).to_be_visible()
    expect(fact(manager, "费用")).to_have_text("¥73.00 暂不入账")
    decides(manager, "结单,照收费用", "电话核实:能用,照常收费")
    expect(manager.locator("h1")).to_contain_text("已验收签名")
    expect(fact(manager, "费用")).to_have_text("¥73.00")

    opens(front_desk, number)
    front_desk.get_by_role("button", name="核销").click()
    expect(front_desk.locator("h1")).to_contain_text("已核销")
    expect(front_desk.get_by_text("没有签名: 拒绝签名 · 见证人 杨帆")).to_be_visible()
    expect(front_desk.locator("figure.signature")).to_have_count(0)
    expect(fact(front_desk, "费用")).to_have_text("¥73.00")


def test_s08_after_the_third_failed_trial_the_general_manager_sends_another_for_free(
    windows: Windows, handheld_of: Give
) -> None:
    desk, zhangwei = windows.at("chenjing"), handheld_of("zhangwei")
    number = slip(desk, XU_JING, "水箱滴水", "toilet_tank", "L-WC")
    gives(desk, "张伟")
    zhangwei.goes_there(number)
    zhangwei.inspects(number, "胶塞老化")
    zhangwei.records(number, "WC-01", {}, "before")
    zhangwei.records(number, "WC-02", {"choices": ["outlet_plug"]})
    zhangwei.quotes(number, 3300, "L-WC", "M-WCPLUG")
    zhangwei.price_agreed(number, "徐静")
    zhangwei.records(number, "WC-B1", {"done": True})
    zhangwei.records(number, "WC-B2", {"ok": False}, "old_part")
    zhangwei.records(number, "WC-B3", {"done": True}, "new_part")
    manager = windows.at("zhaomin")
    for trial in (1, 2, 3):
        tries_toilet(zhangwei, number)
        zhangwei.does("order.ready", number)
        drips_still(zhangwei, number)
        if trial == 2:
            follows_alert(manager, number, "上报客服经理,等待决定")
            expect(manager.locator("h1")).to_contain_text("返工中")
            expect(fact(manager, "返工轮次")).to_have_text("2")

    opens(manager, number)
    expect(manager.locator("h1")).to_contain_text("已上报")
    decides(manager, "结单,照收费用", "算了")
    expect(manager.get_by_role("alert")).to_contain_text("R-062")
    expect(manager.locator("h1")).to_contain_text("已上报")

    liuqiang, general = handheld_of("liuqiang"), windows.at("zhouguojian")
    follows_alert(general, number, "上报总物业经理,等待决定")
    people = general.locator("section[aria-labelledby='h-who']")
    for level in ("客服经理", "总物业经理"):
        expect(people.get_by_text(re.compile(rf"⇧ \S+ {level}"))).to_be_visible()
    expect(fact(general, "费用")).to_have_text("¥33.00")
    decides(general, "免收费用", "免费整套更换,换刘强", "刘强")
    expect(general.locator("h1")).to_contain_text("返工中")
    expect(fact(general, "技工")).to_have_text("刘强")
    expect(fact(general, "返工轮次")).to_have_text("3")
    expect(fact(general, "费用")).to_have_text("¥0.00")
    expect(people).to_contain_text("免收费用 周建国")
    zhangwei.lets_go_of(number)
    assert liuqiang.holds(number, state="rework")["rework_round"] == 3


def test_s09_a_gas_alarm_is_danger_on_the_board_until_the_manager_clears_it(
    windows: Windows, handheld_of: Give
) -> None:
    desk, liuqiang = windows.at("chenjing"), handheld_of("liuqiang")
    number = slip(desk, HUANG_ZHIYUAN, "热水器点火爆鸣", "gas_water_heater", "L-GWH", "emergency")
    expect(desk.get_by_role("radio", name=re.compile("张伟.*没有燃气证"))).to_be_disabled()
    gives(desk, "刘强")
    liuqiang.goes_there(number)
    desk.get_by_role("link", name="看板").click()
    expect(desk.locator(f"section[aria-labelledby='h-at_work'] #row-{number}")).to_be_visible()

    gas_is_smelt(liuqiang, number)
    stuck = desk.locator(f"section[aria-labelledby='h-stuck'] #row-{number}")
    expect(stuck.locator(".hazard")).to_have_text("⚠ 隐患")  # without a reload
    alert = desk.locator(".strip li", has_text=number)
    expect(alert).to_contain_text("现场险情")
    expect(alert).to_contain_text("通知燃气公司")
    stuck.get_by_role("link", name=number).click()
    expect(desk.get_by_role("button", name="记下决定")).to_have_count(0)
    desk.get_by_role("link", name="看板").click()

    manager = windows.at("zhaomin")
    manager.locator(f"#al-{number}").click()
    expect(manager.locator("h1")).to_contain_text("⚠ 隐患")
    decides(manager, "隐患已除,恢复施工", "燃气公司已修复并出具证明")
    expect(manager.locator("h1")).to_contain_text("已到场")
    expect(manager.locator("h1 .hazard")).to_have_count(0)
    expect(desk.locator(f"section[aria-labelledby='h-at_work'] #row-{number}")).to_be_visible()
    expect(desk.locator(f"#row-{number} .hazard")).to_have_count(0)
    expect(alert.filter(has_text="现场险情")).to_have_count(0)
    liuqiang.holds(number, state="on_site", hazard=False)


def test_s11_a_photo_that_was_there_before_goes_back_by_keys_and_nothing_else(
    windows: Windows, house: House, staff: Cast, handheld_of: Give
) -> None:
    desk, machao = windows.at("chenjing"), handheld_of("machao")
    gauge = pictures.photo(20250312)
    machao.uploads(arrived(staff, machao, LIN_FANG), "gauge_low", gauge, step="AC-18")
    number = slip(desk, GUO_TAO, "空调不凉", "air_conditioner", "L-ACCHK")
    gives(desk, "马超")
    machao.goes_there(number)
    at_the_gauge(machao, number, "郭涛")
    crop = machao.uploads(number, "gauge_low", pictures.cropped(gauge, part=0.06), step="AC-18")
    machao.records(number, "AC-18", mpa("0.50"), named=[crop])
    machao.records(number, "AC-19", mpa("1.20"), "gauge_high")
    machao.records(number, "AC-20", amperes("5.0"), "clamp")
    machao.records(number, "AC-22", {"ok": True})
    machao.records(number, "AC-23", {}, "after")
    machao.does("order.ready", number)

    wait_for(lambda: is_suspected(staff, number), "the suspicion")
    reviewer = windows.at("sunqian", "/quality")
    row = reviewer.locator("table.queue tbody tr", has_text=number)
    expect(row).to_contain_text("1 张照片像是重复使用:AC-18")
    row.get_by_role("link", name=number).focus()
    keys = reviewer.keyboard
    keys.press("Enter")
    lands_on(reviewer, f"**/quality/{number}")
    findings = reviewer.get_by_role("list", name="可疑之处")
    expect(findings).to_contain_text("1 张照片像是重复使用:AC-18")
    step = reviewer.locator("li[data-step='AC-18']")
    expect(step.locator(".flag")).to_have_text("⚑ 与另一张照片近似")
    steps = reviewer.locator("li[data-step]").evaluate_all("all => all.map(s => s.dataset.step)")
    for _ in range(steps.index("AC-18") + 1):
        keys.press("j")
    expect(step).to_be_focused()
    keys.press("x")
    keys.press("3")
    keys.press("t")
    keys.type("请重拍压力表")
    keys.press("Enter")
    expect(step).to_be_focused()
    keys.press("r")
    expect(reviewer.get_by_text(f"{number} 的评审已记下")).to_be_visible()

    reason = "疑似重复使用的照片;请重拍压力表"
    machao.holds(number, returned_steps=[{"step": "AC-18", "reason": reason}])
    missing = machao.receipt(number)["missing"]
    assert {item["step"] for item in missing} == {"AC-18"}
    assert "gauge_low" in {item["tag"] for item in missing}
    reviewer.goto("/quality?tab=returned")
    expect(reviewer.get_by_role("link", name=number)).to_be_visible()
    house.assert_history_holds(number)
