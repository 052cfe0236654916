"""Nothing is lost or done twice when a part dies, at whatever moment."""

import os
import shutil
import signal
import threading
import time

import pytest
import sqlalchemy as sa

from mqtt.brokers import BrokerUnsafe
from mqtt.worker import EXIT_UNSAFE, run_mqtt_worker
from server.fieldwork import handlers
from server.fieldwork.models import DeviceEvent
from server.history import HistoryRow
from server.outbox import Owed
from tests.acceptance.wire.conftest import Office
from tests.broker_process import running, running_broker, wait_until
from tests.mosquitto_process import Mosquitto


def dispatched(office, estates):
    with office.working(estates) as at:
        technician = at.technician()
        return technician, at.handheld(technician), at.dispatched(technician)


def lose_everything(broker, handheld):
    """kill -9, and not a file is left; the broker is back when this returns."""
    if isinstance(broker, Mosquitto):
        broker.kill()
        broker.initialise()
        broker.start()
        return
    os.kill(broker.pid, signal.SIGKILL)
    assert handheld.gone.wait(5)
    folder = broker.driver.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    wait_until(broker.ready, tend=broker.poll, seconds=60)


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_the_work_list_is_back_ten_seconds_after_the_broker_lost_everything(tmp_path, kind):
    with running(kind, tmp_path / "broker") as broker:
        office = Office(tmp_path / "home", broker)
        estates = office.found()
        _, device, order = dispatched(office, estates)
        with office.worker():
            handheld = office.handheld(device)
            handheld.connect()
            handheld.sync()
            handheld.snapshot(order.number)

            lose_everything(broker, handheld)
            back = time.monotonic()
            handheld.heard.clear()
            handheld.connect()
            handheld.await_heard(lambda topic, m: topic == "paigong/v1/server" and m["online"])
            assert handheld.sync()["orders"] == [order.number]
            assert handheld.snapshot(order.number)["content"] == order.content
            assert time.monotonic() - back < 10

            reply = handheld.send("order.acknowledged", order.number, order_version=2)
            assert reply["outcome"] == "applied"
            handheld.__exit__()
        office.close()


def test_orders_wait_for_the_broker_and_lose_no_try(tmp_path):
    with running_broker(tmp_path / "broker") as broker:
        office = Office(tmp_path / "home", broker)
        estates = office.found()
        technician, device, first = dispatched(office, estates)
        office.let_in(device)
        handheld = office.handheld(device)
        handheld.connect()
        with office.worker():
            handheld.sync()
            wait_until(lambda: office.ask(sa.select(Owed.id).where(Owed.sent_at.is_(None))) is None)
            os.kill(broker.pid, signal.SIGKILL)
            with office.working(estates) as at:
                second = at.dispatched(technician)
            wait_until(broker.ready, tend=broker.poll)
            # It may well be back before the worker, so that nobody hears it ask for a sync.
            handheld.heard.clear()
            handheld.connect()
            handheld.publish("sync", handheld.sync_request())

            handheld.snapshot(first.number)
            handheld.snapshot(second.number)
            result = handheld.await_heard(lambda _, m: m.get("type") == "sync.result")
            assert sorted(result["data"]["orders"]) == [first.number, second.number]
            wait_until(lambda: office.ask(sa.select(Owed.id).where(Owed.sent_at.is_(None))) is None)
            assert office.ask(sa.select(sa.func.max(Owed.tries))) == 1
        handheld.__exit__()
        office.close()


def test_a_handheld_that_asked_while_no_worker_ran_is_answered_by_the_next_one(office, estates):
    _, device, order = dispatched(office, estates)
    office.let_in(device)
    with office.handheld(device) as handheld:
        with office.worker():
            handheld.sync()
        handheld.heard.clear()
        handheld.publish("sync", handheld.sync_request())  # nobody hears it
        with office.worker():
            result = handheld.await_heard(lambda _, m: m.get("type") == "sync.result")
            assert result["data"]["orders"] == [order.number]
            assert "request" not in result["data"]
            assert handheld.snapshot(order.number)


