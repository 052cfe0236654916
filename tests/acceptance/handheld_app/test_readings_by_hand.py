"""S-09, S-10 by hand: gas is smelt, and an air-conditioner that is out of its limits."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import HUANG_ZHIYUAN, LIN_FANG, Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import wait_for

Dispatch = Callable[..., str]
GivePhone = Callable[..., Phone]


def test_s09_gas_is_smelt_everybody_leaves_and_only_the_manager_lets_it_go_on(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang", "gas_water_heater", "L-GWH", "热水器点火爆鸣", HUANG_ZHIYUAN)
    hands = Technician(phone, number)
    phone.card(number).wait_for()
    hands.acknowledges()
    hands.arrives()
    hands.records("GWH-01", {"confirmed": False, "fields": {"lel_percent": "12"}})
    wait_for(lambda: staff.chenjing.order(number)["hazard"], "the alarm at the desk", 40)
    hands.looks("hazard")
    expect(phone.page.get_by_role("alert").first).to_contain_text("先离开")
    hands.looks()
    expect(phone.page.get_by_role("button", name="恢复施工")).to_have_count(0)
    hands.records("GE-01", {"confirmed": True})
    hands.records("GE-02", {"confirmed": True})
    for person in (staff.chenjing, staff.zhouguojian):
        assert person.open_alerts(number)["hazard.alarm"]["rule"] == "R-029"

    staff.zhaomin.post(
        f"/orders/{number}/decisions", decision="resume", text="燃气公司已修复并出具证明"
    )
    wait_for(lambda: hands.state() == "on_site", "the clearance on the phone", 40)
    hands.records("GWH-01", {"confirmed": True, "fields": {"lel_percent": "0"}})
    hands.records("GWH-02", {"choices": ["bang"]})
    hands.inspects("高压点火线受潮")
    hands.records("GWH-03", {})
    hands.quotes("L-GWH")
    hands.price_agreed("黄志远")
    bang_cured(hands)
    hands.records("GWH-T2", {"value": "2"}, "flame")
    hands.looks()
    expect(phone.page.get_by_role("button", name="完工")).to_have_count(0)
    hands.records("GWH-T2", {"value": "0"}, "flame")
    expect(hands.is_not_let("GWH-T2")).to_contain_text("GWH-B1")
    bang_cured(hands)
    hands.records("GWH-T2", {"value": "4"}, "flame")
    hands.records("GWH-T3", {}, "after")
    hands.is_ready()
    wait_for(
        lambda: staff.chenjing.order(number)["state"] == "awaiting_acceptance", "the trial", 60
    )
    assert [act for act in phone.acts(number) if act["outcome"] == "rejected"] == []


def bang_cured(hands: Technician) -> None:
    """Branch B, gas off first, and every joint tested."""
    hands.records("GWH-B1", {"confirmed": True}, "gas_off")
    hands.records("GWH-B2", {"done": True})
    hands.records("GWH-B3", {"done": True, "fields": {"gap_mm": "4"}}, "gap")
    hands.records("GWH-B4", {"ok": True})
    hands.records("GWH-B6", {"done": True})
    hands.records("GWH-T1", {"confirmed": True, "fields": {"lel_percent": "0"}}, "leak_test")


def test_s10_an_air_conditioner_out_of_its_limits(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("machao")
    number = dispatched("machao", "air_conditioner", "L-ACCHK", "客厅空调不凉", LIN_FANG)
    hands = Technician(phone, number)
    phone.card(number).wait_for()
    hands.acknowledges()
    hands.arrives()
    hands.inspects("不凉,需检修")
    hands.records("AC-01", {"choices": ["weak_cooling"]})
    plate = {"ambient_c": "30", "refrigerant": "R22", "rated_current_a": "5.2"}
    hands.records("AC-02", {"fields": plate}, "nameplate")
    hands.records("AC-04", {"ok": True})
    hands.records("AC-06", {"confirmed": True}, "isolation")
    hands.records("AC-07", {"ok": True}, "terminals")
    hands.records("AC-09", {"ok": True}, "joint")
    hands.quotes("L-ACCHK")
    hands.price_agreed("林芳")
    hands.records("AC-11", {"done": True, "fields": {"run_min": "16"}})
    hands.records("AC-12", {"choices": ["cooler"]})
    hands.records("AC-15", {"ok": True}, "frost")
    hands.records("AC-16", {"choices": ["slightly_warm"]})

    # Another unit is told at once, and nothing of it is recorded.
    hands.looks("step", "AC-18")
    phone.page.locator("input[name=value]").fill("5.2")
    expect(phone.page.locator(".outcome")).to_contain_text("kgf/cm²")
    phone.page.locator("input[name=value]").fill("0.45")
    expect(phone.page.locator(".outcome")).to_have_attribute("data-status", "warn")
    expect(phone.page.get_by_text("为什么?")).to_be_visible()
    assert "AC-18" not in {act["data"].get("step") for act in phone.acts(number)}

    hands.records("AC-18", {"value": "0.36"}, "gauge_low")
    hands.records("AC-19", {"value": "1.05"}, "gauge_high", reason="缺氟,低压也低")
    hands.looks("step", "AC-14")
    charging = phone.page.locator("[data-step='AC-14']")
    expect(charging).to_have_attribute("data-standing", "not-applicable")
    hands.quotes("L-ACLEAK", "M-R22", M_R22="3")
    expect(hands.is_not_let("AC-13")).to_contain_text("价格")
    hands.price_agreed("林芳")
    hands.records("AC-13", {"done": True}, "fault_point", "repair", text="低压侧接头")
    hands.records("AC-14", {"done": True, "fields": {"charged_g": "300"}}, "scale")
    hands.records("AC-18", {"value": "0.52"}, "gauge_low")
    hands.records("AC-19", {"value": "1.28"}, "gauge_high")
    hands.records("AC-20", {"value": "5.0"}, "clamp")
    hands.records("AC-22", {"ok": True})
    hands.records("AC-23", {}, "after")
    hands.is_ready()
    hands.is_accepted("林芳")
    phone.everything_verified(60)
    assert [act for act in phone.acts(number) if act["outcome"] != "applied"] == []
    run = staff.sunqian.get(f"/orders/{number}/checklist")
    low = [
        (step["answer"]["value"], step["status"])
        for step in run["steps"]
        if step["step"] == "AC-18"
    ]
    assert low == [("0.36", "fail"), ("0.52", "pass")]
    assert [quote["total_fen"] for quote in run["quotes"]] == [5000, 19000]
