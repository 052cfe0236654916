"""A new service from the draft of its price to the household that is told: all clicked and typed."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.people import LIN_FANG, Cast
from tests.acceptance.stack import House, wait_for
from tests.cast import SHANGHAI

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


def test_a_new_service_is_priced_approved_posted_and_told(
    windows: Windows, house: House, staff: Cast
) -> None:
    request = staff.chenjing.registers(*LIN_FANG, "想请人遛狗")["number"]
    staff.chenjing.post(
        f"/requests/{request}/judgement",
        outcome="declined",
        explanation="我们目前没有遛狗服务",
        attempts=["问了两家合作服务商"],
        apology=True,
        notice_promised=True,
        department_informed="客服中心",
        demand_item="遛狗",
    )
    day = dt.datetime.now(SHANGHAI).date() + dt.timedelta(days=9)

    finance = windows.at("hefang", "/price-lists")
    finance.get_by_label("生效日").fill(day.isoformat())
    finance.get_by_role("button", name="拟新版").click()
    finance.wait_for_url("**/price-lists/PL-*")
    version = finance.url.rpartition("/")[2]
    finance.get_by_label("代码").fill("L-DOG")
    finance.get_by_label("中文名称").fill("遛狗")
    finance.get_by_label("英文名称").fill("Dog walking")
    finance.get_by_label("人工(元)").fill("30")
    finance.get_by_role("button", name="写入草稿").click()
    expect(finance.get_by_role("row", name="新增 L-DOG 遛狗")).to_contain_text("¥30.00")
    finance.get_by_role("button", name="提交批准").click()
    expect(finance.get_by_text("您参与了编制,须由另一人批准。")).to_be_visible()

    manager = windows.at("zhaomin", f"/price-lists/{version}")
    manager.get_by_role("button", name="批准并发布").click()
    expect(manager.get_by_role("status")).to_contain_text("到生效日自动启用")
    house.let_time_pass(version, days=9)
    wait_for(lambda: not house.clocks_of(version), "the clock to fire")
    house.wait_for_reactions()

    manager.goto("/declines?item=遛狗")
    row = manager.get_by_role("row", name=request)
    row.get_by_role("link", name="GG-").click()
    manager.wait_for_url("**/public-notices/GG-*")
    expect(manager.get_by_role("heading", name="新服务开通:遛狗")).to_be_visible()
    manager.get_by_label("张贴地点(每行一处)").fill("1栋大厅")
    manager.get_by_role("button", name="张贴公告").click()
    household = manager.get_by_role("row", name=request)
    household.get_by_role("checkbox").check()
    manager.get_by_role("button", name="勾选的已告知").click()
    expect(manager.get_by_role("row", name=request)).to_contain_text("✓")

    anybody = windows.empty()
    anybody.goto("/n")
    expect(anybody.get_by_role("heading", name="新服务开通:遛狗")).to_be_visible()
