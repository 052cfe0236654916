"""The broker as a supervised child: dies, comes back, ends with its parent; its outer limits."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from mqtt import topics
from mqtt.brokers import MAX_PACKET_BYTES, BrokerUnavailable
from mqtt.brokers.supervise import EmbeddedBroker
from tests.broker_process import (
    ALLOWED_ORIGIN,
    ON_BOTH,
    enrolled,
    free_port,
    handheld_seat,
    running_broker,
    server_seat,
    wait_until,
)


def is_running(pid):
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (ProcessLookupError, FileNotFoundError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def test_killed_it_is_back_within_a_second_with_the_same_accounts(tmp_path):
    with running_broker(tmp_path) as broker:
        handheld, killed = enrolled(broker), broker.pid
        os.kill(killed, signal.SIGKILL)
        wait_until(broker.poll, seconds=1)
        wait_until(broker.ready)
        assert broker.pid != killed
        with handheld_seat(broker, handheld):
            pass


def test_killed_with_its_store_wiped_it_comes_back_empty_and_knows_its_accounts(tmp_path):
    with running_broker(tmp_path) as broker:
        handheld = enrolled(broker)
        os.kill(broker.pid, signal.SIGKILL)
        shutil.rmtree(tmp_path / "store")
        wait_until(broker.poll)
        wait_until(broker.ready)
        with handheld_seat(broker, handheld):
            pass


def test_killed_with_its_whole_folder_wiped_it_waits_to_be_reconciled(tmp_path):
    folder = tmp_path / "broker"
    with running_broker(folder) as broker:
        handheld = enrolled(broker)
        os.kill(broker.pid, signal.SIGKILL)
        shutil.rmtree(folder)
        wait_until(broker.poll)
        wait_until(broker.ready)
        with pytest.raises(PermissionError), handheld_seat(broker, handheld):
            pass
        broker.driver.reconcile({handheld.username: handheld.password})
        with handheld_seat(broker, handheld), server_seat(broker):
            pass


def test_stopping_ends_the_child_and_polling_does_not_bring_it_back(tmp_path):
    with running_broker(tmp_path) as broker:
        pid = broker.pid
        broker.stop()
        assert not is_running(pid)
        assert not broker.poll()
        assert broker.pid is None


def test_a_taken_port_is_said_at_start(tmp_path):
    with running_broker(tmp_path / "one") as broker:
        second = EmbeddedBroker(
            folder=tmp_path / "two", mqtt_port=broker.endpoint.port, ws_port=free_port()
        )
        with pytest.raises(BrokerUnavailable, match="address already in use"):
            second.start()
        assert second.pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_the_child_ends_when_its_parent_is_killed(tmp_path):
    script = textwrap.dedent(f"""
        import pathlib, time
        from mqtt.brokers.supervise import EmbeddedBroker
        broker = EmbeddedBroker(folder=pathlib.Path({str(tmp_path)!r}),
                                mqtt_port={free_port()}, ws_port={free_port()})
        broker.start()
        print(broker.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    wait_until(lambda: not is_running(child))


@ON_BOTH
def test_a_packet_over_256_kib_is_refused_and_the_broker_goes_on(broker):
    handheld = enrolled(broker)
    events = topics.events(handheld.username)
    with server_seat(broker) as server:
        server.subscribe(events)
        with handheld_seat(broker, handheld) as seat:
            seat.publish(events, b"x" * (MAX_PACKET_BYTES + 1))
            assert seat.gone.wait(5)
        with handheld_seat(broker, handheld) as seat:
            fits = b"y" * (MAX_PACKET_BYTES - 1024)
            seat.publish(events, fits)
            server.await_payload(fits)


def upgrade(broker, origin):
    url = urlsplit(broker.endpoint.websocket_url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "mqtt",
    }
    if origin is not None:
        headers["Origin"] = origin
    connection.request("GET", url.path, headers=headers)
    with connection.getresponse() as response:
        status = response.status
    connection.close()
    return status


def test_only_pages_of_an_allowed_origin_may_open_the_websocket(broker):
    assert upgrade(broker, ALLOWED_ORIGIN) == 101
    assert upgrade(broker, None) == 101
    assert upgrade(broker, "http://elsewhere.example") == 403
    assert upgrade(broker, ALLOWED_ORIGIN + "1") == 403


def test_without_a_list_of_origins_no_foreign_page_may_open_the_websocket(tmp_path):
    with running_broker(tmp_path, allowed_origins=()) as broker:
        assert upgrade(broker, "http://elsewhere.example") == 403
        assert upgrade(broker, None) == 101


@ON_BOTH
def test_a_handheld_speaks_mqtt_over_the_websocket_with_the_same_rights(broker):
    handheld = enrolled(broker)
    url = urlsplit(broker.endpoint.websocket_url)
    heard = []
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=handheld.username,
        protocol=MQTTv311,
        transport="websockets",
    )
    client.ws_set_options(path=url.path)
    if url.scheme == "wss":
        client.tls_set(ca_certs=str(broker.ca_file))
    client.username_pw_set(handheld.username, handheld.password)
    client.on_message = lambda _client, _data, message: heard.append(message.payload)
    granted = []
    client.on_subscribe = lambda *_: granted.append(True)
    client.connect(url.hostname, url.port)
    client.loop_start()
    try:
        wait_until(client.is_connected)
        client.subscribe(topics.downlink_filter(handheld.username), qos=1)
        wait_until(lambda: granted)
        with server_seat(broker) as server:
            server.publish(topics.orders("another-one"), b"not ours")
            server.publish(topics.orders(handheld.username), b"ours")
            wait_until(lambda: heard)
        assert heard == [b"ours"]
    finally:
        client.disconnect()
        client.loop_stop()
