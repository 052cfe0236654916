"""A link where nobody listens: it says so, and waits longer each time, within bounds."""

import pytest

from mqtt.brokers import Credentials, Endpoint
from mqtt.brokers.knock import _remaining_length, lets_in
from mqtt.link import Link, LinkOptions, NotConnected, Publish
from tests.broker_process import wait_until
from tests.free_ports import free_port


@pytest.fixture
def endpoint():
    return Endpoint(host="127.0.0.1", port=free_port(), websocket_url="ws://127.0.0.1:1/mqtt")


def credentials():
    return Credentials(username="tech-07", password="k7" * 12)


def test_pauses_between_attempts_grow_to_their_bound(endpoint):
    options = LinkOptions(
        endpoint=endpoint,
        client_id="tech-07",
        credentials=credentials,
        longest_pause_seconds=0.3,
    )
    with Link(options) as link:
        pauses = []
        for attempt in range(1, 5):
            wait_until(lambda attempt=attempt: link.generation == attempt, tend=link.tend)
            pauses.append(link._pause_seconds)
        assert pauses == [0.1, 0.2, 0.3, 0.3]
        assert "cannot connect" in link.last_fault
        assert not link.connected
        assert not link.alive()
        with pytest.raises(NotConnected, match="cannot connect"):
            link.publish(Publish(topic="paigong/v1/server", payload=b""))


def test_waiting_for_a_message_takes_its_time_though_nobody_is_there(endpoint):
    with Link(LinkOptions(endpoint=endpoint, client_id="tech-07", credentials=credentials)) as link:
        assert link.next(0.3) is None
        assert 1 <= link.generation <= 3


def test_a_broker_that_is_not_there_lets_nobody_in(endpoint):
    assert not lets_in(endpoint.host, endpoint.port, credentials(), timeout_seconds=1)


@pytest.mark.parametrize(
    ("count", "digits"),
    [
        (0, b"\x00"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (16_383, b"\xff\x7f"),
        (16_384, b"\x80\x80\x01"),
    ],
)
def test_a_packets_length_is_written_as_mqtt_writes_it(count, digits):
    assert _remaining_length(count) == digits


def test_a_password_does_not_show_when_credentials_are_printed():
    assert "k7" not in repr(credentials())
