"""S-04: the technician works without a network while the desk gives his order to another."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.desk import in_minutes, moment
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import ZHOU_MIN, Cast
from tests.acceptance.stack import House


@pytest.fixture
def zhangwei(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("zhangwei")


@pytest.fixture
def number(house: House, staff: Cast, zhangwei: Handheld) -> str:
    """The order reached HH-07 forty-one minutes ago, and HH-07 has no network since."""
    request = staff.chenjing.registers(*ZHOU_MIN, "洗手盆龙头滴水", appointment_at=in_minutes(30))
    order = staff.chenjing.issues(request["number"], "tap_valve", "L-TAP")
    staff.chenjing.dispatches(order, "zhangwei")
    zhangwei.holds(order, state="dispatched")
    zhangwei.does("order.received", order)
    zhangwei.go_offline()
    house.let_time_pass(order, minutes=41)
    return order


def minutes_ago(minutes: float) -> dt.datetime:
    """A moment before now, whole milliseconds."""
    then = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    return then.replace(microsecond=then.microsecond // 1000 * 1000)


def works_in_the_basement(zhangwei: Handheld, number: str) -> list[dict[str, Any]]:
    """Six events: looked at the order, took it, arrived, inspected, quoted, price agreed."""
    after = dt.timedelta(seconds=zhangwei.fast_s)
    zhangwei.does("order.opened", number, at=minutes_ago(37) + after)
    zhangwei.does("order.acknowledged", number, at=minutes_ago(36) + after)
    zhangwei.does("order.arrived", number, at=minutes_ago(23) + after)
    zhangwei.does("order.inspected", number, note="阀芯磨损", photos=[], at=minutes_ago(21) + after)
    lines = [{"item": "L-TAP", "qty": "1"}, {"item": "M-TAP15", "qty": "1"}]
    zhangwei.does("order.quoted", number, lines=lines, total_fen=6500, at=minutes_ago(19) + after)
    zhangwei.does(
        "quote.confirmed", number, method="phone", signer="周敏", at=minutes_ago(18) + after
    )
    assert len(zhangwei.queue) == 6
    return list(zhangwei.queue)


def test_recall_wins_over_what_the_handheld_did_meanwhile(
    house: House,
    staff: Cast,
    zhangwei: Handheld,
    handheld_of: Callable[[str], Handheld],
    number: str,
) -> None:
    zhangwei.fast_s = 180
    events = works_in_the_basement(zhangwei, number)
    staff.chenjing.post(f"/orders/{number}/recall", reason="联系不上张师傅")
    staff.chenjing.dispatches(number, "liuqiang")
    liuqiang = handheld_of("liuqiang")
    liuqiang.holds(number, state="dispatched")
    before = staff.chenjing.order(number)

    zhangwei.connect()
    assert number not in zhangwei.orders
    assert [reply["outcome"] for reply in zhangwei.flush()] == ["recorded"] * 6
    again = [zhangwei.send(event, again=True) for event in events]
    assert [(r["outcome"], r["first_outcome"]) for r in again] == [("duplicate", "recorded")] * 6

    after = staff.chenjing.order(number)
    assert (after["technician"], after["state"]) == ("liuqiang", "dispatched")
    assert after["version"] == before["version"]
    assert (after["acknowledged_at"], after["total_fen"]) == (None, 0)
    kept = staff.chenjing.history(number, "event.recorded_late")
    assert [row["data"]["event"] for row in kept] == [event["id"] for event in events]
    assert [row["data"]["type"] for row in kept] == [event["type"] for event in events]
    assert [moment(row["device_at"]) for row in kept] == [moment(e["time"]) for e in events]
    assert all(moment(row["at"]) > moment(row["device_at"]) for row in kept)

    skew = staff.chenjing.open_alerts(zhangwei.device)["device.clock_skew"]
    assert (skew["rule"], abs(skew["data"]["skew_s"] - 180) <= 10) == ("P-18", True)

    conflict = staff.chenjing.open_alerts(number)["order.conflict"]
    assert (conflict["rule"], conflict["data"]["technician"]) == ("P-18", "张伟")
    # One call gives it back, for whoever has seen where it is now.
    path, body = f"/orders/{number}/dispatch", {"technician": "zhangwei"}
    staff.chenjing.is_refused(path, 409, **body)
    seen = {"If-Match": f'"{after["version"]}"'}
    assert staff.chenjing.ask("POST", path, json=body, headers=seen).ok
    liuqiang.lets_go_of(number)
    assert zhangwei.holds(number)["state"] == "dispatched"
    assert "order.conflict" not in staff.chenjing.open_alerts(number)
    house.assert_history_holds(number)


def test_without_a_recall_everything_applies_in_sequence_at_the_handhelds_time(
    house: House, staff: Cast, zhangwei: Handheld, number: str
) -> None:
    events = works_in_the_basement(zhangwei, number)
    # R-054 wants a picture before the price; its bytes come once there is a network.
    picture = zhangwei.uploads(number, "before", taken_at=minutes_ago(22))
    assert picture["tag"] == "before"
    zhangwei.connect()
    assert [reply["outcome"] for reply in zhangwei.flush()] == ["applied"] * 6
    order = staff.chenjing.order(number)
    assert (order["state"], order["total_fen"]) == ("in_progress", 6500)
    assert moment(order["acknowledged_at"]) == moment(events[1]["time"])
    assert moment(order["arrived_at"]) == moment(events[2]["time"])
    assert order["late"] is False
    applied = [
        row
        for row in staff.chenjing.history(number)
        if row["actor"] == f"device:{zhangwei.device}" and row["kind"] != "photo.stored"
    ]
    assert [row["kind"] for row in applied] == ["order.received", *(e["type"] for e in events)]
    assert set(staff.chenjing.open_alerts(number)) == set()
    house.assert_history_holds(number)


def test_repeated_events_apply_once(staff: Cast, zhangwei: Handheld, number: str) -> None:
    events = works_in_the_basement(zhangwei, number)[:3]
    zhangwei.connect()
    for event in events:
        zhangwei.send(event)
    version = staff.chenjing.order(number)["version"]
    again = [zhangwei.send(event, again=True) for event in events]
    assert [(r["outcome"], r["first_outcome"]) for r in again] == [("duplicate", "applied")] * 3
    assert staff.chenjing.order(number)["version"] == version
