"""S-11: a gauge photo of one order is offered for another."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.desk import in_minutes, moment
from tests.acceptance.handheld import Handheld, Refused
from tests.acceptance.people import GUO_TAO, LIN_FANG, Cast, draw
from tests.acceptance.repairs import (
    amperes,
    looks_at_air_conditioner,
    mpa,
    runs_air_conditioner,
)
from tests.acceptance.stack import House, wait_for
from tests.factories import pictures


@pytest.fixture
def machao(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("machao")


def arrived(staff: Cast, machao: Handheld, resident: tuple[str, str, str]) -> str:
    request = staff.chenjing.registers(*resident, "空调不凉", appointment_at=in_minutes(60))
    number = staff.chenjing.issues(request["number"], "air_conditioner", "L-ACCHK")
    staff.chenjing.dispatches(number, "machao")
    machao.goes_there(number)
    return number


def at_the_gauge(machao: Handheld, number: str, signer: str) -> None:
    machao.inspects(number, "不凉")
    looks_at_air_conditioner(machao, number)
    machao.quotes(number, 5000, "L-ACCHK")
    machao.price_agreed(number, signer)
    runs_air_conditioner(machao, number)


def photo(staff: Cast, number: str, sha256: str) -> dict[str, Any]:
    items = staff.sunqian.get(f"/orders/{number}/photos")["items"]
    return next(one for one in items if one["sha256"] == sha256)


def test_copied_evidence_is_refused_flagged_and_sent_back(
    house: House, staff: Cast, machao: Handheld
) -> None:
    first = arrived(staff, machao, LIN_FANG)
    gauge = pictures.photo(20250311)
    machao.uploads(first, "gauge_low", gauge, step="AC-18")

    number = arrived(staff, machao, GUO_TAO)
    at_the_gauge(machao, number, "郭涛")
    with pytest.raises(Refused) as refused:
        machao.uploads(number, "gauge_low", gauge, step="AC-18")
    assert (refused.value.status, refused.value.problem["rule"]) == (409, "R-005")
    with pytest.raises(Refused):
        machao.uploads(first, "gauge_high", gauge, step="AC-19")  # another step, the same order
    assert "AC-18" in {item["step"] for item in machao.receipt(number)["missing"]}

    crop = machao.uploads(number, "gauge_low", pictures.cropped(gauge, part=0.06), step="AC-18")
    machao.records(number, "AC-18", mpa("0.50"), named=[crop])
    wait_for(lambda: "near_duplicate" in photo(staff, number, crop["sha256"])["flags"], "the flag")
    machao.records(number, "AC-19", mpa("1.20"), "gauge_high")
    machao.records(number, "AC-20", amperes("5.0"), "clamp")
    machao.records(number, "AC-22", {"ok": True})
    machao.records(number, "AC-23", {}, "after")
    machao.does("order.ready", number)

    reason = "照片与另一张工单的相同,请重拍压力表"
    machao_judges = staff.machao.ask(
        "POST", f"/orders/{number}/reviews", json={"outcome": "passed"}
    )
    assert machao_judges.status_code == 403
    staff.sunqian.is_refused(f"/orders/{number}/reviews", 422, outcome="returned", steps=[])
    returned = staff.sunqian.post(
        f"/orders/{number}/reviews",
        outcome="returned",
        steps=[{"step": "AC-18", "reason": reason}],
    )
    assert returned["qa_state"] == "returned"
    snapshot = machao.holds(number, version=returned["version"])
    assert snapshot["returned_steps"] == [{"step": "AC-18", "reason": reason}]
    missing = {(item["step"], item["tag"]) for item in machao.receipt(number)["missing"]}
    assert ("AC-18", "gauge_low") in missing

    machao.records(number, "AC-18", mpa("0.50"), "gauge_low")
    assert machao.receipt(number)["missing"] == []
    assert machao.orders[number]["returned_steps"] == []
    assert staff.sunqian.order(number)["qa_state"] == "pending"
    passed = staff.sunqian.post(f"/orders/{number}/reviews", outcome="passed")
    assert passed["qa_state"] == "passed"
    house.assert_history_holds(number)


def test_photo_taken_before_arrival_is_flagged(house: House, staff: Cast, machao: Handheld) -> None:
    number = arrived(staff, machao, GUO_TAO)
    early = machao.uploads(
        number, "nameplate", draw("nameplate"), step="AC-02", taken_at=moment(in_minutes(-30))
    )
    punctual = machao.uploads(number, "before")
    wait_for(
        lambda: "taken_before_arrival" in photo(staff, number, early["sha256"])["flags"], "the flag"
    )
    house.wait_for_reactions()
    assert "taken_before_arrival" not in photo(staff, number, punctual["sha256"])["flags"]
