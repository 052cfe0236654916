"""The link against a real broker: acknowledgement, loss, restart, watchdog, state of the server."""

import os
import signal
import threading
import time

import pytest

from mqtt import topics
from mqtt.brokers import Credentials
from mqtt.link import Link, LinkOptions, NotConnected, Publish, Received
from tests.broker_process import (
    ON_BOTH,
    enrolled,
    handheld_seat,
    new_password,
    running_broker,
    server_seat,
    wait_until,
)

OFFLINE = Publish(topic=topics.server_state(), payload=b"offline", retain=True)
ONLINE = Publish(topic=topics.server_state(), payload=b"online", retain=True)
SOON_SILENT = pytest.mark.parametrize("link", [{"silence_seconds": 0.6}], indirect=True, ids=[""])


def server_link(broker, **changes):
    settings = {
        "endpoint": broker.endpoint,
        "client_id": f"srv-{os.urandom(6).hex()}",
        "credentials": lambda: broker.driver.server_credentials,
        "subscriptions": topics.uplink_subscriptions(),
        "echo_topic": topics.server_echo(os.urandom(6).hex()),
        "longest_pause_seconds": 0.5,
    }
    return Link(LinkOptions(**{**settings, **changes}))


@pytest.fixture
def handheld(broker):
    return enrolled(broker)


@pytest.fixture
def link(broker, request):
    """A connected link; a test may say how long its connection may be silent."""
    with server_link(broker, **getattr(request, "param", {})) as one:
        wait_until(lambda: one.connected, tend=one.tend)
        yield one


def send_event(broker, handheld, payload):
    with handheld_seat(broker, handheld) as seat:
        seat.publish(topics.events(handheld.username), payload)
        seat.settle()


def test_a_message_arrives_whole_and_is_acknowledged_once_its_owner_says_so(broker, handheld, link):
    send_event(broker, handheld, b"event")
    received = link.next(5)
    assert received == Received(
        topic=topics.events(handheld.username),
        payload=b"event",
        retain=False,
        dup=False,
        mid=received.mid,
        qos=1,
        generation=link.generation,
    )
    link.ack(received)
    assert link.next(0) is None


def test_waiting_for_nothing_ends_in_time(link):
    began = time.monotonic()
    assert link.next(0.2) is None
    assert 0.2 <= time.monotonic() - began < 5


@ON_BOTH
def test_a_message_not_acknowledged_comes_again_to_a_lasting_session(broker, handheld):
    options = {"client_id": f"srv-{os.urandom(6).hex()}", "clean_session": False}
    with server_link(broker, **options) as first:
        wait_until(lambda: first.connected, tend=first.tend)
        send_event(broker, handheld, b"not committed")
        assert first.next(5).payload == b"not committed"
    with server_link(broker, **options) as second:
        # nats-server waits its ack_wait of 10 s before it sends again.
        again = second.next(20)
        assert again.payload == b"not committed"
        assert again.dup
        second.ack(again)


def test_a_message_of_an_earlier_connection_is_not_acknowledged_on_this_one(broker, handheld, link):
    send_event(broker, handheld, b"old")
    old = link.next(5)
    link.restart("for the test")
    wait_until(lambda: link.connected, tend=link.tend)
    send_event(broker, handheld, b"new")
    new = link.next(5)
    assert (new.payload, new.mid) == (b"new", old.mid)
    acknowledged = []
    link._connection.client.ack = lambda mid, qos: acknowledged.append((mid, qos))
    link.ack(old)
    assert acknowledged == []
    link.ack(new)
    assert acknowledged == [(new.mid, 1)]


@ON_BOTH
def test_a_ticket_says_when_the_broker_took_the_message(broker, handheld, link):
    with handheld_seat(broker, handheld) as seat:
        seat.subscribe(topics.downlink_filter(handheld.username))
        ticket = link.publish(Publish(topic=topics.orders(handheld.username), payload=b"order"))
        wait_until(ticket.done, tend=link.tend)
        assert not ticket.lost()
        seat.await_payload(b"order")


def test_nothing_is_published_before_the_link_is_connected(broker):
    with server_link(broker) as link, pytest.raises(NotConnected):
        link.publish(ONLINE)


def test_a_payload_that_the_broker_would_hang_up_on_is_refused_here(link):
    with pytest.raises(ValueError, match="bytes"):
        link.publish(Publish(topic=topics.orders("tech-07"), payload=b"x" * 262_144))
    assert link.connected


def test_a_wrong_password_is_counted_and_a_right_one_later_heals_it(broker):
    answers = [Credentials(username="_srv", password=new_password()) for _ in range(2)]

    def credentials():
        return answers.pop() if answers else broker.driver.server_credentials

    with server_link(broker, credentials=credentials) as link:
        wait_until(lambda: link.auth_failures, tend=link.tend)
        assert "refused" in link.last_fault
        assert not link.connected
        wait_until(lambda: link.connected, tend=link.tend)
        assert link.auth_failures == 2


