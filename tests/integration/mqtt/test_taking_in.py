"""What handhelds say finds its place in the database, on either engine."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from contracts.fields import format_time
from mqtt import topics
from mqtt.ingest import Ingest
from mqtt.link import Received
from mqtt.metrics import Metrics
from mqtt.sync import UNASKED, offer_to_all
from server import outbox
from server.alerts.operations import open_alerts
from server.devices.operations import command, revoke
from server.fieldwork.models import DeviceEvent, DeviceReply
from server.outbox import Owed
from server.work_orders.operations import dispatching
from tests.cast import CHEN_JING, LIU_QIANG

A_YEAR_S = 365 * 86400


def received(topic: str, payload: object, *, retain: bool = False) -> Received:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Received(topic=topic, payload=raw, retain=retain, dup=False, mid=1, qos=1, generation=1)


@pytest.fixture
def metrics(tmp_path):
    return Metrics(tmp_path / "metrics.json")


@pytest.fixture
def hear(world, settled, metrics):
    """Take in one message as the worker would; `topic` is a function of `mqtt.topics`."""
    ingest = Ingest(settled, metrics)

    def take(topic, payload, *, device=LIU_QIANG.handheld, retain=False):
        message = received(topic(device), payload, retain=retain)
        world.do(ingest.take, message, at=world.later())

    return take


def envelope(kind: str, at, **more):
    return {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": f"devices/{LIU_QIANG.handheld}",
        "type": kind,
        "time": format_time(at),
        **more,
    }


def sync(at, orders=None, **data):
    data = {"epoch": "e", "orders": orders or {}, "last_seq": 0, **data}
    return envelope("sync.request", at, data=data)


def presence(at, *, online=True, mark="first", **more):
    return {"online": online, "session": mark, "at": format_time(at), **more}


def dispatched(world):
    order = world.issued()
    world.do(
        dispatching.dispatch,
        world.settings,
        order,
        world.user(LIU_QIANG),
        by=world.by(CHEN_JING),
        at=world.later(),
    )
    return order


def owed(session, *kinds):
    rows = session.scalars(
        sa.select(Owed).where(Owed.sent_at.is_(None), Owed.kind.in_(kinds)).order_by(Owed.id)
    )
    return [(row.kind, row.subject) for row in rows]


def forget_owed(world):
    world.do(lambda session: session.execute(sa.delete(Owed)))


def test_a_sync_owes_the_missing_order_before_the_result(world, session, hear):
    order = dispatched(world)
    forget_owed(world)
    request = sync(world.now, queued=3)
    hear(topics.sync, request)

    assert owed(session, outbox.ORDER, outbox.SYNC) == [
        (outbox.ORDER, order.number),
        (outbox.SYNC, request["id"]),
    ]
    device = world.handheld(LIU_QIANG)
    assert (device.online, device.queued, device.sync_epoch) == (True, 3, "e")


@pytest.mark.parametrize(("ahead", "is_owed"), [(0, False), (-1, True), (5, True)])
def test_only_the_version_that_the_server_has_counts_as_held(world, session, hear, ahead, is_owed):
    order = dispatched(world)
    forget_owed(world)
    hear(topics.sync, sync(world.now, {order.number: order.version + ahead}))
    assert bool(owed(session, outbox.ORDER)) is is_owed


@pytest.mark.parametrize("off_s", [A_YEAR_S, -A_YEAR_S, 121 + 60])
def test_a_clock_that_is_off_is_shown_once_and_only_until_it_is_right(world, session, hear, off_s):
    for _ in range(2):
        hear(topics.sync, sync(world.now + dt.timedelta(seconds=off_s)))
    shown = open_alerts(session, world.estate_id)
    assert [(alert.kind, alert.rule) for alert in shown] == [("device.clock_skew", "P-18")]
    # The request is made at the moment at which it will be taken in: a minute later.
    hear(topics.sync, sync(world.now + dt.timedelta(minutes=1)))
    assert open_alerts(session, world.estate_id) == []
    assert world.handheld(LIU_QIANG).clock_skew_s == 0


def test_a_late_will_of_an_older_session_changes_nothing(world, session, hear, metrics):
    hear(topics.presence, presence(world.now, mark="second", battery=80))
    hear(topics.presence, presence(world.now, mark="first", online=False))

    device = world.handheld(LIU_QIANG)
    assert (device.online, device.presence_session, device.battery_percent) == (True, "second", 80)
    assert metrics["late_wills"] == 1


def test_what_the_broker_only_remembers_is_no_sign_of_life(world, session, hear):
    hear(topics.presence, presence(world.now))
    seen_at = world.handheld(LIU_QIANG).last_seen_at
    hear(topics.presence, presence(world.now, online=False), retain=True)

    device = world.handheld(LIU_QIANG)
    assert (device.online, device.last_seen_at) == (False, seen_at)


def test_the_longest_words_that_the_wire_allows_can_be_kept(world, session, hear, metrics):
    hear(
        topics.presence,
        presence(world.now, mark="s" * 100, app_version="v" * 60, queued=2**53 - 1),
    )
    hear(topics.presence, presence(world.now, mark="s" * 100, online=False))
    hear(topics.sync, sync(world.now, epoch="e" * 100, queued=2**53 - 1))

    assert (metrics["in_presence"], metrics["late_wills"]) == (2, 0)
    assert world.handheld(LIU_QIANG).sync_epoch == "e" * 40


def test_a_cleared_presence_is_no_fault(world, hear, metrics):
    hear(topics.presence, b"", retain=True)
    assert metrics["refused_presence"] == 0


def test_a_handheld_without_credentials_is_not_heard(world, session, hear, metrics):
    order = dispatched(world)
    world.do(
        revoke, LIU_QIANG.handheld, reason="丢失", lost=True, by=world.by(CHEN_JING), at=world.now
    )
    event = envelope(
        "order.acknowledged",
        world.now,
        subject=order.number,
        seq=1,
        data={"order_version": order.version},
    )
    hear(topics.events, event)
    hear(topics.events, event, device="hh-nobody")

    assert metrics["refused_device"] == 2
    assert session.scalar(sa.select(DeviceEvent.seq)) is None
    assert session.scalar(sa.select(DeviceReply.id)) is None


def test_a_parked_command_is_owed_again_after_a_sync(world, session, hear):
    world.do(
        command,
        world.handheld(LIU_QIANG),
        "device.notice",
        text="请交单",
        by=world.by(CHEN_JING),
        at=world.now,
    )
    world.do(lambda current: current.execute(sa.update(Owed).values(tries=8)))
    hear(topics.sync, sync(world.now))
    assert session.scalar(sa.select(Owed.tries).where(Owed.kind == outbox.COMMAND)) == 0


def test_an_event_that_our_own_fault_broke_is_kept_once_and_answered(world, session, settled):
    metrics = Metrics(settled.home / "metrics.json")
    ingest = Ingest(settled, metrics)
    event = envelope(
        "order.opened", world.now, subject="FW-202503-0001", seq=1, data={"order_version": 1}
    )
    message = received(topics.events(LIU_QIANG.handheld), event)
    for _ in range(2):
        world.do(ingest.refuse_poisoned, message, at=world.later())

    kept = session.scalars(sa.select(DeviceEvent)).one()
    assert (kept.outcome, kept.payload) == ("rejected", event)
    assert session.scalars(sa.select(DeviceReply)).one().body["event"] == event["id"]
    assert world.handheld(LIU_QIANG).last_seq == 1


@pytest.mark.parametrize(("hours", "is_offered"), [(0.5, True), (2, False)])
def test_a_server_that_is_back_offers_the_work_list_to_who_was_heard_lately(
    world, session, hear, hours, is_offered
):
    order = dispatched(world)
    hear(topics.sync, sync(world.now, {order.number: order.version}))
    forget_owed(world)
    world.do(offer_to_all, at=world.now + dt.timedelta(hours=hours))

    offered = [(outbox.ORDER, order.number), (outbox.SYNC, UNASKED)]
    assert owed(session, outbox.ORDER, outbox.SYNC) == (offered if is_offered else [])
