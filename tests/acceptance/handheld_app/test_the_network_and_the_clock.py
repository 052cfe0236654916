"""Networks that let half of it through, orders taken away meanwhile, clocks that are wrong."""

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import expect

from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for

Dispatch = Callable[..., str]
GivePhone = Callable[..., Phone]


def test_with_the_broker_gone_everything_goes_over_http(
    house: House, staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    expect(phone.page.locator(".line")).to_have_text("在线")
    with house.frozen("broker"):
        phone.reload()
        expect(phone.page.locator(".line")).to_have_text("在线(慢速)", timeout=60_000)
        number = dispatched("liuqiang")
        phone.card(number).click(timeout=20_000)
        phone.press("接单")
        wait_for(lambda: staff.chenjing.order(number)["state"] == "acknowledged", "the receipt")
        assert staff.chenjing.order(number)["opened_at"] is not None
    expect(phone.page.locator(".line")).to_have_text("在线", timeout=60_000)
    phone.everything_verified()


def test_with_http_gone_events_go_over_the_broker(
    house: House, staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    phone.card(number).click()
    phone.page.get_by_role("button", name="接单").wait_for()
    with house.frozen("web"):
        phone.press("接单")
        acknowledged = lambda: phone.acts(number)[-1]["outcome"] == "applied"  # noqa: E731
        wait_for(acknowledged, "the answer over MQTT")
        assert phone.acts(number)[-1]["verified"] is False
    assert staff.chenjing.order(number)["state"] == "acknowledged"
    phone.everything_verified(60)


def test_s04_what_was_done_before_the_recall_was_known_stays_as_evidence(
    house: House, staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "tap_valve", "L-TAP", "水龙头漏水")
    phone.card(number).click()
    phone.page.get_by_role("button", name="接单").wait_for()
    phone.offline()
    phone.press("接单")
    phone.press("到场")
    expect(phone.page.locator(".state")).to_have_text("已到场")
    staff.chenjing.post(f"/orders/{number}/recall", reason="改派 reassigned")
    staff.chenjing.dispatches(number, "liuqiang")

    phone.online()
    wait_for(
        lambda: (
            {act["type"]: act["outcome"] for act in phone.acts(number)}.get("order.arrived")
            == "recorded"
        ),
        "the late acts to be kept",
        60,
    )
    phone.goes_to()
    expect(phone.page.locator(".card.notice")).to_contain_text(f"{number} 已离开本机")
    expect(phone.card(number)).to_have_count(0)
    assert dict(phone.rows("orders"))[number]["snapshot"] is None
    assert staff.chenjing.order(number)["technician"] == "liuqiang"
    late = [row for row in staff.chenjing.history(number) if row["kind"] == "event.recorded_late"]
    assert {row["data"]["type"] for row in late} >= {"order.acknowledged", "order.arrived"}
    assert "order.conflict" in staff.chenjing.open_alerts(number)
    phone.everything_verified(60)
    phone.press("知道了")
    expect(phone.page.locator(".card.notice")).to_have_count(0)


def test_a_clock_that_is_wrong_is_shown_and_not_corrected_behind_ones_back(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "tap_valve", "L-TAP", "水龙头漏水")
    fast = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=180)
    phone.page.clock.install(time=fast)
    phone.page.clock.resume()
    phone.reload()
    expect(phone.page.locator(".top .strip.soon")).to_contain_text("本机时钟快", timeout=30_000)
    phone.card(number).click()
    phone.press("接单")
    wait_for(lambda: staff.chenjing.order(number)["state"] == "acknowledged", "the receipt")
    said = next(act for act in phone.acts(number) if act["type"] == "order.acknowledged")
    at = dt.datetime.fromisoformat(said["at"])
    assert at - dt.datetime.now(dt.UTC) > dt.timedelta(seconds=150)
    device = phone.fact("pairing")["device"]
    wait_for(lambda: "device.clock_skew" in staff.chenjing.open_alerts(device), "the alert")


def test_an_order_rings_and_the_desk_sees_how_far_it_has_come(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    expect(phone.page.locator(".line")).to_have_text("在线")
    number = dispatched("liuqiang")
    expect(phone.page.locator(".toast").last).to_contain_text("新工单:日光灯")
    wait_for(lambda: staff.chenjing.order(number)["received_at"], "it to be on the handheld")
    assert staff.chenjing.order(number)["opened_at"] is None
    phone.card(number).click()
    wait_for(lambda: staff.chenjing.order(number)["opened_at"], "it to be opened")
    phone.press("接单")
    wait_for(lambda: staff.chenjing.order(number)["acknowledged_at"], "the receipt")


def test_a_slip_is_taken_back_before_it_is_sent(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    phone.card(number).click()
    phone.page.get_by_role("button", name="接单").wait_for()
    phone.offline()
    phone.press("接单")
    phone.page.locator(".toast").get_by_role("button", name="撤销").click()
    expect(phone.page.get_by_role("button", name="接单")).to_be_visible()
    phone.online()
    phone.everything_verified()
    assert "order.acknowledged" not in {act["type"] for act in phone.acts(number)}
    assert staff.chenjing.order(number)["state"] == "dispatched"
