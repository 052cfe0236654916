"""Devices are kept apart by the broker: every check, by delivery, with an enrolled handheld."""

import pytest

from mqtt import topics
from mqtt.brokers import BrokerUnsafe, Credentials, accounts, self_test
from mqtt.brokers.self_test import Parties
from mqtt.connection import Publish
from tests.broker_process import ON_BOTH, enrolled, handheld_seat, server_seat, wait_until
from tests.mosquitto_process import Mosquitto

#: They find a way past the rights, not too many of them.
OF_NO_RIGHTS = (self_test.stranger, self_test.inner_subjects)


@pytest.fixture
def parties(broker):
    # Mosquitto binds a handheld to its client id; of its rights, the probe alone has any.
    bound = isinstance(broker, Mosquitto)
    probe = broker.driver._own(accounts.PROBE) if bound else enrolled(broker)
    return Parties(broker.endpoint, broker.driver.server_credentials, probe)


@pytest.fixture
def unchecked(broker):
    """As on a broker without topic rules: the probe has the server's rights."""
    server = broker.driver.server_credentials
    return Parties(broker.endpoint, server, server)


@ON_BOTH
@pytest.mark.parametrize("check", self_test.EVERY_CHECK, ids=lambda check: check.__name__)
def test_nothing_forbidden_passes(check, parties):
    assert check(parties) is None


@ON_BOTH
@pytest.mark.parametrize(
    "check",
    [check for check in self_test.EVERY_CHECK if check not in OF_NO_RIGHTS],
    ids=lambda check: check.__name__,
)
def test_each_check_finds_a_broker_without_topic_rules(check, unchecked):
    assert check(unchecked) is not None


@ON_BOTH
def test_the_start_test_passes_here(broker):
    broker.driver.self_test()


@ON_BOTH
def test_the_start_test_names_what_passed(broker):
    server = broker.driver.server_credentials
    with pytest.raises(BrokerUnsafe, match=r"forged will.*foreign subscription to paigong/v1/d/"):
        self_test.prove(endpoint=broker.endpoint, server=server, probe=server)


@ON_BOTH
@pytest.mark.parametrize(
    "credentials",
    [
        Credentials(username="_srv", password="wrong-wrong-wrong"),
        Credentials(username="nobody-here", password="wrong-wrong-wrong"),
        Credentials(username="", password=""),
    ],
    ids=["wrong password", "unknown device", "no name"],
)
def test_nobody_gets_in_without_the_right_password(broker, credentials):
    with pytest.raises(PermissionError), handheld_seat(broker, credentials):
        pass


@ON_BOTH
def test_a_handheld_reads_its_downlink_and_writes_its_uplink_and_will(broker):
    handheld = enrolled(broker)
    name = handheld.username
    will = Publish(topic=topics.presence(name), payload=b"gone", retain=True)
    with server_seat(broker) as server:
        server.subscribe(topics.uplink_filter(), qos=0)
        parties = Parties(broker.endpoint, broker.driver.server_credentials, handheld)
        with parties.probe_seat(client_id=name, will=will) as seat:
            seat.subscribe(topics.downlink_filter(name))
            seat.subscribe(topics.server_state())
            for topic in (topics.orders(name), topics.server_state()):
                server.publish(topic, topic.encode())
                seat.await_payload(topic.encode())
            for topic in (topics.events(name), topics.sync(name), topics.presence(name)):
                seat.publish(topic, topic.encode())
                server.await_payload(topic.encode())
            seat.die()
        server.await_payload(b"gone")


def comes_in(broker, credentials):
    try:
        with handheld_seat(broker, credentials):
            return True
    except PermissionError:
        return False


def test_anothers_client_id_ends_its_session_at_most_and_it_comes_back_whole(broker):
    victim, intruder = enrolled(broker), enrolled(broker)
    name = victim.username
    with server_seat(broker) as server:
        with handheld_seat(broker, victim) as first:
            first.subscribe(topics.downlink_filter(name))
            parties = Parties(broker.endpoint, broker.driver.server_credentials, intruder)
            with parties.probe_seat(client_id=name) as seat:
                server.publish(topics.orders(name), b"for the victim only")
                seat.subscribe(topics.downlink_filter(intruder.username))
                server.publish(topics.orders(intruder.username), b"for the intruder")
                seat.await_payload(b"for the intruder")
                assert not seat.heard(b"for the victim only")
        # nats-server may hold a session that was just taken over for a second, then hang up.
        wait_until(lambda: comes_in(broker, victim))
        with handheld_seat(broker, victim) as again:
            again.subscribe(topics.downlink_filter(name))
            server.publish(topics.orders(name), b"for the victim, later")
            again.await_payload(b"for the victim, later")
