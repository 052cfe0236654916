"""The handheld's MQTT line on a real broker: sync first, order kept, nothing lost or doubled."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reference_handheld import held_orders, outgoing
from reference_handheld.inbox import Inbox
from reference_handheld.link import Link, Patience
from reference_handheld.store import Pairing, Store
from reference_handheld.times import now
from tests.acceptance.reference_handheld.office import Office
from tests.broker_process import enrolled, running_broker, wait_until

ORDER = "FW-202503-0001"
AT = datetime(2025, 3, 5, 1, 8, tzinfo=UTC)
IMPATIENT = Patience(sync_s=1.0, answer_s=1.0, resend_s=0.2, first_pause_s=0.1, longest_pause_s=0.5)


def snapshot(version: int = 1, number: str = ORDER) -> dict[str, Any]:
    return {"number": number, "version": version, "state": "dispatched", "category": "lamp"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Any]:
    with running_broker(tmp_path / "broker") as running:
        yield running


@pytest.fixture
def office(broker: Any) -> Iterator[Office]:
    server = broker.driver.server_credentials
    office = Office(broker.endpoint.host, broker.endpoint.port, server.username, server.password)
    yield office
    office.close()


class Technician:
    """A handheld with a line to the broker, which a test kills and switches on at will."""

    def __init__(self, broker: Any, path: Path) -> None:
        credentials = enrolled(broker)
        self.device = credentials.username
        self.path = path
        self.lines: list[str] = []
        store = Store(path)
        mqtt = {
            "host": broker.endpoint.host,
            "port": broker.endpoint.port,
            "tls": False,
            "client_id": self.device,
            "username": self.device,
            "password": credentials.password,
            "root": "paigong/v1",
        }
        store.pair(Pairing(url="http://x", device=self.device, token="t", technician="", mqtt=mqtt))
        store.close()
        self.switch_on()

    def switch_on(self) -> None:
        self.store = Store(self.path)
        pairing = self.store.pairing()
        assert pairing is not None
        inbox = Inbox(self.store, say=self.lines.append, clock=now)
        self.link = Link(
            self.store,
            pairing,
            inbox,
            say=self.lines.append,
            clock=now,
            rng=random.Random(1),
            patience=IMPATIENT,
        )

    def kill(self) -> None:
        """The process is gone: the socket breaks, nothing is said or written any more."""
        client = self.link._client
        socket = client.socket() if client else None
        if socket is not None:
            socket.close()
        self.store.close()

    def does(self, *types: str) -> None:
        for type_ in types:
            outgoing.enqueue(
                self.store,
                device=self.device,
                type=type_,
                subject=ORDER,
                data={"order_version": 1},
                at=AT,
            )

    def works_until(self, condition: Callable[[], object], *, seconds: float = 15.0) -> None:
        wait_until(condition, seconds=seconds, tend=lambda: self.link.turn(0.05))

    def queue_is_empty(self) -> bool:
        return outgoing.waiting_count(self.store) == 0


@pytest.fixture
def technician(broker: Any, tmp_path: Path) -> Iterator[Technician]:
    technician = Technician(broker, tmp_path / "handheld.sqlite")
    yield technician
    technician.link.stop()
    technician.store.close()


MORNING = ("order.received", "order.opened", "order.acknowledged", "order.arrived")


def test_the_work_list_is_on_the_handheld_after_the_first_sync(
    office: Office, technician: Technician
) -> None:
    office.orders[ORDER] = snapshot(3)
    technician.works_until(lambda: technician.link.up)
    assert held_orders.versions(technician.store) == {ORDER: 3}
    assert office.syncs[0]["last_seq"] == 0


def test_events_made_offline_go_in_order_after_the_sync(
    office: Office, technician: Technician
) -> None:
    technician.does(*MORNING)
    technician.works_until(technician.queue_is_empty)
    assert office.types() == list(MORNING)
    assert office.syncs[0]["queued"] == 4


def test_a_lost_event_and_a_lost_reply_leave_no_gap_and_no_double(
    office: Office, technician: Technician
) -> None:
    office.lose_event = lambda nth: nth == 2
    office.lose_reply = lambda nth: nth in {1, 3, 6}
    technician.does(*MORNING * 6)
    technician.works_until(technician.queue_is_empty)
    assert office.types() == list(MORNING * 6)
    assert all(len(bodies) == 1 for bodies in office.bodies.values())


def test_a_gap_in_a_full_window_does_not_start_a_storm(
    office: Office, technician: Technician
) -> None:
    office.lose_event = lambda nth: nth == 1
    technician.does(*MORNING * 5)
    technician.works_until(technician.queue_is_empty)
    assert max(office.received.values()) <= 5


def test_killed_before_the_replies_came_the_same_events_go_again(
    office: Office, technician: Technician
) -> None:
    office.lose_reply = lambda nth: nth <= 4
    technician.does(*MORNING)
    technician.works_until(lambda: len(office.types()) == 4)
    technician.kill()
    technician.switch_on()
    technician.works_until(technician.queue_is_empty)
    assert office.types() == list(MORNING)
    assert all(len(bodies) == 1 for bodies in office.bodies.values())


def test_an_answer_of_no_takes_the_event_out_and_work_goes_on(
    office: Office, technician: Technician
) -> None:
    office.refuse = lambda event: event["type"] == "order.opened"
    technician.does(*MORNING)
    technician.works_until(technician.queue_is_empty)
    assert [event.type for event in outgoing.refused(technician.store)] == ["order.opened"]
    assert any("R-056" in line for line in technician.lines)


def test_after_a_restore_the_forgotten_events_are_sent_again(
    office: Office, technician: Technician
) -> None:
    office.orders[ORDER] = snapshot(9)
    technician.does(*MORNING)
    technician.works_until(technician.queue_is_empty)
    office.restore_backup(keep=1)
    office.orders[ORDER] = snapshot(2)
    office.tell(technician.device, "commands", "device.sync", {})
    technician.works_until(lambda: len(office.types()) == 4 and technician.queue_is_empty())
    assert office.types() == list(MORNING)
    technician.works_until(lambda: held_orders.versions(technician.store) == {ORDER: 2})


def test_a_killed_broker_that_comes_back_finds_the_work_list_told_again(
    broker: Any, office: Office, technician: Technician
) -> None:
    office.orders[ORDER] = snapshot(1)
    technician.works_until(lambda: technician.link.up)
    os.kill(broker.pid, signal.SIGKILL)
    technician.works_until(lambda: not technician.link.up)
    office.orders["FW-202503-0002"] = snapshot(1, "FW-202503-0002")
    wait_until(broker.poll)
    technician.works_until(
        lambda: set(held_orders.versions(technician.store)) == set(office.orders), seconds=30
    )


def test_a_server_that_does_not_answer_is_asked_again_on_a_new_line(
    office: Office, technician: Technician
) -> None:
    office.silent = True
    technician.works_until(lambda: technician.link.failures >= 2)
    office.silent = False
    technician.works_until(lambda: technician.link.up)
    assert technician.link.failures == 0


def test_while_the_server_is_away_events_stay_on_the_handheld(
    office: Office, technician: Technician
) -> None:
    technician.works_until(lambda: technician.link.up)
    office.state(online=False)
    technician.works_until(lambda: not technician.link.up)
    technician.does("order.arrived")
    for _ in range(5):
        technician.link.turn(0.05)
    assert office.types() == []
    office.state(online=True)
    technician.works_until(technician.queue_is_empty)
    assert office.types() == ["order.arrived"]


def last_arrival(office: Office) -> dict[str, Any]:
    """What the handheld said when it last came: a slow answer makes it come again."""
    return [said for said in office.presence if said["online"]][-1]


def test_presence_says_online_and_good_bye_under_one_session(
    office: Office, technician: Technician
) -> None:
    technician.works_until(lambda: technician.link.up and office.presence)
    technician.link.stop()
    wait_until(lambda: office.presence[-1]["online"] is False)
    assert office.presence[-1]["session"] == last_arrival(office)["session"]


def test_the_will_speaks_for_a_handheld_that_was_killed(
    office: Office, technician: Technician
) -> None:
    technician.works_until(lambda: technician.link.up and office.presence)
    technician.kill()
    wait_until(lambda: office.presence[-1]["online"] is False)
    assert office.presence[-1]["session"] == last_arrival(office)["session"]
    technician.switch_on()


def test_a_wipe_order_empties_the_handheld_and_closes_the_line(
    office: Office, technician: Technician
) -> None:
    office.orders[ORDER] = snapshot(1)
    technician.works_until(lambda: technician.link.up)
    office.tell(technician.device, "commands", "device.wipe", {"reason": "遗失"})
    technician.works_until(lambda: technician.link.wiped)
    assert technician.store.pairing() is None
    assert held_orders.held(technician.store) == []


def test_a_revoked_handheld_knows_that_it_is_not_let_in(
    broker: Any, office: Office, technician: Technician
) -> None:
    technician.works_until(lambda: technician.link.up)
    broker.driver.revoke(technician.device)
    technician.works_until(lambda: technician.link.not_authorised)


def test_nonsense_from_above_is_shown_and_nothing_stops(
    office: Office, technician: Technician
) -> None:
    technician.works_until(lambda: technician.link.up)
    office._client.publish(f"paigong/v1/d/{technician.device}/dn/orders", b"\xff{", qos=1)
    office.tell(technician.device, "orders", "order.snapshot", {"number": ORDER})
    technician.does("order.arrived")
    technician.works_until(technician.queue_is_empty)
    assert sum("unreadable" in line for line in technician.lines) == 2
