"""What a handheld says of itself, by whichever door: that it is there, and what its clock shows."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from contracts.envelope import Presence
from server.alerts import operations as alerts
from server.deadlines import timers
from server.devices import operations as devices
from server.devices.models import Device
from server.devices.operations import actor_for
from server.settings import Settings

CLOCK_ALERT = "device.clock_skew"
#: What a whole number of the wire is cut down to before a column of 32 bits holds it.
LARGEST_INTEGER = 2**31 - 1
_LONGEST_SESSION = 64
_LONGEST_APP_VERSION = 40


def note_presence(device: Device, presence: Presence, *, at: dt.datetime) -> bool:
    """Store what a handheld said; False for the late farewell of an older session.

    The handheld's own time is kept as it stands and decides nothing here.
    """
    return devices.note_presence(
        device,
        online=presence.online,
        presence_session=presence.session[:_LONGEST_SESSION],
        at=presence.at,
        now=at,
        app_version=presence.app_version and presence.app_version[:_LONGEST_APP_VERSION],
        battery_percent=presence.battery,
        queued=None if presence.queued is None else min(presence.queued, LARGEST_INTEGER),
    )


def judge_clock(
    session: Session, settings: Settings, device: Device, told: dt.datetime, *, at: dt.datetime
) -> None:
    """Learn how far the handheld's clock is off; the desk hears of one too far off (P-18).

    `told` is the handheld's clock, `at` the server's in the same moment. `device` must be locked.
    """
    skew_s = round((told - at).total_seconds())
    device.clock_skew_s = max(-LARGEST_INTEGER, min(skew_s, LARGEST_INTEGER))
    if abs(skew_s) > settings.clock_skew_s:
        alerts.raise_alert(
            session,
            CLOCK_ALERT,
            subject_kind="device",
            subject=device.id,
            audience=timers.DESK,
            rule="P-18",
            by=actor_for(device, device.label),
            at=at,
            data={"skew_s": device.clock_skew_s, "label": device.label},
        )
    else:
        alerts.resolve(
            session,
            subject_kind="device",
            subject=device.id,
            kinds=[CLOCK_ALERT],
            at=at,
            how="clock right",
        )
