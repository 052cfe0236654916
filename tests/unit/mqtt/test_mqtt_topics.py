"""The topics of the wire, as the contract prints them."""

import pytest

from mqtt import topics
from mqtt.topics import Uplink


def test_topics_are_those_of_the_contract():
    assert topics.orders("tech-07") == "paigong/v1/d/tech-07/dn/orders"
    assert topics.replies("tech-07") == "paigong/v1/d/tech-07/dn/replies"
    assert topics.commands("tech-07") == "paigong/v1/d/tech-07/dn/commands"
    assert topics.events("tech-07") == "paigong/v1/d/tech-07/up/events"
    assert topics.sync("tech-07") == "paigong/v1/d/tech-07/up/sync"
    assert topics.presence("tech-07") == "paigong/v1/d/tech-07/up/presence"
    assert topics.server_state() == "paigong/v1/server"
    assert topics.uplink_filter() == "paigong/v1/d/+/up/#"
    assert topics.uplink_subscriptions() == {
        "paigong/v1/d/+/up/events": 1,
        "paigong/v1/d/+/up/sync": 1,
        "paigong/v1/d/+/up/presence": 0,
    }
    assert topics.downlink_filter("tech-07") == "paigong/v1/d/tech-07/dn/#"


@pytest.mark.parametrize("channel", ["events", "sync", "presence"])
def test_the_sender_is_read_from_the_topic(channel):
    topic = f"paigong/v1/d/tech-07/up/{channel}"
    assert topics.parse_uplink(topic) == Uplink(device="tech-07", channel=channel)


@pytest.mark.parametrize(
    "topic",
    [
        "paigong/v1/d/tech-07/up/unknown",
        "paigong/v1/d/tech-07/up/events/more",
        "paigong/v1/d/tech-07/up/",
        "paigong/v1/d/tech-07/dn/orders",
        "paigong/v1/d/_probe/up/events",
        "paigong/v1/d/TECH/up/events",
        "paigong/v1/d//up/events",
        "paigong/v1/d/tech-07/up/events\n",
        "paigong/v2/d/tech-07/up/events",
        "x/paigong/v1/d/tech-07/up/events",
        "paigong/v1/server",
        "",
    ],
)
def test_any_other_topic_names_no_sender(topic):
    assert topics.parse_uplink(topic) is None


@pytest.mark.parametrize("device", ["abc", "0a_", "tech-07", "a" * 63])
def test_a_device_id_may_have_3_to_63_of_its_letters(device):
    assert topics.is_device_id(device)


@pytest.mark.parametrize(
    "device", ["ab", "a" * 64, "-ab", "_ab", "Abc", "a.b", "a/b", "a+b", "ab\n"]
)
def test_nothing_else_is_a_device_id(device):
    assert not topics.is_device_id(device)


def test_no_handheld_can_read_or_write_where_the_server_hears_itself():
    echo = topics.server_echo("srv-1")
    assert not echo.startswith(f"{topics.ROOT}/d/")
    assert topics.parse_uplink(echo) is None
    assert echo != topics.server_state()
