"""S-14: a handheld with two open orders is lost."""

import datetime as dt
from collections.abc import Callable

from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LI_JIANJUN, ZHOU_MIN, Cast
from tests.acceptance.stack import House, wait_for


def taken(staff: Cast, handheld: Handheld, resident: tuple[str, str, str]) -> str:
    """An order that 张伟 has acknowledged."""
    request = staff.chenjing.registers(*resident, "龙头滴水", appointment_at=in_minutes(60))
    number = staff.chenjing.issues(request["number"], "tap_valve", "L-TAP")
    staff.chenjing.dispatches(number, "zhangwei")
    handheld.holds(number, state="dispatched")
    handheld.does("order.acknowledged", number)
    return number


def test_lost_handheld_is_shut_out_and_its_orders_go_to_others(
    house: House, staff: Cast, handheld_of: Callable[..., Handheld]
) -> None:
    lost, liuqiang = staff.new_handheld("zhangwei", "HH-07"), handheld_of("liuqiang")
    lost.connect()
    first, second = taken(staff, lost, ZHOU_MIN), taken(staff, lost, LI_JIANJUN)
    sent = lost.seq
    for _ in range(7):
        lost.event("order.opened", first)
    lost.sync()  # it says that seven events wait, and is lost before it sends them

    staff.lina.is_refused(f"/devices/{lost.device}/revoke", 403, reason="丢失")
    revoked = staff.chenjing.post(f"/devices/{lost.device}/revoke", reason="张伟把 HH-07 弄丢了")
    assert revoked["state"] == "lost"
    assert lost.gone.wait(20), "the session goes on"
    lost.go_offline()
    assert not lost.try_to_connect()

    for number in (first, second):
        wait_for(lambda number=number: staff.chenjing.order(number)["state"] == "created", "recall")
        alert = staff.chenjing.open_alerts(number)["order.device_lost"]
        assert (alert["rule"], alert["data"]["device"]) == ("P-19", "HH-07")
        assert alert["data"]["unsynced"] == [sent + 1, sent + 7]
        assert staff.chenjing.order(number)["technician"] is None

    staff.chenjing.dispatches(first, "liuqiang")
    later = {"technician": "liuqiang", "appointment_at": in_minutes(180)}
    staff.chenjing.is_refused(f"/orders/{second}/dispatch", 409, "R-044", **later)
    moved = staff.chenjing.dispatches(second, **later, customer_reconfirmed=True)
    assert moved["state"] == "dispatched"
    liuqiang.holds(first, state="dispatched")
    assert liuqiang.holds(second)["appointment_at"][:16] == later["appointment_at"][:16]
    assert not staff.chenjing.open_alerts(first).keys() & {"order.device_lost"}

    # It comes back on line: nothing but the order to wipe itself.
    assert not lost.try_to_connect()
    for answer in (lost.ask("/orders"), lost.post_events(lost.queue), lost.ask("/price-list")):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["command"], problem["rule"]) == ("device.wipe", "P-19")
    house.assert_history_holds(first)
    house.assert_history_holds(second)


def test_new_handheld_is_enrolled_by_the_manager_only(
    staff: Cast, handheld_of: Callable[..., Handheld]
) -> None:
    staff.chenjing.is_refused("/devices", 403, label="HH-08", technician="zhangwei")
    replacement = handheld_of("zhangwei", "HH-08")
    number = taken(staff, replacement, ZHOU_MIN)
    assert replacement.sync()["orders"] == [number] or number in replacement.orders
    listed = {one["id"]: one for one in staff.zhaomin.get("/devices")["items"]}
    assert listed[replacement.device]["online"] is True
    assert dt.datetime.fromisoformat(listed[replacement.device]["last_seen_at"])


def test_pairing_code_works_once(staff: Cast, house: House) -> None:
    enrolled = staff.zhaomin.post("/devices", label="HH-09", technician="zhangwei")
    with Handheld(house.url, lambda _: b"") as one, Handheld(house.url, lambda _: b"") as other:
        one.pair(enrolled["pairing_code"])
        again = other.http.post(
            f"{house.url}/field/v1/pairings", json={"code": enrolled["pairing_code"]}, timeout=10
        )
        assert again.status_code == 403
        staff.zhaomin.post(f"/devices/{one.device}/revoke", reason="test over", lost=False)
        assert one.ask("/orders").status_code == 401
