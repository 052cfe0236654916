"""What the desk decides reaches the handheld."""

import contextlib
import time

import sqlalchemy as sa

from contracts.downlink import DOWNLINK_TYPES, DownlinkEnvelopeSchema
from server import outbox
from server.checklist_runs.models import StepResult
from server.db import utcnow
from server.devices.operations import command
from server.outbox import Owed
from server.work_orders.operations import dispatching, moving
from tests.broker_process import ON_BOTH, wait_until


def unsent(office) -> int:
    return office.ask(sa.select(sa.func.count()).where(Owed.sent_at.is_(None)))


@ON_BOTH
def test_a_dispatched_order_is_on_the_handheld_at_once(office, estates):
    with office.working(estates):
        technician = estates.technician()
        device = estates.handheld(technician)
    with office.worker(), office.handheld(device) as handheld:
        assert handheld.sync()["orders"] == []
        with office.working(estates):
            order = estates.dispatched(technician)
        committed = time.monotonic()
        snapshot = handheld.snapshot(order.number)

        assert time.monotonic() - committed < 5  # what nobody repeats would come after ten
        assert snapshot["state"] == "dispatched"
        assert snapshot["checklist"]["code"] == "CL-LAMP"
        assert snapshot["customer"]["unit_code"] == "3栋2单元1502"


def test_everything_sent_keeps_the_published_schema(office, estates):
    with office.working(estates):
        technician = estates.technician()
        device = estates.handheld(technician)
        order = estates.dispatched(technician)
        recalled = estates.dispatched(technician)
    with office.worker(), office.handheld(device) as handheld:
        handheld.sync()
        handheld.send("order.acknowledged", order.number, order_version=2)
        handheld.send("order.ready", order.number, order_version=2)
        with office.working(estates) as at:
            dispatching.recall(
                at.session,
                office.settings,
                moving.find_order(at.session, recalled.number, by=at.desk),
                reason="客户改期",
                by=at.desk,
                at=utcnow(),
            )
            command(at.session, device, "device.notice", text="请交单", by=at.desk, at=utcnow())
        handheld.await_heard(lambda _, m: m.get("type") == "order.withdrawn")
        handheld.await_heard(lambda _, m: m.get("type") == "device.notice")

        sent = [message for topic, message in handheld.heard if topic != "paigong/v1/server"]
        assert {message["type"] for message in sent} == {
            "order.snapshot",
            "order.withdrawn",
            "event.reply",
            "sync.result",
            "device.notice",
        }
        for message in sent:
            assert DownlinkEnvelopeSchema().validate(message) == {}
            assert DOWNLINK_TYPES[message["type"]]().validate(message["data"]) == {}


def test_a_recalled_order_is_taken_away_with_the_reason(office, estates):
    with office.working(estates):
        technician = estates.technician()
        device = estates.handheld(technician)
        order = estates.dispatched(technician)
    with office.worker(), office.handheld(device) as handheld:
        handheld.sync()
        with office.working(estates) as at:
            dispatching.recall(
                at.session,
                office.settings,
                moving.find_order(at.session, order.number, by=at.desk),
                reason="客户改期",
                by=at.desk,
                at=utcnow(),
            )
        told = handheld.await_heard(lambda _, m: m.get("type") == "order.withdrawn")

        assert told["subject"] == order.number
        assert "客户改期" in told["data"]["reason"]
        assert handheld.sync()["orders"] == []


def test_an_order_given_to_another_technician_changes_handhelds(office, estates):
    with office.working(estates):
        first, second = estates.technician("刘强"), estates.technician("马超")
        firsts, seconds = estates.handheld(first), estates.handheld(second)
        order = estates.dispatched(first)
    with (
        office.worker(),
        office.handheld(firsts) as gives,
        office.handheld(seconds) as takes,
    ):
        gives.sync()
        takes.sync()
        with office.working(estates) as at:
            found = moving.find_order(at.session, order.number, by=at.desk)
            dispatching.dispatch(
                at.session, office.settings, found, second, by=at.desk, at=utcnow(), reassign=True
            )
        assert takes.snapshot(order.number)["state"] == "dispatched"
        told = gives.await_heard(lambda _, m: m.get("type") == "order.withdrawn")
        assert "改派" in told["data"]["reason"]


