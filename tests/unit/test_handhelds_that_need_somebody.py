"""Which handhelds stand first on the desk's list, and why."""

import pytest

from server.devices.attention import concerns, neediest_first
from server.devices.models import Device

LIMIT_S = 120


def handheld(label="HH-01", state="active", **facts):
    known = {"online": True, "queued": 0, "battery_percent": 80, "clock_skew_s": 0, **facts}
    return Device(id=label.lower(), label=label, state=state, **known)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ()),
        ({"online": False, "queued": 3}, ("unsent",)),
        ({"online": True, "queued": 3}, ()),
        ({"online": False, "queued": 0}, ()),
        ({"battery_percent": 15}, ("battery",)),
        ({"battery_percent": 16}, ()),
        ({"clock_skew_s": 121}, ("clock",)),
        ({"clock_skew_s": -121}, ("clock",)),
        ({"clock_skew_s": 120}, ()),
        ({"queued": None, "battery_percent": None, "clock_skew_s": None, "online": False}, ()),
        (
            {"online": False, "queued": 1, "battery_percent": 2, "clock_skew_s": 900},
            ("unsent", "battery", "clock"),
        ),
    ],
)
def test_why_a_handheld_needs_somebody(facts, why):
    assert concerns(handheld(**facts), clock_skew_s=LIMIT_S) == why


@pytest.mark.parametrize("state", ["enrolled", "lost", "revoked", "wiped"])
def test_a_handheld_that_does_not_work_needs_nobody(state):
    spent = handheld(state=state, online=False, queued=9, battery_percent=1, clock_skew_s=900)
    assert concerns(spent, clock_skew_s=LIMIT_S) == ()


def test_those_that_need_somebody_come_first_and_the_revoked_last():
    shelf = [
        handheld("HH-01", state="revoked", battery_percent=1),
        handheld("HH-02", state="enrolled"),
        handheld("HH-03"),
        handheld("HH-04", battery_percent=9),
        handheld("HH-05", battery_percent=9, online=False, queued=2),
    ]
    listed = neediest_first(shelf, clock_skew_s=LIMIT_S)
    assert [one.label for one in listed] == ["HH-05", "HH-04", "HH-03", "HH-02", "HH-01"]
