"""What a handheld says of itself, live, retained, or by its will."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.envelope import Presence
from server.devices import operations as devices
from server.devices.models import Device

_LONGEST_SESSION = 64
_LONGEST_APP_VERSION = 40
_LARGEST_INTEGER = 2**31 - 1


def note(device: Device, presence: Presence, *, retained: bool, at: dt.datetime) -> bool:
    """Store what a handheld said; False for the late will of an older session.

    A retained message is an old one, told again because the server connected: it says whether the
    handheld is there, but is no sign of life at this moment. The handheld's own time is kept as
    it stands and decides nothing.
    """
    seen_at = device.last_seen_at
    taken = devices.note_presence(
        device,
        online=presence.online,
        presence_session=presence.session[:_LONGEST_SESSION],
        at=presence.at,
        now=at,
        app_version=presence.app_version and presence.app_version[:_LONGEST_APP_VERSION],
        battery_percent=presence.battery,
        queued=None if presence.queued is None else min(presence.queued, _LARGEST_INTEGER),
    )
    if retained:
        device.last_seen_at = seen_at
    return taken


def forget_all(session: Session) -> None:
    """Take everybody for absent until the broker or a handheld says otherwise.

    The server does this whenever its connection is new: wills may have gone unheard meanwhile, and
    who is there stands in the retained messages that follow.
    """
    session.execute(sa.update(Device).where(Device.online).values(online=False))
