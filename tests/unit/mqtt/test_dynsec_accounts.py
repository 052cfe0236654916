"""What Mosquitto's plugin is told of an account, and when what it has counts as that account."""

import json

import pytest

from mqtt.brokers import dynsec

KEY = b"k" * 32
PASSWORD = "k7" * 12
HANDHELD = dynsec.handheld("tech-07", PASSWORD)


def told(account, key=KEY):
    """Client and role as the plugin would describe them once it was told."""
    *_, role, client = dynsec.making(account, key)
    return {**client, "groups": []}, role


def topics_of(account, kind, *, allow=True):
    found = [one for one in dynsec.rights(account) if one["acltype"] == kind]
    return {one["topic"] for one in found if one["allow"] is allow}


def test_a_handheld_gets_the_rights_of_the_contract_and_no_others():
    down, state = "paigong/v1/d/tech-07/dn/#", "paigong/v1/server"
    assert topics_of(HANDHELD, "publishClientSend") == {"paigong/v1/d/tech-07/up/#"}
    assert topics_of(HANDHELD, "subscribePattern") == {down, state}
    assert topics_of(HANDHELD, "publishClientReceive") == {down, state}


def test_what_is_not_allowed_is_denied_whatever_the_defaults_are():
    for kind in ("publishClientSend", "subscribePattern", "publishClientReceive"):
        assert "#" in topics_of(HANDHELD, kind, allow=False)
    assert "$CONTROL/#" in topics_of(HANDHELD, "publishClientSend", allow=False)
    first = {one["allow"]: one["priority"] for one in dynsec.rights(HANDHELD)}
    assert first[True] > first[False]


def test_a_handheld_is_bound_to_its_client_id_and_the_server_is_not():
    assert told(HANDHELD)[0]["clientid"] == "tech-07"
    assert "clientid" not in told(dynsec.server(PASSWORD))[0]


def test_what_the_plugin_shows_to_others_does_not_tell_the_password():
    client, role = told(HANDHELD)
    del client["password"]
    assert PASSWORD not in json.dumps([client, role])
    assert told(HANDHELD)[0]["textdescription"] != told(HANDHELD, b"o" * 32)[0]["textdescription"]


def test_an_account_as_it_was_made_is_in_force():
    assert dynsec.is_in_force(HANDHELD, KEY, *told(HANDHELD))


def test_an_account_that_is_not_there_is_not_in_force():
    assert not dynsec.is_in_force(HANDHELD, KEY, {}, {})


@pytest.mark.parametrize(
    "by_hand",
    [
        {"disabled": True},
        {"clientid": "another"},
        {"groups": [{"groupname": "everybody"}]},
        {"roles": []},
        {"roles": [{"rolename": "paigong/account/tech-07"}, {"rolename": "admin"}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_account_that_was_changed_by_hand_is_not_in_force(by_hand):
    client, role = told(HANDHELD)
    assert not dynsec.is_in_force(HANDHELD, KEY, {**client, **by_hand}, role)


def test_an_account_under_an_earlier_password_is_not_in_force():
    assert not dynsec.is_in_force(dynsec.handheld("tech-07", "n9" * 12), KEY, *told(HANDHELD))
