"""A photo that the server refuses late: told where "finished" was pressed, and put right from there."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.acceptance.handheld import Handheld
from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone
from tests.acceptance.repairs import looks_at_lamp, prices_lamp, repairs_lamp
from tests.acceptance.stack import wait_for
from tests.factories import pictures


def test_a_refused_photo_is_told_under_the_thumb_and_taken_again_from_there(
    staff: Cast,
    phone_of: Callable[..., Phone],
    handheld_of: Callable[[str], Handheld],
    dispatched: Callable[..., str],
) -> None:
    phone, other, number = phone_of("sunhao"), handheld_of("sunhao"), dispatched("sunhao")
    page, hands = phone.page, Technician(phone, number)
    used = pictures.photo(20_270_101, size=(640, 480))
    other.goes_there(number)
    hands.looks("inspect")
    hands.takes("before", used)
    page.locator("textarea[name=note]").fill("启辉器坏")
    page.get_by_role("button", name="记录勘查").click()
    phone.everything_verified()
    looks_at_lamp(other, number)
    prices_lamp(other, number, "周敏")
    repairs_lamp(other, number)
    other.records(number, "LAMP-19", {"value": "2", "unit": "times"})
    hands.looks("step", "LAMP-20")
    page.locator("form.step-form").wait_for()
    phone.offline()
    hands.takes("after", used)
    page.locator("form.step-form button[type=submit]").click()
    hands.is_ready()

    phone.online()
    wait_for(lambda: "refused" in {one["state"] for one in phone.photos(number)}, "the refusal")
    phone.offline()
    held = page.locator(".held-back")
    for screen in ((), ("trial",)):
        hands.looks(*screen)
        expect(held).to_contain_text("还在本机,没有发出:完工")
        expect(held).to_contain_text("“维修后”照片被退回:")
        expect(held).to_contain_text("已用作其他步骤或其他工单的证据")

    # With the customer's words half typed, a look at the work list and back.
    hands.looks("trial", "satisfied")
    page.locator("textarea[name=comment]").fill("师傅很好")
    page.get_by_role("link", name="工单", exact=True).click()
    expect(phone.card(number)).to_be_visible()
    page.go_back()
    expect(page.locator("textarea[name=comment]")).to_have_value("师傅很好")
    hands.is_accepted("周敏")
    expect(held).to_contain_text("完工、客户验收签名")

    held.get_by_role("link", name="去 LAMP-20 重拍").click()
    hands.takes("after")
    phone.online()
    phone.everything_verified()
    hands.looks()
    expect(page.locator(".order .state")).to_have_text("已验收签名")
    expect(held).to_have_count(0)
    expect(page.get_by_role("link", name="条被退回")).to_have_count(0)
    assert staff.chenjing.order(number)["state"] == "accepted"
