"""A return visit in Chromium: dissatisfied on the telephone, put right, asked again, spot-checked;
and a customer who signs on the visitor's screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import GUO_TAO, Cast
from tests.acceptance.stack import wait_for

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def visit(staff: Cast, handheld_of: Callable[[str], Handheld]) -> str:
    """The number of the visit that follows an order written off at the front desk."""
    handheld = handheld_of("liuqiang")
    asked = staff.chenjing.registers(*GUO_TAO, "门铃不响", appointment_at=in_minutes(90))
    order = staff.chenjing.issues(asked["number"], "household_other")
    staff.chenjing.dispatches(order, "liuqiang")
    handheld.goes_there(order)
    handheld.inspects(order, "电池没电")
    handheld.quotes(order, 1500, "L-LAMP")
    handheld.price_agreed(order, "郭涛")
    handheld.does("order.ready", order)
    handheld.signed_off(order, "郭涛")
    # The slip is closed once the picture of the signature is there.
    wait_for(
        lambda: (
            staff.lina.ask(
                "POST", f"/orders/{order}/write-off", json={"return_point": "front_desk"}
            ).ok
        ),
        "the write-off",
    )
    path = f"/orders/{order}/return-visit"
    wait_for(lambda: staff.lina.ask("GET", path).ok, "the visit")
    return str(staff.lina.get(path)["number"])


def complains_by_telephone(page: Page, words: str) -> None:
    form = page.locator("section", has=page.get_by_role("heading", name="电话回访"))
    form.get_by_label("不满意", exact=True).check()
    form.get_by_label("不满意的原因").select_option("attitude")
    form.get_by_label("客户原话").fill(words)
    form.get_by_role("button", name="记下电话回访").click()


def signs(page: Page) -> None:
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 40 * step, box["y"] + 60 + 50 * (step % 2))
    page.mouse.up()


def test_a_dissatisfied_customer_is_asked_again_until_satisfied_and_the_manager_looks_at_it(
    windows: Windows, staff: Cast, visit: str
) -> None:
    path = f"/return-visits/{visit}"
    visitor = windows.at("heli", path)
    expect(visitor.get_by_text("这里是客户服务中心")).to_be_visible()
    complains_by_telephone(visitor, "师傅没有套鞋套")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("整改中")

    manager = windows.at("zhaomin", path)
    manager.get_by_label("做了什么").fill("已登门致歉,地面擦净")
    manager.get_by_role("button", name="整改完成,再次回访").click()
    expect(manager.locator(".lead")).to_contain_text("第 2 轮")

    visitor.goto(path)
    # Whether it is open already depends on whether this visit was drawn for the door.
    visitor.locator("details:has(form[data-signed])").evaluate("one => { one.open = true }")
    form = visitor.locator("form[data-signed]")
    form.get_by_label("满意", exact=True).check()
    form.get_by_label("客户写的意见").fill("这回满意了")
    form.get_by_role("button", name="记下上门回访").click()
    expect(form.get_by_text("请客户签名,或上传签好的表。")).to_be_visible()
    visitor.locator("canvas").scroll_into_view_if_needed()
    signs(visitor)
    form.get_by_role("button", name="记下上门回访").click()
    expect(visitor.get_by_text("回访已记下。")).to_be_visible()
    expect(visitor.get_by_role("link", name="客户签名")).to_be_visible()
    sha256 = visitor.get_by_role("link", name="客户签名").get_attribute("href") or ""
    wait_for(lambda: visitor.request.get(sha256).ok, "the picture of the signature")

    manager.goto(path)
    check = manager.locator("section", has=manager.get_by_role("heading", name="抽查这条回访"))
    check.get_by_label("问了客户").check()
    check.get_by_label("一致", exact=True).check()
    check.get_by_role("button", name="记下抽查").click()
    expect(manager.get_by_text("抽查已记下。")).to_be_visible()
    manager.goto("/return-visits/spot-checks")
    expect(manager.get_by_role("link", name=visit)).to_be_visible()
    wait_for(
        lambda: any(
            one["number"] == visit
            for one in staff.heli.get("/return-visits?state=done&limit=200")["items"]
        ),
        "the visit is done",
    )
