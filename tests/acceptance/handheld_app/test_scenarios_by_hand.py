"""The scenarios as a technician does them: every touch on the screen, nothing behind it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import WANG_LIHUA, Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for

Dispatch = Callable[..., str]
GivePhone = Callable[..., Phone]


def test_s01_lamp_straight_through(
    house: House, staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang", resident=WANG_LIHUA)
    hands = Technician(phone, number)
    phone.card(number).wait_for()
    hands.acknowledges()
    hands.arrives()
    hands.inspects("启辉器、灯管坏")
    hands.records("LAMP-01", {})
    hands.records("LAMP-02", {"confirmed": True})
    hands.records("LAMP-03", {"value": "221"}, "meter")
    hands.records("LAMP-05", {"confirmed": True}, "isolation")
    hands.records("LAMP-06", {"ok": True})
    hands.records("LAMP-08", {"ok": False})
    hands.records("LAMP-10", {"ok": False})
    expect(hands.is_not_let("LAMP-09")).to_contain_text("客户确认价格之前不能动手施工")
    hands.quotes("L-LAMP", "M-TUBE36", "M-STARTER")
    hands.price_agreed("王丽华")
    hands.records("LAMP-09", {"done": True}, "old_part", "new_part")
    specs = {"done": True, "old_spec": "36 W", "new_spec": "36W"}
    hands.records("LAMP-11", specs, "old_part", "new_part")
    hands.records("LAMP-12", {"ok": True})
    hands.records("LAMP-16", {"ok": True})
    hands.records("LAMP-18", {"done": True})
    hands.records("LAMP-19", {"value": "2"})
    hands.records("LAMP-20", {}, "after")
    hands.is_ready()
    wait_for(lambda: staff.chenjing.order(number)["state"] == "awaiting_acceptance", "it", 40)
    hands.is_accepted("王丽华")
    phone.everything_verified()

    order = staff.chenjing.order(number)
    assert (order["state"], order["total_fen"]) == ("accepted", 3000)
    refused = [act for act in phone.acts(number) if act["outcome"] in {"rejected", "recorded"}]
    assert refused == []
    staff.chenjing.post(f"/orders/{number}/write-off", return_point="dispatch")
    review = staff.sunqian.post(f"/orders/{number}/reviews", outcome="passed")
    assert review["qa_state"] == "passed"
    expect(phone.card(number)).to_have_count(0)
    house.assert_history_holds(number)
