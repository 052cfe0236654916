"""Wrong, broken, oversized, forged and repeated input: answered as the contract says, nothing
changed, and no worker stops."""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.acceptance.desk import in_minutes, moment
from tests.acceptance.handheld import Handheld
from tests.acceptance.handheld_line import spelled, uuid7
from tests.acceptance.people import WANG_LIHUA, ZHOU_MIN, Cast
from tests.acceptance.stack import WORKERS, House, wait_for

CALL = {
    "customer": {"name": "王丽华", "unit_code": "3栋2单元1502", "phone": "13900000001"},
    "content": "灯不亮",
    "channel": "phone",
}

#: what is wrong about an acknowledgement, and the refusal
WRONG_EVENTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"type": "order.painted"}, "unknown-event-type"),
    ({"data": {"order_version": 1, "mood": "good"}}, "unknown-field"),
    ({"colour": "red"}, "unknown-field"),
    ({"data": {"order_version": "1"}}, "invalid-data"),
    ({"data": {}}, "invalid-data"),
    ({"data": {"order_version": 1.5}}, "invalid-number"),
    ({"time": "yesterday"}, "invalid-envelope"),
    ({"time": "2026-03-02T09:12:05+08:00"}, "invalid-envelope"),
    ({"subject": "FW-1"}, "invalid-envelope"),
    ({"specversion": "0.3"}, "invalid-envelope"),
    ({"source": "devices/hh-somebody"}, "foreign-source"),
    ({"subject": "FW-209901-0001"}, "no-such-order"),
    ({"data": {"order_version": 900}}, "version-ahead"),
)


@pytest.fixture(autouse=True)
def _the_house_goes_on(house: House) -> Iterator[None]:
    """The same processes serve after the test as before it."""
    before = {name: house.pid_of(name) for name in (*WORKERS, "broker")}
    assert all(before.values())
    yield
    assert {name: house.pid_of(name) for name in (*WORKERS, "broker")} == before
    assert house.health().json()["status"] == "ok"


@pytest.fixture
def zhangwei(handheld_of: Callable[[str], Handheld]) -> Handheld:
    return handheld_of("zhangwei")


@pytest.fixture
def number(staff: Cast, zhangwei: Handheld) -> str:
    """An order that 张伟 holds and has not acknowledged."""
    request = staff.chenjing.registers(*ZHOU_MIN, "龙头滴水", appointment_at=in_minutes(60))
    order = staff.chenjing.issues(request["number"], "tap_valve", "L-TAP")
    staff.chenjing.dispatches(order, "zhangwei")
    zhangwei.holds(order, state="dispatched")
    return order


def latest_request(staff: Cast) -> str:
    """The number that the next registration would follow."""
    registered = staff.chenjing.registers(*WANG_LIHUA, "问路")
    return str(registered["number"])


