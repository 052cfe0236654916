"""Broker and workers are killed with -9: work lists come back, nothing is lost or doubled."""

import concurrent.futures
import secrets
import shutil
import time
from collections.abc import Iterator

import pytest
import requests

from mqtt.brokers import nats_accounts
from mqtt.brokers.knock import lets_in
from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.handheld_line import spelled
from tests.acceptance.people import LI_JIANJUN, WANG_LIHUA, ZHOU_MIN, Cast, cast_of
from tests.acceptance.stack import House, running_house, wait_for

TECHNICIANS = ("liuqiang", "zhangwei", "machao")


@pytest.fixture(scope="module")
def rough_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that may be broken."""
    with running_house(tmp_path_factory.mktemp("rough")) as running:
        yield running


@pytest.fixture(scope="module")
def people(rough_house: House) -> Iterator[Cast]:
    with cast_of(rough_house) as people:
        yield people


@pytest.fixture(scope="module")
def handhelds(people: Cast) -> dict[str, Handheld]:
    return {name: people.new_handheld(name, name).connect() for name in TECHNICIANS}


def sent(people: Cast, technician: str, *, resident: tuple[str, str, str] = ZHOU_MIN) -> str:
    """A new order, dispatched; household work that everybody may do."""
    request = people.chenjing.registers(*resident, "门锁坏了", appointment_at=in_minutes(60))
    number = people.chenjing.issues(request["number"], "household_other", nature="routine")
    people.chenjing.dispatches(number, technician)
    return number


def lets_anybody_in(house: House) -> bool:
    """Whether the broker is back with its accounts."""
    folder, port = house.settings.home / "broker", house.settings.mqtt_port
    return lets_in("127.0.0.1", port, nats_accounts.knock_of(folder), timeout_seconds=1.0)


def test_work_lists_come_back_when_the_broker_is_killed_and_its_store_wiped(
    rough_house: House, people: Cast, handhelds: dict[str, Handheld]
) -> None:
    residents = (ZHOU_MIN, WANG_LIHUA, LI_JIANJUN)
    numbers = {
        name: {sent(people, name, resident=one) for one in residents} for name in TECHNICIANS
    }
    for name, handheld in handhelds.items():
        for number in numbers[name]:
            handheld.holds(number)
    recalled = numbers["machao"].pop()

    store = rough_house.settings.home / "broker" / "store"
    store.rename(store.with_name("wiped"))
    rough_house.kill("broker")
    shutil.rmtree(store.with_name("wiped"))
    wait_for(lambda: lets_anybody_in(rough_house), "the broker", 60)
    back = time.monotonic()
    people.chenjing.post(f"/orders/{recalled}/recall", reason="改期")
    for handheld in handhelds.values():
        assert handheld.gone.wait(5)
        handheld.go_offline()
        handheld.orders.clear()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(Handheld.connect, handhelds.values()))
    took_s = time.monotonic() - back
    for name, handheld in handhelds.items():
        assert numbers[name] <= handheld.orders.keys()
        assert recalled not in handheld.orders
    assert took_s < 10
    wait_for(rough_house.is_healthy, "health")


def test_mqtt_worker_killed_amid_events(
    rough_house: House, people: Cast, handhelds: dict[str, Handheld]
) -> None:
    zhangwei = handhelds["zhangwei"]
    number = sent(people, "zhangwei")
    zhangwei.holds(number)
    kinds = ["order.received", "order.opened", "order.acknowledged", *["order.opened"] * 20]
    events = [zhangwei.event(kind, number) for kind in kinds]
    for event in events[:12]:
        zhangwei.publish("events", spelled(event))
    rough_house.kill("mqtt")
    dispatched = sent(people, "zhangwei", resident=WANG_LIHUA)  # while nobody relays
    replies = [zhangwei.send(event, again=True) for event in events]
    outcomes = [reply.get("first_outcome", reply["outcome"]) for reply in replies]
    assert outcomes == ["applied"] * len(events)
    told = [row["kind"] for row in people.chenjing.history(number) if row["device_at"]]
    assert told == kinds
    assert zhangwei.holds(dispatched)["state"] == "dispatched"
    rough_house.assert_history_holds(number)


def test_photo_worker_killed_amid_pictures(
    rough_house: House, people: Cast, handhelds: dict[str, Handheld]
) -> None:
    zhangwei = handhelds["zhangwei"]
    number = sent(people, "zhangwei")
    zhangwei.holds(number)
    shas = [zhangwei.uploads(number, "before")["sha256"] for _ in range(3)]
    rough_house.kill("photos")
    shas += [zhangwei.uploads(number, "after")["sha256"] for _ in range(2)]

    def processed() -> bool:
        items = people.chenjing.get(f"/orders/{number}/photos")["items"]
        assert [photo["sha256"] for photo in items] == shas
        return all(photo["state"] == "processed" for photo in items)

    wait_for(processed, "thumbnails", 60)
    for photo in people.chenjing.get(f"/orders/{number}/photos")["items"]:
        shown = people.chenjing.http.get(f"{rough_house.url}{photo['thumbnail_url']}", timeout=10)
        assert shown.status_code == 200
        assert shown.headers["Content-Type"].startswith("image/")


def test_background_worker_killed_before_what_follows(
    rough_house: House, people: Cast, handhelds: dict[str, Handheld]
) -> None:
    device = people.new_handheld("machao", "spare")
    number = sent(people, "liuqiang")
    rough_house.let_time_pass(number, minutes=6)
    people.zhaomin.post(f"/devices/{device.device}/revoke", reason="退役", lost=False)
    rough_house.kill("background")
    alert = wait_for(
        lambda: people.chenjing.open_alerts(number).get("clock.acknowledge"), "the alert", 40
    )
    assert alert["data"]["technician"] == "刘强"
    rough_house.wait_for_reactions()
    fired = [row["data"]["clock"] for row in people.chenjing.history(number, "clock.fired")]
    assert sorted(fired) == ["acknowledge", "ring_again"]
    assert len(people.chenjing.history(number, "alert.raised")) == 1


def test_web_killed_amid_calls(rough_house: House, people: Cast) -> None:
    """A client that repeats with the same key registers once, however often the web dies."""
    call = {
        "customer": dict(zip(("name", "unit_code", "phone"), ZHOU_MIN, strict=True)),
        "content": "水管响",
        "channel": "phone",
    }
    keys = [secrets.token_hex(8) for _ in range(12)]
    people.chenjing.get("/orders")

    def insists(key: str) -> str:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = requests.post(
                    f"{rough_house.url}/api/v1/requests",
                    json=call,
                    headers={
                        "Idempotency-Key": key,
                        "Authorization": str(people.chenjing.http.headers["Authorization"]),
                    },
                    timeout=10,
                )
                assert answer.status_code == 201, answer.text
                return str(answer.json()["number"])
            except requests.RequestException:
                assert time.monotonic() < deadline
                time.sleep(0.1)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        first = [pool.submit(insists, key) for key in keys]
        wait_for(lambda: any(one.done() for one in first), "a first answer")
        rough_house.kill("web")
        numbers = [one.result() for one in first]
    again = [insists(key) for key in keys]
    assert again == numbers
    assert len(set(numbers)) == len(keys)
    serial = sorted(int(number[-4:]) for number in numbers)
    assert serial == list(range(serial[0], serial[0] + len(keys)))  # no number was burnt
    wait_for(rough_house.is_healthy, "health")
