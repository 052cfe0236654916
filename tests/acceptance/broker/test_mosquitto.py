"""What is only so with a Mosquitto that somebody else runs, configures, shares and loses."""

import concurrent.futures
import dataclasses
import json

import pytest

from mqtt import topics
from mqtt.brokers import BrokerUnavailable, BrokerUnsafe, Credentials, dynsec
from mqtt.brokers.seat import Seat
from tests.broker_process import (
    enrolled,
    handheld_seat,
    new_device,
    new_password,
    server_seat,
)
from tests.mosquitto_process import running_mosquitto

ALL_OPEN = [
    {"acltype": kind, "topic": "#", "allow": True}
    for kind in ("publishClientSend", "publishClientReceive", "subscribePattern")
]


@pytest.fixture
def mosquitto(brokers):
    """One that other tests use, too."""
    return brokers("mosquitto")


def change(broker, *commands):
    """As its operator does it by hand."""
    with dynsec.control(broker.endpoint, broker.admin) as control:
        control.change(commands)


def role_of(broker, credentials):
    with dynsec.control(broker.endpoint, broker.admin) as control:
        client, _ = control.describe(credentials.username)
    return client["roles"][0]["rolename"]


def may_connect(broker, credentials, *, client_id=None):
    try:
        with Seat(broker.endpoint, credentials, client_id=client_id or credentials.username):
            return True
    except PermissionError:
        return False


def test_a_handheld_is_refused_under_any_client_id_but_its_own(mosquitto):
    victim, intruder = enrolled(mosquitto), enrolled(mosquitto)
    with handheld_seat(mosquitto, victim) as seat:
        assert not may_connect(mosquitto, intruder, client_id=victim.username)
        assert not may_connect(mosquitto, intruder, client_id="another")
        assert not seat.gone.is_set()
    assert may_connect(mosquitto, intruder)


def test_who_is_let_in_again_unchanged_stays_connected(mosquitto):
    handheld = enrolled(mosquitto)
    with handheld_seat(mosquitto, handheld) as seat, server_seat(mosquitto) as server:
        mosquitto.driver.provision(handheld.username, handheld.password)
        mosquitto.driver.prepare()
        seat.subscribe(topics.downlink_filter(handheld.username))
        server.publish(topics.orders(handheld.username), b"still here")
        seat.await_payload(b"still here")


def test_who_provisions_the_same_handhelds_at_once_does_not_get_in_each_other_s_way(mosquitto):
    handhelds = [Credentials(username=new_device(), password=new_password()) for _ in range(8)]

    def provision(one):
        mosquitto.driver.provision(one.username, one.password)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(provision, [one for one in handhelds for _ in range(4)]))
    assert all(may_connect(mosquitto, one) for one in handhelds)


@pytest.mark.parametrize(
    "meddling",
    [
        {"command": "disableClient"},
        {"command": "setClientId", "clientid": "another"},
        {"command": "removeClientRole"},
        {"command": "modifyRole", "acls": ALL_OPEN},
    ],
    ids=lambda command: command["command"],
)
def test_an_account_that_was_changed_by_hand_is_put_right(tmp_path, meddling):
    with running_mosquitto(tmp_path) as broker:
        handheld, victim = enrolled(broker), enrolled(broker)
        role = role_of(broker, handheld)
        change(broker, {"username": handheld.username, "rolename": role, **meddling})
        broker.driver.reconcile({each.username: each.password for each in (handheld, victim)})
        with handheld_seat(broker, handheld) as seat, server_seat(broker) as server:
            seat.subscribe(topics.orders(victim.username))
            seat.subscribe(topics.downlink_filter(handheld.username))
            server.publish(topics.orders(victim.username), b"the victim's")
            server.publish(topics.orders(handheld.username), b"its own")
            seat.await_payload(b"its own")
            assert not seat.heard(b"the victim's")


def test_our_own_password_that_was_changed_by_hand_is_put_right(tmp_path):
    with running_mosquitto(tmp_path) as broker:
        ours = broker.driver.server_credentials
        by_hand = {"username": ours.username, "password": new_password()}
        change(broker, {"command": "setClientPassword", **by_hand})
        assert not may_connect(broker, ours)
        broker.driver.prepare()
        assert may_connect(broker, ours)


