"""S-01: a lamp is repaired, from the call to the approved order."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.desk import in_minutes, moment
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import WANG_LIHUA, Cast
from tests.acceptance.repairs import looks_at_lamp, prices_lamp, repairs_lamp
from tests.acceptance.stack import House, wait_for

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def liuqiang(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("liuqiang")


def called(house: House, staff: Cast) -> str:
    """王丽华 calls, is told after seven minutes, and 刘强 is sent: the order's number."""
    request = staff.chenjing.registers(
        *WANG_LIHUA, "厨房日光灯不亮", appointment_at=in_minutes(90), read_back=True
    )
    number = staff.chenjing.issues(request["number"], "lamp", "L-LAMP")
    house.let_time_pass(request["number"], minutes=7)
    reply = staff.chenjing.post(
        f"/requests/{request['number']}/replies", channel="phone", text="刘师傅十点半前到。"
    )
    assert reply["in_time"] is True  # K-01
    replied, registered = (
        moment(reply["replied_at"]),
        moment(staff.chenjing.get(f"/requests/{request['number']}")["registered_at"]),
    )
    assert dt.timedelta(minutes=7) <= replied - registered < dt.timedelta(minutes=8)
    staff.chenjing.dispatches(number, "liuqiang")
    return number


def test_lamp_goes_from_the_call_to_the_approved_order(
    house: House, staff: Cast, liuqiang: Handheld
) -> None:
    number = called(house, staff)
    assert liuqiang.holds(number)["checklist"] == {"code": "CL-LAMP", "version": 1}
    liuqiang.goes_there(number)
    liuqiang.inspects(number, "启辉器坏,灯管两端发黑")
    looks_at_lamp(liuqiang, number)
    prices_lamp(liuqiang, number, "王丽华")
    repairs_lamp(liuqiang, number)
    liuqiang.records(number, "LAMP-19", {"value": "2", "unit": "times"})
    liuqiang.records(number, "LAMP-20", {}, "after")
    liuqiang.does("order.ready", number)
    signature = liuqiang.signed_off(number, "王丽华")
    receipt = liuqiang.receipt(number)
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["state"], closed["total_fen"], closed["charge_fen"]) == ("closed", 3000, 3000)
    assert closed["late"] is False
    assert closed["return_point"] == "front_desk"
    liuqiang.lets_go_of(number)

    assert closed["copies"] == [
        {"number": f"{number}/1", "holder": "owner"},
        {"number": f"{number}/2", "holder": "cs_file"},
        {"number": f"{number}/3", "holder": "finance"},
    ]

    visit = wait_for(
        lambda: (
            staff.lina.ask("GET", f"/orders/{number}/return-visit").ok
            and staff.lina.get(f"/orders/{number}/return-visit")
        ),
        "the return visit",
    )
    assert moment(visit["due_at"]) == end_of_the_tenth_after(moment(closed["closed_at"]))

    passed = staff.sunqian.post(f"/orders/{number}/reviews", outcome="passed", note="证据齐全")
    assert passed["qa_state"] == "passed"

    assert receipt["missing"] == []
    assert len(receipt["events"]) == len(staff.chenjing.history(number)) - not_by_handheld(
        staff, number
    )
    assert signature in {photo["sha256"] for photo in receipt["photos"]}
    assert {
        step["status"] for step in receipt["steps"] if step["step"] in {"LAMP-08", "LAMP-10"}
    } == {"fail"}
    seen = staff.chenjing.history(number)
    assert receipt["chain_head"] in {row["hash"] for row in seen}
    by_handheld = [row for row in seen if row["actor"].startswith("device:")]
    assert all(row["device_at"] and row["at"] for row in by_handheld if row["kind"][:5] == "order")
    assert set(staff.chenjing.alerts(number)) == set()
    verified = house.command("verify", number)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "0 处异常" in verified.stdout


def not_by_handheld(staff: Cast, number: str) -> int:
    """Rows of the history that are no event of a handheld."""
    return sum(
        1
        for row in staff.chenjing.history(number)
        if not row["actor"].startswith("device:") or row["kind"].startswith("photo.")
    )


def end_of_the_tenth_after(closed: dt.datetime) -> dt.datetime:
    """R-084, worked out anew: the 10th of the month after closing, at the estate."""
    local = closed.astimezone(SHANGHAI).replace(day=28) + dt.timedelta(days=7)
    return dt.datetime(local.year, local.month, 10, 23, 59, 59, tzinfo=SHANGHAI)


def test_three_flickers_pass_and_four_begin_again_at_the_voltage(
    house: House, staff: Cast, liuqiang: Handheld
) -> None:
    number = called(house, staff)
    liuqiang.goes_there(number)
    liuqiang.inspects(number, "启辉器坏,灯管两端发黑")
    looks_at_lamp(liuqiang, number)
    prices_lamp(liuqiang, number, "王丽华")
    repairs_lamp(liuqiang, number)
    liuqiang.records(number, "LAMP-19", {"value": "4", "unit": "times"})
    assert liuqiang.results(number)["LAMP-19", 1] == "fail"
    problem = liuqiang.is_refused("order.ready", number)
    assert "LAMP-03" in problem["detail"]

    liuqiang.records(number, "LAMP-03", {"value": "221", "unit": "V AC"}, "meter")
    assert liuqiang.results(number)["LAMP-03", 2] == "pass"
    liuqiang.records(number, "LAMP-05", {"confirmed": True}, "isolation")
    for step, answer in (
        ("LAMP-06", {"ok": True}),
        ("LAMP-08", {"ok": True}),
        ("LAMP-10", {"ok": True}),
        ("LAMP-12", {"ok": True}),
        ("LAMP-16", {"ok": True}),
        ("LAMP-18", {"done": True}),
        ("LAMP-19", {"value": "3", "unit": "times"}),
    ):
        liuqiang.records(number, step, answer)
    assert liuqiang.results(number)["LAMP-19", 2] == "pass"
    assert liuqiang.results(number)["LAMP-19", 1] == "fail"  # never overwritten
    liuqiang.records(number, "LAMP-20", {}, "after")
    liuqiang.does("order.ready", number)
    assert liuqiang.holds(number)["state"] == "awaiting_acceptance"
    house.assert_history_holds(number)


def test_a_starter_is_not_replaced_before_the_price_is_agreed(
    house: House, staff: Cast, liuqiang: Handheld
) -> None:
    number = called(house, staff)
    liuqiang.goes_there(number)
    liuqiang.inspects(number, "启辉器坏")
    looks_at_lamp(liuqiang, number)
    before = staff.chenjing.order(number)["version"]
    problem = liuqiang.cannot_record(number, "LAMP-09", {"done": True})
    assert problem["rule"] == "R-056"
    assert staff.chenjing.order(number)["version"] == before
    assert ("LAMP-09", 1) not in liuqiang.results(number)
    prices_lamp(liuqiang, number, "王丽华")
    liuqiang.records(number, "LAMP-09", {"done": True}, "old_part", "new_part")
    assert liuqiang.results(number)["LAMP-09", 1] == "done"
    house.assert_history_holds(number)
