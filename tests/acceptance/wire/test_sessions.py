"""Connecting, presence, sync and the end of a handheld's credentials."""

import sqlalchemy as sa

from server import outbox
from server.db import utcnow
from server.devices.operations import command, revoke
from server.estate.models import Estate
from server.estate.operations import new_epoch
from server.fieldwork.models import DeviceReply
from server.outbox import Owed
from server.work_orders.models import WorkOrder
from tests.acceptance.wire.handheld import now
from tests.broker_process import ON_BOTH, wait_until


def one_handheld(office, estates):
    with office.working(estates) as at:
        technician = at.technician()
        return technician, at.handheld(technician)


@ON_BOTH
def test_a_handheld_that_was_away_gets_what_it_missed_before_the_result(office, estates):
    technician, device = one_handheld(office, estates)
    with office.worker():
        with office.handheld(device) as handheld:
            handheld.sync()
        with office.working(estates) as at:
            orders = [at.dispatched(technician) for _ in range(3)]
        wait_until(lambda: office.ask(sa.select(Owed.id).where(Owed.sent_at.is_(None))) is None)
        with office.handheld(device) as handheld:
            result = handheld.sync()

            types = [m["type"] for topic, m in handheld.heard if topic != "paigong/v1/server"]
            assert types == ["order.snapshot"] * 3 + ["sync.result"]
            assert sorted(result["orders"]) == sorted(order.number for order in orders)
            assert result["expected_seq"] == 1
            assert result["epoch"] == estates.estate.epoch


def test_what_the_handheld_holds_already_is_not_sent_again(office, estates):
    technician, device = one_handheld(office, estates)
    with office.working(estates) as at:
        held, newer = at.dispatched(technician), at.dispatched(technician)
    with office.worker():
        wait_until(lambda: office.ask(sa.select(Owed.id).where(Owed.sent_at.is_(None))) is None)
        with office.handheld(device) as handheld:
            handheld.sync({held.number: held.version, newer.number: newer.version - 1})
            sent = handheld.matching(lambda _, m: m.get("type") == "order.snapshot")
            assert [message["subject"] for message in sent] == [newer.number]


def test_an_older_session_s_will_does_not_take_a_newer_one_offline(office, estates):
    _, device = one_handheld(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        handheld.say_present(session="first")
        handheld.say_present(session="second", battery=80, queued=2, app_version="2.0")
        handheld.say_present(online=False, session="first")
        handheld.sync()  # comes after the presence, so that was handled

        known = office.device(device.id)
        assert known.online
        assert (known.presence_session, known.battery_percent) == ("second", 80)
        handheld.say_present(online=False, session="second")
        wait_until(lambda: not office.device(device.id).online)


@ON_BOTH
def test_a_handheld_whose_line_breaks_is_shown_as_offline(office, estates):
    _, device = one_handheld(office, estates)
    with office.worker():
        handheld = office.handheld(device)
        handheld.connect()
        handheld.say_present()
        wait_until(lambda: office.device(device.id).online)
        handheld.die()
        wait_until(lambda: not office.device(device.id).online)


def test_who_left_while_the_worker_was_away_is_not_shown_as_present(office, estates):
    _, gone = one_handheld(office, estates)
    with office.working(estates) as at:
        stays = at.handheld(at.technician("马超"))
    office.let_in(gone, stays)
    with office.handheld(stays) as staying:
        leaving = office.handheld(gone)
        with office.worker():
            leaving.connect()
            for one in (leaving, staying):
                one.say_present()
                wait_until(lambda one=one: office.device(one.device).online)
        leaving.die()
        with office.worker():
            wait_until(lambda: not office.device(gone.id).online)
            wait_until(lambda: office.device(stays.id).online)


def test_a_presence_with_a_clock_a_year_off_is_only_a_curiosity(office, estates):
    _, device = one_handheld(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        handheld.say_present(at=now(days=365))
        wait_until(lambda: office.device(device.id).online)
        assert office.device(device.id).last_seen_at <= utcnow()
        assert handheld.sync()["orders"] == []


@ON_BOTH
def test_a_revoked_handheld_is_thrown_out_and_stays_out(office, estates):
    technician, device = one_handheld(office, estates)
    with office.working(estates) as at:
        order = at.dispatched(technician)
    with office.worker():
        handheld = office.handheld(device)
        handheld.connect()
        handheld.sync()
        office.change(
            lambda session: revoke(
                session, device.id, reason="丢失", lost=True, by=estates.desk, at=utcnow()
            )
        )
        assert handheld.gone.wait(10)
        wait_until(lambda: office.ask(sa.select(Owed.id).where(Owed.sent_at.is_(None))) is None)

        assert office.ask(sa.select(DeviceReply.id)) is None
        assert office.ask(sa.select(WorkOrder.number)) == order.number
        try:
            handheld.connect(patience_s=1)
        except AssertionError as error:
            assert "not let the handheld in" in str(error)  # noqa: PT017  either way it ends here
            assert not handheld.let_in
        else:
            raise AssertionError("a revoked handheld connected")


def test_a_handheld_paired_while_the_web_process_could_not_tell_the_broker_is_let_in(
    office, estates
):
    with office.worker():
        _, device = one_handheld(office, estates)
        with office.handheld(device) as handheld:
            assert handheld.sync()["orders"] == []


def test_a_parked_command_is_tried_again_after_a_sync(office, estates):
    _, device = one_handheld(office, estates)
    with office.working(estates) as at:
        command(at.session, device, "device.notice", text="请交单", by=at.desk, at=utcnow())
        at.session.execute(sa.update(Owed).where(Owed.kind == outbox.COMMAND).values(tries=8))
    with office.worker(), office.handheld(device) as handheld:
        handheld.sync()
        handheld.await_heard(lambda _, m: m.get("type") == "device.notice")


def test_a_server_restored_from_a_backup_says_so_to_everybody(office, estates):
    _, device = one_handheld(office, estates)
    with office.worker(), office.handheld(device) as handheld:
        before = handheld.sync()["epoch"]
        after = office.change(lambda s: new_epoch(s.scalar(sa.select(Estate))))

        handheld.await_heard(
            lambda topic, m: topic == "paigong/v1/server" and m["epoch"] == after and m["online"]
        )
        assert handheld.sync()["epoch"] == after != before