def test_after_the_accounts_were_lost_all_handhelds_are_let_in_again(tmp_path):
    with running_mosquitto(tmp_path) as broker:
        handhelds = [enrolled(broker) for _ in range(30)]
        broker.kill()
        broker.initialise()
        broker.start()
        assert not may_connect(broker, handhelds[0])
        broker.driver.reconcile({each.username: each.password for each in handhelds})
        assert all(may_connect(broker, each) for each in handhelds)
        broker.driver.self_test()


def test_what_else_the_operator_keeps_in_the_broker_is_left_alone(tmp_path):
    with running_mosquitto(tmp_path) as broker:
        sensor = Credentials(username=new_device(), password=new_password())
        rule = {"acltype": "publishClientSend", "topic": "building/#", "allow": True}
        change(
            broker,
            {"command": "createRole", "rolename": "sensor", "acls": [rule]},
            {
                "command": "createClient",
                "username": sensor.username,
                "password": sensor.password,
                "roles": [{"rolename": "sensor"}],
            },
        )
        with handheld_seat(broker, sensor) as seat:
            broker.driver.reconcile({})
            assert not seat.gone.is_set()
        assert may_connect(broker, sensor)


def open_to_all(broker):
    """An operator's defaults that allow everything to everybody."""
    kinds = ("publishClientSend", "publishClientReceive", "subscribe", "unsubscribe")
    acls = [{"acltype": kind, "allow": True} for kind in kinds]
    change(broker, {"command": "setDefaultACLAccess", "acls": acls})


def test_defaults_that_allow_everything_do_not_open_a_handheld_s_account(tmp_path):
    with running_mosquitto(tmp_path) as broker:
        open_to_all(broker)
        broker.driver.self_test()
        handheld = enrolled(broker)
        with handheld_seat(broker, handheld) as seat:
            command = {"command": "deleteClient", "username": "admin"}
            seat.publish(dynsec.CONTROL, json.dumps({"commands": [command]}).encode())
            seat.settle()
        assert may_connect(broker, broker.admin)


def test_a_broker_that_lets_in_who_has_no_account_is_not_served(tmp_path):
    guests = {"allow_anonymous false": "allow_anonymous true"}
    with (
        running_mosquitto(tmp_path, guests) as broker,
        pytest.raises(BrokerUnsafe, match="without an account"),
    ):
        broker.driver.self_test()


# paho forgets a socket whose handshake failed; it is closed when it is freed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_over_tls_the_broker_must_show_a_certificate_of_the_named_authority(mosquitto):
    driver = mosquitto.driver_at(mosquitto.tls_endpoint)
    handheld = Credentials(username=new_device(), password=new_password())
    driver.provision(handheld.username, handheld.password)
    driver.self_test()
    with Seat(mosquitto.tls_endpoint, handheld, client_id=handheld.username) as seat:
        assert not seat.gone.is_set()
    unnamed = dataclasses.replace(mosquitto.tls_endpoint, ca_file=None)
    with pytest.raises(BrokerUnavailable, match="certificate"):
        mosquitto.driver_at(unnamed).prepare()


def test_a_wrong_administrator_is_said_in_words(mosquitto):
    wrong = Credentials(username="admin", password=new_password())
    with pytest.raises(BrokerUnavailable, match="administrator's account was refused"):
        mosquitto.driver_at(mosquitto.endpoint, admin=wrong).prepare()


def test_an_account_without_the_administrator_s_rights_is_said_in_words(mosquitto, monkeypatch):
    monkeypatch.setattr("mqtt.brokers.seat.PATIENCE_SECONDS", 0.3)
    ours = mosquitto.driver.server_credentials
    with pytest.raises(BrokerUnavailable, match="may the administrator's account use it"):
        mosquitto.driver_at(mosquitto.endpoint, admin=ours).prepare()


def test_a_broker_that_is_away_is_waited_for(tmp_path):
    with running_mosquitto(tmp_path) as broker:
        handheld = enrolled(broker)
        broker.kill()
        with pytest.raises(BrokerUnavailable):
            broker.driver.revoke(handheld.username)
        broker.start()
        assert may_connect(broker, handheld), "a change that was not confirmed is not made"
        broker.driver.revoke(handheld.username)
        assert not may_connect(broker, handheld)
