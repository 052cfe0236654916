"""S-10: an air-conditioner has lost refrigerant. Its warranty stands in its own module."""

from collections.abc import Callable

import pytest

from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LIN_FANG, Cast
from tests.acceptance.repairs import (
    amperes,
    looks_at_air_conditioner,
    mpa,
    runs_air_conditioner,
)
from tests.acceptance.stack import House


@pytest.fixture
def machao(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("machao")


@pytest.fixture
def number(staff: Cast, machao: Handheld) -> str:
    request = staff.chenjing.registers(*LIN_FANG, "客厅空调不凉", appointment_at=in_minutes(60))
    order = staff.chenjing.issues(request["number"], "air_conditioner", "L-ACCHK")
    staff.chenjing.dispatches(order, "machao")
    machao.goes_there(order)
    machao.inspects(order, "不凉,需检修")
    return order


def inspection_agreed(machao: Handheld, number: str) -> None:
    machao.quotes(number, 5000, "L-ACCHK")
    machao.price_agreed(number, "林芳")


def test_leak_is_stopped_before_charging_and_both_readings_are_kept(
    house: House, staff: Cast, machao: Handheld, number: str
) -> None:
    looks_at_air_conditioner(machao, number)
    problem = machao.cannot_record(number, "AC-11", {"done": True, "fields": {"run_min": "16"}})
    assert problem["rule"] == "R-056"
    inspection_agreed(machao, number)
    runs_air_conditioner(machao, number)
    machao.records(number, "AC-18", mpa("0.36"), "gauge_low")
    machao.records(number, "AC-19", mpa("1.05"), "gauge_high", reason="缺氟,低压也低")
    assert machao.results(number)["AC-18", 1] == "fail"
    assert machao.bands(number)["AC-18", 1] == "fail_leak"
    assert machao.results(number)["AC-19", 1] == "warn"
    assert machao.bands(number)["AC-19", 1] == "warn_low"
    assert "AC-13" in machao.is_refused("order.ready", number, "WO13")["detail"]

    charge = {"done": True, "fields": {"charged_g": "300"}}
    machao.cannot_record(number, "AC-14", charge)
    assert ("AC-14", 1) not in machao.results(number)

    machao.quotes(number, 19000, "L-ACCHK", "L-ACLEAK", "M-R22", M_R22="3")
    assert machao.holds(number)["state"] == "quoted"
    assert machao.cannot_record(number, "AC-13", {"done": True})["rule"] == "R-056"
    machao.price_agreed(number, "林芳")
    machao.records(number, "AC-13", {"done": True}, "fault_point", "repair", text="低压侧接头")
    machao.records(number, "AC-14", charge, "scale")
    machao.records(number, "AC-18", mpa("0.52"), "gauge_low")
    machao.records(number, "AC-19", mpa("1.28"), "gauge_high")
    machao.records(number, "AC-20", amperes("5.0"), "clamp")
    machao.records(number, "AC-22", {"ok": True})
    machao.records(number, "AC-23", {}, "after")
    verdicts = machao.results(number)
    assert (verdicts["AC-18", 2], verdicts["AC-19", 2]) == ("pass", "pass")
    assert (verdicts["AC-20", 1], verdicts["AC-22", 1]) == ("pass", "pass")
    machao.does("order.ready", number)
    machao.signed_off(number, "林芳")
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="dispatch")
    assert (closed["state"], closed["total_fen"]) == ("closed", 19000)

    run = staff.sunqian.get(f"/orders/{number}/checklist")
    low = [step["answer"]["value"] for step in run["steps"] if step["step"] == "AC-18"]
    high = [step["answer"]["value"] for step in run["steps"] if step["step"] == "AC-19"]
    assert (low, high) == (["0.36", "0.52"], ["1.05", "1.28"])
    assert [quote["total_fen"] for quote in run["quotes"]] == [5000, 19000]
    assert all(quote["confirmed_at"] for quote in run["quotes"])
    assert order_of(staff, number, "quote.confirmed", "AC-11", "quote.confirmed", "AC-13")
    house.assert_history_holds(number)


def order_of(staff: Cast, number: str, *wanted: str) -> bool:
    """Whether kinds of events and steps stand in the history in this order."""
    told = (row["data"].get("step", row["kind"]) for row in staff.sunqian.history(number))
    return all(one in told for one in wanted)


def test_odd_readings_are_refused_explained_or_failed(
    house: House, machao: Handheld, number: str
) -> None:
    looks_at_air_conditioner(machao, number)
    inspection_agreed(machao, number)
    runs_air_conditioner(machao, number)
    problem = machao.cannot_record(number, "AC-18", mpa("5.2"))
    assert "kgf/cm" in problem["detail"]
    machao.cannot_record(number, "AC-18", mpa("0.45"))  # a warning needs its reason
    assert ("AC-18", 1) not in machao.results(number)
    machao.records(number, "AC-18", mpa("0.45"), "gauge_low", reason="刚开机")
    assert (machao.results(number)["AC-18", 1], machao.bands(number)["AC-18", 1]) == (
        "warn",
        "warn_low",
    )
    machao.records(number, "AC-18", mpa("0.40"), "gauge_low", reason="再量一次")
    assert machao.bands(number)["AC-18", 2] == "warn_low"  # the seed says: below 0.40
    machao.records(number, "AC-18", mpa("0.39"), "gauge_low")
    assert machao.bands(number)["AC-18", 3] == "fail_leak"
    machao.records(number, "AC-18", mpa("0.50"), "gauge_low")
    machao.records(number, "AC-19", mpa("1.20"), "gauge_high")
    machao.records(number, "AC-20", amperes("6.2"), "clamp")
    assert machao.results(number)["AC-20", 1] == "fail"
    assert "AC-21" in machao.is_refused("order.ready", number, "WO13")["detail"]
    house.assert_history_holds(number)


def test_other_refrigerants_are_not_measured_by_the_limits_of_r22(
    machao: Handheld, number: str
) -> None:
    looks_at_air_conditioner(machao, number, refrigerant="R410A")
    inspection_agreed(machao, number)
    runs_air_conditioner(machao, number)
    machao.records(number, "AC-18", mpa("0.95"), "gauge_low")
    assert machao.results(number)["AC-18", 1] == "not_assessed"