def test_a_snapshot_too_long_for_a_message_loses_its_oldest_results_first(office, estates):
    with office.working(estates) as at:
        technician = at.technician()
        device = at.handheld(technician)
        order = at.dispatched(technician)
        for position in range(1, 91):
            at.session.add(
                StepResult(
                    order_id=order.id,
                    position=position,
                    # The first five steps were recorded twice.
                    step=f"LAMP-{position if position <= 85 else position - 85:02d}",
                    attempt=1 if position <= 85 else 2,
                    status="pass",
                    answer={"ok": True},
                    photos=[],
                    text="说明" * 400,
                    device_at=utcnow(),
                    server_at=utcnow(),
                    device_id=device.id,
                )
            )
    with office.worker(), office.handheld(device) as handheld:
        handheld.sync()
        snapshot = handheld.snapshot(order.number)

        assert snapshot["run_shortened"] is True
        kept = [(entry["step"], entry["attempt"]) for entry in snapshot["run"]]
        assert 5 < len(kept) < 85
        assert kept[-2:] == [("LAMP-04", 2), ("LAMP-05", 2)]
        wait_until(lambda: unsent(office) == 0)


def test_a_row_that_cannot_be_sent_holds_up_nobody(office, estates):
    with office.working(estates) as at:
        technician = at.technician()
        device = at.handheld(technician)
        for kind, subject in ((outbox.REPLY, "no number"), (outbox.COMMAND, "no id")):
            outbox.note(
                at.session, device_id=device.id, kind=kind, subject=subject, version=1, at=utcnow()
            )
        order, broken = at.dispatched(technician), at.dispatched(technician)
        at.session.execute(
            sa.text("UPDATE work_order SET inspection_photos = 'no JSON' WHERE number = :number"),
            {"number": broken.number},
        )
    office.let_in(device)
    with office.handheld(device) as handheld, office.worker():
        handheld.say_present()
        assert handheld.snapshot(order.number)
        wait_until(
            lambda: office.ask(sa.select(sa.func.count()).where(Owed.last_error.is_not(None))) == 2
        )
        # There is no such reply, so nothing is left to be sent; the others are tried again.
        wait_until(lambda: unsent(office) == 2)


def test_a_command_waits_until_the_handheld_is_there(office, estates):
    with office.working(estates) as at:
        technician = at.technician()
        device = at.handheld(technician)
        order = at.dispatched(technician)
        command(at.session, device, "device.notice", text="请交单", by=at.desk, at=utcnow())
    with office.worker():
        # The order goes out, whoever listens; the command stays.
        wait_until(
            lambda: office.ask(
                sa.select(Owed.sent_at).where(Owed.kind == "order", Owed.subject == order.number)
            )
        )
        wait_until(lambda: unsent(office) == 1)
        with office.handheld(device) as handheld:
            handheld.say_present()
            told = handheld.await_heard(lambda _, m: m.get("type") == "device.notice")
            assert told["data"] == {"text": "请交单"}
            wait_until(lambda: unsent(office) == 0)


def test_a_hundred_orders_reach_five_handhelds(office, estates):
    with office.working(estates) as at:
        technicians = [at.technician(f"技师{number}") for number in range(5)]
        devices = [at.handheld(technician) for technician in technicians]
        orders = {device.id: set() for device in devices}
        for technician, device in zip(technicians, devices, strict=True):
            for _ in range(20):
                orders[device.id].add(at.dispatched(technician).number)
    office.let_in(*devices)
    with contextlib.ExitStack() as stack:
        handhelds = [stack.enter_context(office.handheld(device)) for device in devices]
        stack.enter_context(office.worker())
        for handheld in handhelds:
            handheld.await_heard(lambda topic, _: topic == "orders", number=20, seconds=30)
            heard = handheld.matching(lambda topic, _: topic == "orders")
            assert {message["subject"] for message in heard} == orders[handheld.device]
