"""Pairing, revoking and rotating take effect on the running broker before the call returns."""

import multiprocessing
import os
import signal

import pytest

from mqtt import topics
from mqtt.brokers import BrokerUnavailable, Credentials
from tests.broker_process import (
    ON_BOTH,
    enrolled,
    handheld_seat,
    new_device,
    new_password,
    running,
    running_broker,
    server_seat,
    stored_accounts,
    wait_until,
)


def refused(broker, credentials):
    try:
        with handheld_seat(broker, credentials):
            return False
    except PermissionError:
        return True


@ON_BOTH
def test_a_handheld_may_connect_as_soon_as_it_is_provisioned(broker):
    for _ in range(5):
        with handheld_seat(broker, enrolled(broker)) as seat:
            assert not seat.gone.is_set()


@ON_BOTH
def test_provisioning_one_handheld_leaves_the_others_connected(broker):
    first = enrolled(broker)
    with server_seat(broker) as server, handheld_seat(broker, first) as seat:
        seat.subscribe(topics.downlink_filter(first.username))
        enrolled(broker)
        server.publish(topics.orders(first.username), b"still here")
        seat.await_payload(b"still here")
        assert not server.gone.is_set()


@ON_BOTH
def test_revoking_ends_the_live_session_and_refuses_the_next_connect(broker):
    credentials, bystander = enrolled(broker), enrolled(broker)
    with handheld_seat(broker, credentials) as seat, handheld_seat(broker, bystander) as other:
        broker.driver.revoke(credentials.username)
        assert seat.gone.wait(20)
        assert not other.gone.is_set()
    assert refused(broker, credentials)


@ON_BOTH
def test_revoking_an_unknown_handheld_changes_nothing(broker):
    before = stored_accounts(broker)
    broker.driver.revoke(new_device())
    assert stored_accounts(broker) == before


@ON_BOTH
def test_the_server_itself_cannot_be_revoked(broker):
    with pytest.raises(ValueError, match="not a device id"):
        broker.driver.revoke("_srv")
    with server_seat(broker):
        pass


@ON_BOTH
def test_rotating_ends_the_session_under_the_old_password(broker):
    old = enrolled(broker)
    new = Credentials(username=old.username, password=new_password())
    with handheld_seat(broker, old) as seat:
        broker.driver.rotate(new.username, new.password)
        assert seat.gone.wait(20)
    assert refused(broker, old)
    assert not refused(broker, new)


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
def test_reconciling_makes_the_given_accounts_the_whole_truth(tmp_path, kind):
    with running(kind, tmp_path) as broker:
        kept, dropped = enrolled(broker), enrolled(broker)
        added = Credentials(username=new_device(), password=new_password())
        truth = {each.username: each.password for each in (kept, added)}
        with handheld_seat(broker, kept) as seat:
            broker.driver.reconcile(truth)
            assert not seat.gone.is_set()
        assert refused(broker, dropped)
        assert not refused(broker, added)
        before = stored_accounts(broker)
        broker.driver.reconcile(truth)
        assert stored_accounts(broker) == before


def provision_many(driver, devices):
    for device, password in devices.items():
        driver.provision(device, password)


def test_two_processes_that_provision_at_once_lose_no_handheld(broker):
    batches = [{new_device(): new_password() for _ in range(8)} for _ in range(2)]
    spawn = multiprocessing.get_context("spawn")
    processes = [
        spawn.Process(target=provision_many, args=(broker.driver, batch)) for batch in batches
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    for device, password in {**batches[0], **batches[1]}.items():
        assert not refused(broker, Credentials(username=device, password=password))


def test_what_is_changed_while_the_broker_is_down_is_kept_and_said_to_be_late(tmp_path):
    with running_broker(tmp_path) as broker:
        os.kill(broker.pid, signal.SIGKILL)
        handheld = Credentials(username=new_device(), password=new_password())
        impatient = type(broker.driver)(
            folder=tmp_path, endpoint=broker.endpoint, timeout_seconds=0.1
        )
        with pytest.raises(BrokerUnavailable):
            impatient.provision(handheld.username, handheld.password)
        wait_until(broker.poll)
        wait_until(broker.ready)
        assert not refused(broker, handheld)
