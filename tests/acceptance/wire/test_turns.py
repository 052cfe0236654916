"""One turn of the worker's loop at a time, with the test deciding what happens in between."""

import pytest
import sqlalchemy as sa

from mqtt.relay import Relay
from mqtt.worker import MqttWorker
from server import outbox
from server.db import db, transaction, utcnow
from server.fieldwork.models import DeviceEvent
from server.outbox import Owed
from tests.broker_process import wait_until


@pytest.fixture
def worker(office, estates):
    with MqttWorker(office.app, office.settings, office.broker.driver) as running:
        yield running


def turn_until(worker, condition):
    wait_until(condition, tend=worker.turn)


def test_nothing_is_acknowledged_or_lost_while_the_database_cannot_be_written(
    office, estates, worker
):
    with office.working(estates) as at:
        technician = at.technician()
        device = at.handheld(technician)
        order = at.dispatched(technician)
    office.let_in(device)
    turn_until(worker, lambda: worker.metrics["out_sent"] == 2)
    with office.app.app_context():
        engine = db.engine
    full = [True]

    @sa.event.listens_for(engine, "begin")
    def as_if_the_disk_were_full(connection):
        connection.exec_driver_sql(f"PRAGMA query_only={int(full[0])}")

    with office.handheld(device) as handheld:
        event = handheld.event("order.acknowledged", order.number, order_version=order.version)
        handheld.publish("events", event)

        def fails() -> bool:
            try:
                worker.turn()
            except sa.exc.OperationalError:
                return True
            return False

        wait_until(fails)
        assert fails()
        full[0] = False
        assert office.ask(sa.select(DeviceEvent.seq)) is None
        turn_until(worker, lambda: office.ask(sa.select(DeviceEvent.outcome)) == "applied")
        turn_until(worker, lambda: handheld.matching(lambda topic, _: topic == "replies"))
        assert handheld.reply(event["id"])["outcome"] == "applied"


def test_an_order_that_changes_while_it_is_sent_is_sent_again(office, estates, worker, monkeypatch):
    with office.working(estates) as at:
        technician = at.technician()
        device = at.handheld(technician)
        order = at.dispatched(technician)
    office.let_in(device)
    waits = Relay._await
    changes = [1]

    def change_meanwhile(relay, tickets):
        waits(relay, tickets)
        if changes.pop() if changes else 0:
            with transaction() as current:
                outbox.note(
                    current,
                    device_id=device.id,
                    kind=outbox.ORDER,
                    subject=order.number,
                    version=order.version,
                    at=utcnow(),
                )

    monkeypatch.setattr(Relay, "_await", change_meanwhile)
    with office.handheld(device) as handheld:
        turn_until(worker, lambda: len(handheld.matching(lambda topic, _: topic == "orders")) == 2)
        turn_until(
            worker, lambda: office.ask(sa.select(Owed.id).where(Owed.sent_at.is_(None))) is None
        )


def test_a_burst_of_events_is_taken_in_few_transactions(office, estates, worker):
    with office.working(estates) as at:
        technician = at.technician()
        device = at.handheld(technician)
        order = at.dispatched(technician)
    office.let_in(device)
    turn_until(worker, lambda: worker.metrics["out_sent"] == 2)
    with office.app.app_context():
        engine = db.engine
    commits = []
    sa.event.listen(engine, "commit", lambda _: commits.append(1))
    with office.handheld(device) as handheld:
        events = [
            handheld.event("order.received", order.number, order_version=order.version)
            for _ in range(60)
        ]
        for event in events:
            handheld.publish("events", event)
        turn_until(
            worker, lambda: len(handheld.matching(lambda topic, _: topic == "replies")) == 60
        )
    order_of_replies = [m["data"]["event"] for topic, m in handheld.heard if topic == "replies"]
    assert order_of_replies == [event["id"] for event in events]
    assert {m["data"]["outcome"] for topic, m in handheld.heard if topic == "replies"} == {
        "applied"
    }
    assert len(commits) < 20