def assert_problem(answer: requests.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == status
    assert "Traceback" not in answer.text
    return problem


class TestDesk:
    """The desk's door."""

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"colour": "red"}, "colour"),
            ({"content": 7}, "content"),
            ({"content": ["a"]}, "content"),
            ({"content": ""}, "content"),
            ({"content": "字" * 4001}, "content"),
            ({"content": "a\u0000b"}, "content"),
            ({"channel": "pigeon"}, "channel"),
            ({"customer": "王丽华"}, "customer"),
            ({"customer": {**CALL["customer"], "unit_code": "nowhere"}}, "unit_code"),  # type: ignore[dict-item]
            ({"customer": {**CALL["customer"], "age": 40}}, "customer.age"),  # type: ignore[dict-item]
            ({"appointment_at": "tomorrow"}, "appointment_at"),
            ({"appointment_at": "2025-03-05T10:30:00"}, "appointment_at"),
            ({"appointment_at": 1741141800}, "appointment_at"),
        ],
    )
    def test_wrong_field_is_named_and_nothing_is_registered(
        self, staff: Cast, change: dict[str, Any], field: str
    ) -> None:
        before = latest_request(staff)
        answer = staff.chenjing.ask("POST", "/requests", json={**CALL, **change})
        problem = assert_problem(answer, 422)
        assert any(field in place for place in problem["errors"]), problem
        assert follows(before, latest_request(staff))

    @pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b"null", b'"text"', b""])
    def test_broken_json_is_a_problem(self, staff: Cast, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        answer = staff.chenjing.ask("POST", "/requests", data=body, headers=headers)
        assert_problem(answer, answer.status_code)
        assert answer.status_code in {400, 422}

    def test_oversized_body_is_refused_with_the_limit(self, staff: Cast) -> None:
        answer = staff.chenjing.ask("POST", "/requests", json={**CALL, "content": "x" * 1_100_000})
        assert assert_problem(answer, 413)["limit_bytes"] == 1024 * 1024

    def test_who_is_not_signed_in_gets_401(self, house: House) -> None:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eA=="}):
            answer = requests.get(f"{house.url}/api/v1/orders", headers=headers, timeout=10)
            assert_problem(answer, 401)

    def test_unknown_things_are_not_found(self, staff: Cast) -> None:
        for path in ("/orders/FW-209901-0001", "/requests/DJ-209901-0001", "/nothing"):
            assert_problem(staff.chenjing.ask("GET", path), 404)
        assert_problem(staff.chenjing.ask("DELETE", "/orders"), 405)

    def test_bad_cursor_is_a_problem(self, staff: Cast) -> None:
        for cursor in ("x", "e30", "W10", "WyJ4IiwieSJd"):
            answer = staff.chenjing.ask("GET", "/orders", params={"cursor": cursor})
            assert_problem(answer, 422)

    def test_stale_version_is_412_and_changes_nothing(self, staff: Cast, number: str) -> None:
        path = f"/orders/{number}/recall"
        read = staff.chenjing.ask("GET", f"/orders/{number}")
        current = read.headers["ETag"]
        assert current == f'"{read.json()["version"]}"'
        for stale in ('"1"', '"999"', '"abc"', 'W/"1"'):
            answer = staff.chenjing.ask(
                "POST", path, json={"reason": "改派"}, headers={"If-Match": stale}
            )
            assert_problem(answer, 412)
        assert staff.chenjing.ask("GET", f"/orders/{number}").headers["ETag"] == current
        answer = staff.chenjing.ask(
            "POST", path, json={"reason": "改派"}, headers={"If-Match": current}
        )
        assert answer.json()["state"] == "created"

    def test_idempotency_key_gives_the_first_answer_again(self, staff: Cast) -> None:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        first = staff.chenjing.ask("POST", "/requests", json=CALL, headers=headers)
        again = staff.chenjing.ask("POST", "/requests", json=CALL, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        other = {**CALL, "content": "另一件事"}
        answer = staff.chenjing.ask("POST", "/requests", json=other, headers=headers)
        assert_problem(answer, 409)
        assert follows(first.json()["number"], latest_request(staff))

    def test_refused_call_can_be_corrected_under_the_same_key(self, staff: Cast) -> None:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        wrong = staff.chenjing.ask(
            "POST", "/requests", json={**CALL, "channel": "x"}, headers=headers
        )
        assert_problem(wrong, 422)
        right = staff.chenjing.ask("POST", "/requests", json=CALL, headers=headers)
        assert right.status_code == 201


def counted(house: House, what: str) -> int:
    """What the MQTT worker has counted so far."""
    written = (house.settings.home / "metrics-mqtt.json").read_text()
    return int(json.loads(written)["counts"].get(what, 0))


def follows(before: str, after: str) -> bool:
    """Whether a number is the very next one."""
    return int(after[-4:]) == int(before[-4:]) + 1


class TestEvents:
    """What a handheld sends, by both doors."""

    @pytest.mark.parametrize("door", ["mqtt", "http"])
    def test_wrong_events_are_rejected_and_change_nothing(
        self, staff: Cast, zhangwei: Handheld, number: str, door: str
    ) -> None:
        before = staff.chenjing.order(number)["version"]
        for change, slug in WRONG_EVENTS:
            event = zhangwei.event("order.acknowledged", number) | change
            if door == "mqtt":
                reply = zhangwei.send(event)
            else:
                (reply,) = zhangwei.post_events([event]).json()["replies"]
            assert reply["outcome"] == "rejected", (change, reply)
            assert reply["problem"]["type"] == f"urn:paigong:problem:{slug}", (change, reply)
            assert moment(reply["server_time"])
            order = staff.chenjing.order(number)
            assert (order["version"], order["state"]) == (before, "dispatched")
        # A refused event has used its number: nothing behind it is held up.
        assert zhangwei.does("order.acknowledged", number)["outcome"] == "applied"

    def test_what_cannot_be_read_is_counted_and_passed_over(
        self, house: House, zhangwei: Handheld, number: str
    ) -> None:
        before = counted(house, "refused_events")
        for rubbish in (b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b"[" * 5000, b'{"a":1,"a":2}'):
            for channel in ("events", "sync", "presence"):
                zhangwei.publish(channel, rubbish)
        assert zhangwei.does("order.acknowledged", number)["outcome"] == "applied"
        wait_for(lambda: counted(house, "refused_events") >= before + 7, "the count")

    def test_event_over_64_kib_is_refused_and_later_ones_go_on(
        self, staff: Cast, zhangwei: Handheld, number: str
    ) -> None:
        event = zhangwei.event("order.acknowledged", number)
        swollen = {**event, "data": {"order_version": 1, "padding": "x" * 70_000}}
        zhangwei.publish("events", spelled(swollen))
        assert zhangwei.send(event)["outcome"] in {"applied", "duplicate", "rejected"}
        assert zhangwei.sync()["expected_seq"] == zhangwei.seq + 1
        over_http = zhangwei.post_events([{**swollen, "id": uuid7(), "seq": zhangwei.seq + 1}])
        (reply,) = over_http.json()["replies"]
        assert reply["outcome"] == "rejected"

    def test_packet_over_256_kib_ends_the_connection_and_no_more(
        self, staff: Cast, zhangwei: Handheld, number: str
    ) -> None:
        zhangwei.publish_anywhere(f"{zhangwei.root}/up/events", b"x" * 300_000)
        assert zhangwei.gone.wait(10)
        zhangwei.go_offline()
        zhangwei.connect()
        assert zhangwei.does("order.acknowledged", number)["outcome"] == "applied"

    def test_gap_in_the_numbering_is_asked_for(self, zhangwei: Handheld, number: str) -> None:
        first = zhangwei.event("order.acknowledged", number)
        second = zhangwei.event("order.arrived", number)
        reply = zhangwei.send(second)
        assert (reply["outcome"], reply["expected_seq"]) == ("out_of_order", first["seq"])
        assert zhangwei.orders[number]["state"] == "dispatched"
        assert [reply["outcome"] for reply in zhangwei.flush()] == ["applied"] * 2

    def test_used_id_with_other_content_is_rejected(
        self, staff: Cast, zhangwei: Handheld, number: str
    ) -> None:
        event = zhangwei.event("order.acknowledged", number)
        zhangwei.send(event)
        version = staff.chenjing.order(number)["version"]
        reply = zhangwei.send({**event, "type": "order.arrived"}, again=True)
        assert reply["outcome"] == "rejected"
        assert reply["problem"]["type"] == "urn:paigong:problem:event-id-reused"
        assert staff.chenjing.order(number)["version"] == version

    @pytest.mark.parametrize("days", [-365, 365])
    def test_clock_a_year_off_makes_nothing_early_or_late(
        self, staff: Cast, zhangwei: Handheld, number: str, days: int
    ) -> None:
        off = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        zhangwei.does("order.acknowledged", number, at=off)
        zhangwei.does("order.arrived", number, at=off)
        order = staff.chenjing.order(number)
        dispatched, now = moment(order["dispatched_at"]), dt.datetime.now(dt.UTC)
        assert dispatched <= moment(order["acknowledged_at"]) <= now
        assert dispatched <= moment(order["arrived_at"]) <= now
        assert order["late"] is False
        zhangwei.fast_s = days * 86400
        zhangwei.sync()
        alert = staff.chenjing.open_alerts(zhangwei.device)["device.clock_skew"]
        assert abs(alert["data"]["skew_s"] - days * 86400) < 60

    def test_order_of_another_technician_does_not_exist(
        self, staff: Cast, handheld_of: Callable[[str], Handheld], number: str
    ) -> None:
        machao = handheld_of("machao")
        machao.orders[number] = {"version": 1, "run": []}
        problem = machao.is_refused("order.acknowledged", number)
        assert problem["type"] == "urn:paigong:problem:no-such-order"
        assert machao.ask(f"/orders/{number}/receipt").status_code == 404
        assert staff.chenjing.order(number)["state"] == "dispatched"

    def test_other_devices_topics_are_closed(
        self, staff: Cast, zhangwei: Handheld, handheld_of: Callable[[str], Handheld], number: str
    ) -> None:
        stranger = handheld_of("machao")
        forged = zhangwei.event("order.acknowledged", number)
        zhangwei.queue.remove(forged)
        zhangwei.seq -= 1
        root = "paigong/v1"
        for topic in (f"{zhangwei.root}/up/events", f"{zhangwei.root}/dn/orders", f"{root}/server"):
            stranger.publish_anywhere(topic, spelled(forged))
        if stranger.gone.wait(1):
            stranger.go_offline()
            stranger.connect()
        stranger.sync()
        zhangwei.sync()
        assert staff.chenjing.order(number)["state"] == "dispatched"
        assert not [heard for heard in zhangwei.heard if heard.get("id") == forged["id"]]
        assert zhangwei.does("order.acknowledged", number)["outcome"] == "applied"

    def test_unknown_device_is_let_in_nowhere(self, house: House, zhangwei: Handheld) -> None:
        with Handheld(house.url, lambda _: b"") as stranger:
            stranger.device, stranger.root = "hh-stranger", "paigong/v1/d/hh-stranger"
            stranger.mqtt = {
                **zhangwei.mqtt,
                "client_id": stranger.device,
                "username": stranger.device,
            }
            assert not stranger.try_to_connect()
            stranger.mqtt = {**zhangwei.mqtt, "password": "wrong"}
            assert not stranger.try_to_connect()
            for answer in (
                stranger.ask("/orders"),
                stranger.post_events([]),
                stranger.ask("/orders/FW-209901-0001/receipt"),
            ):
                assert_problem(answer, 401)
            code = {"code": "AAAAAAAA"}
            answer = stranger.http.post(f"{house.url}/field/v1/pairings", json=code, timeout=10)
            assert_problem(answer, 403)

    def test_bad_batches_are_problems(self, zhangwei: Handheld) -> None:
        for body in ({}, [1], "text", [[]]):
            assert_problem(zhangwei.post_events(body), 422)  # type: ignore[arg-type]
        assert_problem(zhangwei.post_events([{}] * 201), 413)
        assert zhangwei.post_events([]).json() == {"replies": []}
        answer = zhangwei.http.post(
            f"{zhangwei.url}/field/v1/events",
            data=b"[{",
            timeout=10,
            headers={"Content-Type": "application/json"},
        )
        assert_problem(answer, 422)
