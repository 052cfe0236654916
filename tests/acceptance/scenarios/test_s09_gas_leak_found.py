"""S-09: the detector alarms at a water heater."""

from collections.abc import Callable

import pytest

from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import HUANG_ZHIYUAN, Cast
from tests.acceptance.stack import House, wait_for


@pytest.fixture
def liuqiang(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("liuqiang")


@pytest.fixture
def number(staff: Cast, liuqiang: Handheld) -> str:
    """ "The heater bangs": 张伟 may not go, 刘强 is there."""
    request = staff.chenjing.registers(
        *HUANG_ZHIYUAN, "热水器点火爆鸣", appointment_at=in_minutes(60)
    )
    order = staff.chenjing.issues(request["number"], "gas_water_heater", "L-GWH")
    problem = staff.chenjing.is_refused(
        f"/orders/{order}/dispatch", 409, "X-029", technician="zhangwei"
    )
    assert "gas" in problem["detail"]
    assert staff.chenjing.order(order)["state"] == "created"
    staff.chenjing.dispatches(order, "liuqiang")
    liuqiang.goes_there(order)
    return order


def gas_is_smelt(liuqiang: Handheld, number: str) -> None:
    alarm = {"confirmed": False, "fields": {"lel_percent": "12"}}
    liuqiang.records(number, "GWH-01", alarm)
    liuqiang.holds(number, state="suspended")


def all_clear(staff: Cast, liuqiang: Handheld, number: str) -> None:
    """The manager clears the hazard next day; the technician looks anew and names the price."""
    cleared = staff.zhaomin.post(
        f"/orders/{number}/decisions", decision="resume", text="燃气公司已修复并出具证明"
    )
    assert (cleared["state"], cleared["hazard"]) == ("on_site", False)
    liuqiang.holds(number, state="on_site")
    liuqiang.records(number, "GWH-01", {"confirmed": True, "fields": {"lel_percent": "0"}})
    liuqiang.records(number, "GWH-02", {"choices": ["bang"]})
    liuqiang.records(number, "GWH-03", {}, "before")
    liuqiang.inspects(number, "高压点火线受潮")
    liuqiang.quotes(number, 4000, "L-GWH")
    liuqiang.price_agreed(number, "黄志远")


def cures_the_bang(liuqiang: Handheld, number: str) -> None:
    """Branch B, gas off first, and every joint tested."""
    liuqiang.records(number, "GWH-B1", {"confirmed": True}, "gas_off")
    liuqiang.records(number, "GWH-B2", {"done": True})
    liuqiang.records(number, "GWH-B3", {"done": True, "fields": {"gap_mm": "4"}}, "gap")
    liuqiang.records(number, "GWH-B4", {"ok": True})
    liuqiang.records(number, "GWH-B6", {"done": True})
    liuqiang.records(
        number, "GWH-T1", {"confirmed": True, "fields": {"lel_percent": "0"}}, "leak_test"
    )


def ignites(liuqiang: Handheld, number: str, good: str) -> None:
    liuqiang.records(number, "GWH-T2", {"value": good, "unit": "times"}, "flame")


def test_alarm_stops_everything_until_the_manager_clears_it(
    house: House, staff: Cast, liuqiang: Handheld, number: str
) -> None:
    gas_is_smelt(liuqiang, number)
    order = staff.chenjing.order(number)
    assert (order["state"], order["suspension"], order["hazard"]) == ("suspended", "hazard", True)
    for person in (staff.chenjing, staff.zhouguojian, staff.taolei, staff.zhaomin):
        assert person.open_alerts(number)["hazard.alarm"]["rule"] == "R-029", person.username
    assert "hazard.call_gas_company" in staff.chenjing.open_alerts(number)
    template = liuqiang.ask("/checklists/CL-GASEMG/1").json()
    assert template["steps"][0]["id"] == "GE-01"
    assert "离开" in template["steps"][0]["text"]["zh"]

    liuqiang.is_refused("order.ready", number)
    liuqiang.is_refused("order.resumed", number, "P-22")
    liuqiang.records(number, "GE-01", {"confirmed": True})
    liuqiang.records(number, "GE-02", {"confirmed": True})
    liuqiang.records(number, "GE-03", {"done": True, "fields": {"persons": "2"}})
    liuqiang.records(number, "GE-04", {"done": True})
    liuqiang.records(number, "GE-05", {"ok": True}, text="燃气公司 周工")

    (incident,) = staff.chenjing.get(f"/orders/{number}/incidents")["items"]
    assert (incident["severity"], incident["place"]) == ("major", HUANG_ZHIYUAN[1])
    assert {"gpm", "dept_head", "dispatch_duty"} <= set(incident["notified"])
    relieved = staff.chenjing.post(
        f"/incidents/{incident['number']}/presence",
        dept_arrived_at=in_minutes(-5),
        left_at=in_minutes(-2),
    )
    assert relieved["left_early"] is False

    staff.chenjing.is_refused(f"/orders/{number}/decisions", 403, decision="resume", text="好了")
    staff.chenjing.is_refused(f"/orders/{number}/cancel", 409, "P-22", reason="不修了")
    all_clear(staff, liuqiang, number)
    assert "hazard.alarm" not in staff.chenjing.open_alerts(number)
    cures_the_bang(liuqiang, number)
    ignites(liuqiang, number, "4")
    liuqiang.records(number, "GWH-T3", {}, "after")
    liuqiang.does("order.ready", number)
    assert liuqiang.holds(number)["state"] == "awaiting_acceptance"
    assert liuqiang.results(number)["GWH-01", 1] == "fail"
    house.assert_history_holds(number)


def test_leaving_before_the_professionals_came_is_flagged(
    staff: Cast, liuqiang: Handheld, number: str
) -> None:
    gas_is_smelt(liuqiang, number)
    (incident,) = staff.chenjing.get(f"/orders/{number}/incidents")["items"]
    left = staff.chenjing.post(
        f"/incidents/{incident['number']}/presence",
        dept_arrived_at=in_minutes(-5),
        left_at=in_minutes(-10),
    )
    assert left["left_early"] is True
    alert = staff.zhaomin.open_alerts(incident["number"])["incident.left_early"]
    assert alert["rule"] == "R-027"


def test_alarm_of_the_handheld_and_of_the_step_are_one_incident(
    staff: Cast, liuqiang: Handheld, number: str
) -> None:
    liuqiang.does("hazard.alarm", number, kind="gas_leak")
    liuqiang.does("hazard.alarm", number, kind="gas_leak", note="再报一次")
    assert len(staff.chenjing.get(f"/orders/{number}/incidents")["items"]) == 1
    wait_for(lambda: staff.chenjing.order(number)["hazard"], "the hazard")


def test_two_good_ignitions_are_not_enough_and_a_bang_starts_the_count_again(
    house: House, staff: Cast, liuqiang: Handheld, number: str
) -> None:
    gas_is_smelt(liuqiang, number)
    all_clear(staff, liuqiang, number)
    cures_the_bang(liuqiang, number)
    ignites(liuqiang, number, "2")
    assert liuqiang.results(number)["GWH-T2", 1] == "incomplete"
    assert "GWH-T2" in liuqiang.is_refused("order.ready", number, "WO13")["detail"]

    ignites(liuqiang, number, "0")  # the third one bangs: none in a row
    assert liuqiang.results(number)["GWH-T2", 2] == "fail"
    assert "GWH-B1" in liuqiang.is_refused("order.ready", number, "WO13")["detail"]
    cures_the_bang(liuqiang, number)
    ignites(liuqiang, number, "3")
    assert liuqiang.results(number)["GWH-T2", 3] == "pass"
    liuqiang.records(number, "GWH-T3", {}, "after")
    liuqiang.does("order.ready", number)
    house.assert_history_holds(number)
