"""The accounts file: who stands in it, with which rights, and how it is replaced."""

import json
import threading

import pytest

from mqtt.brokers import accounts, nats_accounts

PASSWORD = "k7" * 12


def users_in(folder):
    document = json.loads(nats_accounts.file_in(folder).read_text())
    return {user["user"]: user for user in document["accounts"]["PAIGONG"]["users"]}


@pytest.fixture
def folder(tmp_path):
    nats_accounts.write(tmp_path, {**nats_accounts.read_or_begin(tmp_path), "tech-07": PASSWORD})
    return tmp_path


def test_a_handheld_gets_the_rights_of_the_contract_and_no_others(folder):
    assert users_in(folder)["tech-07"]["permissions"] == {
        "publish": {"allow": ["paigong.v1.d.tech-07.up.>"]},
        "subscribe": {
            "allow": [
                "paigong.v1.d.tech-07.dn",
                "paigong.v1.d.tech-07.dn.>",
                "paigong.v1.server",
            ]
        },
    }


def test_only_handhelds_may_come_by_websocket_and_nobody_by_the_native_protocol(folder):
    kinds = {name: user["allowed_connection_types"] for name, user in users_in(folder).items()}
    assert kinds.pop("tech-07") == ["MQTT", "MQTT_WS"]
    assert set(map(tuple, kinds.values())) == {("MQTT",)}


def test_the_file_is_readable_by_its_owner_only(folder):
    assert nats_accounts.file_in(folder).stat().st_mode & 0o777 == 0o600


def test_every_write_changes_the_knocking_password_and_keeps_the_others(folder):
    before = nats_accounts.read(folder)
    knock = nats_accounts.write(folder, before)
    after = nats_accounts.read(folder)
    assert after.pop("_knock") == knock.password != before.pop("_knock")
    assert after == before


def test_what_was_read_tells_handhelds_from_our_own_accounts(folder):
    passwords = nats_accounts.read(folder)
    assert nats_accounts.devices_only(passwords) == {"tech-07": PASSWORD}
    assert set(nats_accounts.own_only(passwords)) == {"_srv", "_probe", "_knock"}


@pytest.mark.parametrize("device", ["_srv", "_probe", "_knock", "a.b", "a>b", "*", ""])
def test_no_handheld_may_take_a_name_that_means_something_else(device):
    with pytest.raises(ValueError, match="not a device id"):
        accounts.check(device, PASSWORD)


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "$2a$11$abcdefghijklmnopqrstuv", "a b" * 9]
)
def test_a_password_that_the_configuration_could_misread_is_refused(password):
    with pytest.raises(ValueError, match="password"):
        accounts.check("tech-07", password)


def test_two_writers_never_hold_the_lock_together(tmp_path):
    inside = threading.Event()
    order = []

    def second():
        inside.wait()
        with nats_accounts.locked(tmp_path):
            order.append("second")

    other = threading.Thread(target=second)
    other.start()
    with nats_accounts.locked(tmp_path):
        inside.set()
        other.join(timeout=0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
