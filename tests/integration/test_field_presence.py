"""Presence over HTTP: what the broker's word is for others, with the clock learned as well."""

import datetime as dt

import pytest

from contracts.fields import format_time
from server.alerts.operations import open_alerts
from server.db import utcnow
from tests.cast import LIU_QIANG
from tests.factories.field_door import FieldDoor

HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def handheld(web, world):
    """刘强's handheld, which the network lets speak HTTP only."""
    return FieldDoor(web=web, world=world, staff=LIU_QIANG)


def presence(*, online=True, mark="first", off=dt.timedelta(), **more):
    return {"online": online, "session": mark, "at": format_time(utcnow() + off), **more}


def alerted(handheld):
    device = handheld.as_it_stands()
    return [
        (row.kind, row.subject, row.rule)
        for row in open_alerts(handheld.world.session, device.estate_id)
    ]


def test_a_handheld_that_lives_on_http_is_seen(handheld):
    said = presence(app_version="1.2", battery=64, queued=3)
    answer = handheld.post("/presence", said)
    assert (answer.status_code, answer.data) == (204, b"")
    device = handheld.as_it_stands()
    assert (device.online, device.app_version, device.battery_percent, device.queued) == (
        True,
        "1.2",
        64,
        3,
    )
    assert utcnow() - device.last_seen_at < HALF_AN_HOUR

    handheld.post("/presence", presence(online=False))
    device = handheld.as_it_stands()
    # What the farewell does not name stays as it was told last.
    assert (device.online, device.battery_percent, device.queued) == (False, 64, 3)


def test_the_farewell_of_an_older_session_takes_nobody_away(handheld):
    handheld.post("/presence", presence(mark="second"))
    assert handheld.post("/presence", presence(mark="first", online=False)).status_code == 204
    assert handheld.as_it_stands().online


@pytest.mark.parametrize("off", [HALF_AN_HOUR, -HALF_AN_HOUR])
def test_a_clock_that_is_off_is_told_to_the_desk_until_it_is_right(handheld, off):
    for _ in range(2):
        handheld.post("/presence", presence(off=off))
    assert alerted(handheld) == [("device.clock_skew", "hh-01", "P-18")]
    assert abs(handheld.as_it_stands().clock_skew_s - off.total_seconds()) < 60
    handheld.post("/presence", presence())
    assert alerted(handheld) == []
    assert abs(handheld.as_it_stands().clock_skew_s) < 60


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"{", "broken-json"),
        (b"[]", "invalid-envelope"),
        (b'{"online": true, "session": "s"}', "invalid-data"),
        (
            b'{"online": true, "session": "s", "at": "2025-03-05T01:00:00Z", "x": 1}',
            "unknown-field",
        ),
        (
            b'{"online": true, "session": "s", "at": "2025-03-05T01:00:00Z", "battery": 6.5}',
            "invalid-number",
        ),
    ],
)
def test_what_breaks_the_contract_is_refused_and_changes_nothing(handheld, body, slug):
    answer = handheld.post("/presence", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["type"] == f"urn:paigong:problem:{slug}"
    device = handheld.as_it_stands()
    assert (device.online, device.last_seen_at) == (False, None)


def test_a_lost_handheld_is_told_to_wipe(handheld):
    device = handheld.as_it_stands()
    handheld.world.do(lambda _session: setattr(device, "state", "lost"))
    answer = handheld.post("/presence", presence())
    assert (answer.status_code, answer.get_json()["command"]) == (401, "device.wipe")
