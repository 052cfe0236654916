"""What technicians do reaches the server once, whatever the way there did to it."""

import json

import sqlalchemy as sa

from mqtt.metrics import FILE_NAME
from server.alerts.models import Alert
from server.fieldwork.models import DeviceEvent
from server.work_orders.models import WorkOrder
from tests.acceptance.wire.handheld import now
from tests.broker_process import ON_BOTH, server_seat, wait_until


def order_state(office, number: str) -> str:
    return office.ask(sa.select(WorkOrder.state).where(WorkOrder.number == number))


def events_kept(office) -> int:
    return office.ask(sa.select(sa.func.count()).select_from(DeviceEvent))


def counted(office, name: str) -> int:
    return json.loads((office.settings.home / FILE_NAME).read_text())["counts"].get(name, 0)


def at_work(office, estates):
    """A technician's handheld and an order that has been dispatched to it."""
    with office.working(estates) as at:
        technician = at.technician()
        return at.handheld(technician), at.dispatched(technician)


@ON_BOTH
def test_an_acknowledged_order_is_acknowledged(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        reply = handheld.send("order.acknowledged", order.number, order_version=version)

        assert reply["outcome"] == "applied"
        assert reply["state"] == order_state(office, order.number) == "acknowledged"
        assert handheld.snapshot(order.number, version=reply["order_version"])


def test_the_reply_names_the_order_as_its_subject(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        handheld.send("order.received", order.number, order_version=version)
        reply = handheld.await_heard(lambda _, m: m.get("type") == "event.reply")
        assert reply["subject"] == order.number


def test_an_event_sent_twice_is_applied_once(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        event = handheld.event("order.acknowledged", order.number, order_version=version)
        handheld.publish("events", event)
        handheld.publish("events", event)

        assert handheld.reply(event["id"])["outcome"] == "applied"
        again = handheld.reply(event["id"], number=2)
        assert (again["outcome"], again["first_outcome"]) == ("duplicate", "applied")
        assert events_kept(office) == 1


def test_an_id_used_again_for_something_else_is_refused(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        event = handheld.event("order.acknowledged", order.number, order_version=version)
        handheld.publish("events", event)
        handheld.reply(event["id"])
        other = {**event, "type": "order.returned", "data": {**event["data"], "reason": "太远"}}
        handheld.publish("events", other)

        refused = handheld.reply(event["id"], number=2)
        assert refused["outcome"] == "rejected"
        assert refused["problem"]["type"].endswith("event-id-reused")
        assert order_state(office, order.number) == "acknowledged"


def test_an_event_ahead_of_its_turn_is_asked_for_again(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        first = handheld.event("order.received", order.number, order_version=version)
        second = handheld.event("order.acknowledged", order.number, order_version=version)
        handheld.publish("events", second)

        early = handheld.reply(second["id"])
        assert (early["outcome"], early["expected_seq"]) == ("out_of_order", 1)
        handheld.publish("events", first)
        handheld.publish("events", second)
        assert handheld.reply(first["id"])["outcome"] == "applied"
        assert handheld.reply(second["id"], number=2)["outcome"] == "applied"


def test_an_event_in_the_name_of_another_handheld_is_refused(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        event = handheld.event("order.acknowledged", order.number, order_version=version)
        handheld.publish("events", {**event, "source": "devices/hh-somebody"})

        reply = handheld.reply(event["id"])
        assert reply["outcome"] == "rejected"
        assert reply["problem"]["type"].endswith("foreign-source")
        assert order_state(office, order.number) == "dispatched"


def test_an_order_of_another_technician_does_not_exist(office, estates):
    device, _ = at_work(office, estates)
    with office.working(estates) as at:
        others = at.dispatched(at.technician("马超"))
    with office.worker(), office.handheld(device) as handheld:
        reply = handheld.send("order.acknowledged", others.number, order_version=1)
        assert reply["problem"]["type"].endswith("no-such-order")


def test_an_unknown_event_is_refused_and_the_next_one_taken(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        odd = handheld.send("order.exploded", order.number, order_version=version)
        assert odd["outcome"] == "rejected"
        assert odd["problem"]["type"].endswith("unknown-event-type")
        reply = handheld.send("order.acknowledged", order.number, order_version=version)
        assert reply["outcome"] == "applied"


def test_garbage_is_counted_and_stops_nothing(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        handheld.publish("events", b"{not json")
        handheld.publish("events", b"\xff\xfe")
        handheld.publish("events", b"[1, 2]")
        handheld.publish("events", b"x" * (65 * 1024))
        handheld.publish("sync", b"null")
        handheld.publish("presence", b'{"online": "yes"}')
        handheld.publish("photos", b"no such channel")
        with server_seat(office.broker) as seat:
            seat.publish("paigong/v1/d/NO-SUCH-ID/up/events", b"{}")
            seat.settle()
        reply = handheld.send("order.acknowledged", order.number, order_version=version)

        assert reply["outcome"] == "applied"
        wait_until(lambda: counted(office, "refused_events") == 4)
        wait_until(lambda: counted(office, "refused_sync") == 1)
        wait_until(lambda: counted(office, "refused_presence") == 1)
        wait_until(lambda: counted(office, "refused_topic") == 1)


def test_an_oversized_event_of_which_only_the_place_can_be_read_is_answered(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        version = handheld_version(handheld, order)
        event = handheld.event("order.acknowledged", order.number, order_version=version)
        del event["id"]
        handheld.publish("events", event)

        reply = handheld.reply(None)
        assert (reply["outcome"], reply["seq"]) == ("rejected", 1)


def test_a_clock_that_is_a_year_off_makes_no_order_early_or_late(office, estates):
    device, order = at_work(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        handheld.publish("sync", handheld.sync_request(time=now(days=365)))
        version = handheld.snapshot(order.number)["version"]
        event = handheld.event("order.acknowledged", order.number, order_version=version)
        handheld.publish("events", {**event, "time": now(days=-365)})

        assert handheld.reply(event["id"])["outcome"] == "applied"
        acknowledged_at, dispatched_at = (
            office.ask(sa.select(column).where(WorkOrder.number == order.number))
            for column in (WorkOrder.acknowledged_at, WorkOrder.dispatched_at)
        )
        assert acknowledged_at >= dispatched_at


def test_a_wrong_clock_is_shown_to_the_desk_until_it_is_right(office, estates):
    device, _ = at_work(office, estates)
    open_alert = sa.select(Alert).where(
        Alert.kind == "device.clock_skew", Alert.resolved_at.is_(None)
    )
    with office.worker(), office.handheld(device) as handheld:
        handheld.sync(time=now(days=365))
        alert = office.ask(open_alert)
        assert (alert.subject, alert.rule) == (device.id, "P-18")
        assert alert.audience
        assert abs(office.device(device.id).clock_skew_s - 365 * 86400) < 60
        handheld.sync()
        assert office.ask(open_alert) is None
        assert abs(office.device(device.id).clock_skew_s) < 60


def handheld_version(handheld, order) -> int:
    """Sync, and the version of the order that came with it."""
    assert handheld.sync()["orders"] == [order.number]
    return handheld.snapshot(order.number)["version"]