def kill_network_thread(link):
    """Let the network thread meet what no guard catches."""

    def end_thread(*_):
        raise SystemExit

    connection = link._connection
    connection.client.on_message = end_thread
    thread = connection._thread
    link.publish(Publish(topic=link.options.echo_topic, payload=b""))
    wait_until(lambda: not thread.is_alive())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_network_thread_is_noticed_and_the_link_comes_back(broker, handheld, link):
    kill_network_thread(link)
    assert link._connection.client.is_connected(), "paho still believes in its connection"
    assert not link.alive()
    before = link.generation
    wait_until(lambda: link.connected and link.generation > before, tend=link.tend)
    assert (link.last_fault, link.restarts) == ("network thread died", 1)
    send_event(broker, handheld, b"after the accident")
    assert link.next(5).payload == b"after the accident"


@SOON_SILENT
def test_a_connection_on_which_nothing_comes_back_is_noticed(broker, handheld, link):
    held, let_go = threading.Event(), threading.Event()

    def hang(*_):
        held.set()
        let_go.wait(30)

    link._connection.client.on_message = hang
    link.publish(Publish(topic=link.options.echo_topic, payload=b""))
    assert held.wait(5)
    try:
        wait_until(lambda: link.restarts == 1, tend=link.tend)
        assert link.last_fault == "silent"
    finally:
        let_go.set()
    wait_until(lambda: link.connected, tend=link.tend)
    send_event(broker, handheld, b"heard again")
    assert link.next(5).payload == b"heard again"


@SOON_SILENT
def test_an_owner_that_was_busy_for_long_finds_its_link_sound(link):
    wait_until(lambda: link._connection.echo_sent_at, tend=link.tend)
    busy_until = time.monotonic() + 2 * link.options.silence_seconds
    wait_until(lambda: time.monotonic() > busy_until)
    link.tend()
    assert link.connected
    assert link.restarts == 0


def test_an_exception_in_our_own_code_does_not_end_the_network_thread(broker, handheld, caplog):
    def broken():
        raise RuntimeError("no epoch yet")

    with server_link(broker, birth=broken, will=OFFLINE) as link:
        wait_until(lambda: "no epoch yet" in caplog.text, tend=link.tend)
        assert link._connection._thread.is_alive()


def test_after_the_broker_was_killed_links_return_and_the_server_state_is_published_again(
    tmp_path,
):
    with running_broker(tmp_path) as broker:
        handheld = enrolled(broker)
        with server_link(broker, birth=lambda: ONLINE, will=OFFLINE) as link:
            wait_until(lambda: link.connected, tend=link.tend)
            before = link.generation
            os.kill(broker.pid, signal.SIGKILL)
            wait_until(lambda: not link.connected, tend=link.tend)

            def tend():
                broker.poll()
                link.tend()

            wait_until(lambda: link.connected, tend=tend, seconds=20)
            assert link.generation > before
            with handheld_seat(broker, handheld) as seat:
                seat.subscribe(topics.server_state())
                seat.await_payload(b"online")
                seat.publish(topics.events(handheld.username), b"event")
                assert link.next(5).payload == b"event"


@ON_BOTH
def test_the_will_of_an_earlier_connection_does_not_have_the_last_word(broker, handheld):
    with (
        server_link(broker, birth=lambda: ONLINE, will=OFFLINE) as link,
        handheld_seat(broker, handheld) as seat,
    ):
        seat.subscribe(topics.server_state())
        wait_until(lambda: link.connected, tend=link.tend)
        seat.await_payload(b"online")
        with server_seat(broker) as late:
            late.publish(OFFLINE.topic, OFFLINE.payload, retain=True)
        seat.await_payload(b"offline")
        wait_until(lambda: seat.payloads()[-1] == b"online", tend=link.tend)
    with handheld_seat(broker, handheld) as later:
        later.subscribe(topics.server_state())
        later.await_payload(b"online")


def test_when_a_process_beside_dies_the_one_that_lives_says_so(broker, handheld):
    settings = {"birth": lambda: ONLINE, "contradicts": lambda payload: b"offline" in payload}
    its_will = Publish(topic=topics.server_state(), payload=b"offline, the other", retain=True)
    with (
        server_link(broker, will=OFFLINE, **settings) as living,
        handheld_seat(broker, handheld) as seat,
    ):
        wait_until(lambda: living.connected, tend=living.tend)
        dying = server_link(broker, will=its_will, **settings)
        wait_until(lambda: dying.connected, tend=dying.tend)
        seat.subscribe(topics.server_state(), qos=0)
        dying.restart("killed")
        seat.await_payload(its_will.payload)
        wait_until(lambda: seat.payloads()[-1] == b"online", tend=living.tend)


def test_a_full_inbox_drops_nothing_for_good(broker, handheld):
    options = {"client_id": f"srv-{os.urandom(6).hex()}", "clean_session": False, "inbox_size": 2}
    with server_link(broker, **options) as link:
        wait_until(lambda: link.connected, tend=link.tend)
        with handheld_seat(broker, handheld) as seat:
            for number in range(4):
                seat.publish(topics.events(handheld.username), str(number).encode())
            wait_until(lambda: link.dropped == 2)
        heard = set()
        while len(heard) < 4:
            received = link.next(20)
            assert received is not None, "a message was lost"
            heard.add(received.payload)
            link.ack(received)
        assert heard == {b"0", b"1", b"2", b"3"}
