"""S-05, S-07, S-08 by hand: called off at the door, not signed for, not repaired at once."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import WU_GUOQIANG, XU_JING, ZHOU_MIN, Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for

Dispatch = Callable[..., str]
GivePhone = Callable[..., Phone]


def state_of(staff: Cast, number: str, state: str) -> None:
    """Wait until the house says so."""
    wait_for(lambda: staff.chenjing.order(number)["state"] == state, f"{number} to be {state}", 40)


def test_s05_the_customer_calls_it_off_at_the_door(
    house: House, staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "toilet_tank", "L-WC", "水箱一直流水", ZHOU_MIN)
    hands = Technician(phone, number)
    phone.card(number).wait_for()
    hands.acknowledges()
    hands.looks("stock")
    asking = phone.page.locator("form.card")
    asking.locator("input[type=search]").fill("M-WCSET")
    asking.locator(".found-items button").first.click()
    asking.locator("button[type=submit]").click()
    (line,) = wait_for(
        lambda: staff.qianjin.get(f"/orders/{number}/stock-lines")["items"], "the request"
    )
    staff.qianjin.post(f"/stock-lines/{line['number']}/issue", qty="1")
    hands.arrives()
    hands.is_cancelled("周敏")
    state_of(staff, number, "cancel_pending")
    hands.looks()
    expect(phone.page.locator("main")).to_contain_text("交单核销")

    problem = staff.lina.is_refused(
        f"/orders/{number}/write-off", 409, "R-072", return_point="front_desk"
    )
    assert line["number"] in problem["detail"]
    staff.qianjin.post(f"/stock-lines/{line['number']}/return", qty="1", condition="good")
    cancelled = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (cancelled["state"], cancelled["charge_fen"]) == ("cancelled", 0)
    phone.goes_to()
    expect(phone.card(number)).to_have_count(0)
    house.assert_history_holds(number)


def on_trial(hands: Technician, signer: str) -> None:
    """A new plug, for 33.00, and everything tried."""
    hands.acknowledges()
    hands.arrives()
    hands.inspects("胶塞老化")
    hands.records("WC-01", {})
    hands.records("WC-02", {"choices": ["outlet_plug"]})
    hands.quotes("L-WC", "M-WCPLUG")
    hands.price_agreed(signer)
    hands.records("WC-B1", {"done": True})
    hands.records("WC-B2", {"ok": False}, "old_part")
    hands.records("WC-B3", {"done": True}, "new_part")
    tried(hands)


def tried(hands: Technician) -> None:
    """Filling stops, nothing leaks for ten minutes; then the customer may try."""
    hands.records("WC-T1", {"ok": True}, "level")
    hands.records("WC-T2", {"value": "10", "fields": {"leaks": "0"}}, "dye")
    hands.records("WC-T3", {}, "after")
    hands.is_ready()


def test_s07_the_customer_does_not_sign(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "toilet_tank", "L-WC", "坐便器水箱漏水", WU_GUOQIANG)
    hands = Technician(phone, number)
    phone.card(number).wait_for()
    on_trial(hands, "吴国强")
    hands.looks("trial", "satisfied")
    phone.page.locator("form button[type=submit]").click()
    expect(phone.page.locator(".signature [role=alert]")).to_be_visible()

    hands.is_not_signed("杨帆")
    state_of(staff, number, "escalated")
    assert staff.chenjing.order(number)["billing_held"] is True
    assert hands.state() == "escalated"
    staff.zhaomin.post(
        f"/orders/{number}/decisions", decision="accept", text="电话核实:能用,照常收费"
    )
    phone.everything_verified(60)
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["state"], closed["unsigned_reason"], closed["charge_fen"]) == (
        "closed",
        "refused",
        3300,
    )


def test_s08_two_failed_reworks_go_up_and_the_app_says_so(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "toilet_tank", "L-WC", "水箱滴水", XU_JING)
    hands = Technician(phone, number)
    phone.card(number).wait_for()
    on_trial(hands, "徐静")
    for failed_round in (1, 2):
        hands.is_rejected()
        wait_for(
            lambda expected=failed_round: staff.chenjing.order(number)["rework_round"] == expected,
            f"rework {failed_round}",
            60,
        )
        hands.looks()
        expect(phone.page.get_by_role("button", name="完工")).to_have_count(0)
        tried(hands)
    assert "escalation.L1_cs_manager" in staff.zhaomin.open_alerts(number)
    hands.is_rejected()
    state_of(staff, number, "escalated")
    assert hands.state() == "escalated"
    expect(phone.page.locator("main")).to_contain_text("等客服经理或总物业经理决定")
    assert "escalation.L2_gpm" in staff.zhouguojian.open_alerts(number)
    staff.zhouguojian.post(
        f"/orders/{number}/decisions",
        decision="waive",
        text="免费整套更换,换刘强",
        technician="liuqiang",
    )
    phone.goes_to()
    expect(phone.page.locator(".card.notice")).to_contain_text(number)
    expect(phone.card(number)).to_have_count(0)
    phone.everything_verified(60)