def test_an_event_is_applied_once_though_the_worker_died_before_acknowledging(office, estates):
    _, device, order = dispatched(office, estates)
    office.let_in(device)
    with office.handheld(device) as handheld:
        with office.worker_process(mode="die") as process:
            handheld.sync()
            version = handheld.snapshot(order.number)["version"]
            event = handheld.event("order.acknowledged", order.number, order_version=version)
            handheld.publish("events", event)
            assert process.wait(15) == -signal.SIGKILL
        handheld.await_heard(lambda topic, m: topic == "paigong/v1/server" and not m["online"])
        with office.worker_process():
            # The handheld heard no reply, so it sends again; the first reply was still owed.
            handheld.publish("events", event)
            assert handheld.reply(event["id"])["outcome"] == "applied"
            assert handheld.reply(event["id"], number=2)["outcome"] == "duplicate"

    count = sa.select(sa.func.count())
    assert office.ask(count.select_from(DeviceEvent)) == 1
    assert office.ask(count.where(HistoryRow.kind == "order.acknowledged")) == 1


def test_the_worker_stops_when_told_and_says_that_it_is_away(office, estates):
    _, device, _ = dispatched(office, estates)
    office.let_in(device)
    with office.handheld(device) as handheld:
        with office.worker_process() as process:
            handheld.sync()
            process.terminate()
            assert process.wait(15) == 0
        handheld.await_heard(lambda topic, m: topic == "paigong/v1/server" and not m["online"])
        with office.worker():
            handheld.await_heard(
                lambda topic, m: topic == "paigong/v1/server" and m["online"], number=2
            )


@pytest.mark.parametrize(
    "fault",
    [RuntimeError("a fault of ours"), sa.exc.OperationalError("INSERT", {}, Exception("too big"))],
    ids=["a program error", "the database chokes on it"],
)
def test_an_event_that_our_own_fault_breaks_is_kept_refused_and_the_next_one_taken(
    office, estates, monkeypatch, fault
):
    def breaks(*_: object) -> None:
        raise fault

    monkeypatch.setitem(handlers.ORDER_HANDLERS, "order.opened", breaks)
    _, device, order = dispatched(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        handheld.sync()
        version = handheld.snapshot(order.number)["version"]
        poisoned = handheld.event("order.opened", order.number, order_version=version)
        sound = handheld.event("order.acknowledged", order.number, order_version=version)
        handheld.publish("events", poisoned)
        handheld.publish("events", sound)

        refused = handheld.reply(poisoned["id"])
        assert (refused["outcome"], refused["problem"]["status"]) == ("rejected", 503)
        assert handheld.reply(sound["id"])["outcome"] == "applied"
        kept = office.ask(sa.select(DeviceEvent).where(DeviceEvent.seq == 1))
        assert kept.payload == poisoned
        handheld.publish("events", poisoned)
        assert handheld.reply(poisoned["id"], number=2)["outcome"] == "duplicate"


class TooFriendly:
    """A broker whose self-test finds that a forged will got through."""

    def prepare(self) -> None:
        pass

    def self_test(self) -> None:
        raise BrokerUnsafe("a forged will was delivered")


def test_no_handheld_is_served_by_a_broker_that_does_not_keep_them_apart(office, caplog):
    code = run_mqtt_worker(office.app, office.settings, TooFriendly(), stopping=threading.Event())
    assert code == EXIT_UNSAFE
    assert "a forged will was delivered" in caplog.text


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_worker_that_starts_over_goes_on_where_it_stopped(office, estates, stop_after):
    technician, device, first = dispatched(office, estates)
    office.let_in(device)
    with office.handheld(device) as handheld:
        for _ in range(stop_after):
            with office.worker():
                handheld.sync()
        with office.working(estates) as at:
            second = at.dispatched(technician)
        with office.worker():
            assert handheld.snapshot(second.number)
            assert sorted(handheld.sync()["orders"]) == sorted([first.number, second.number])
