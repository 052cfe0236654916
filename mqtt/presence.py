"""What the broker tells of a handheld: live, retained, or by its will."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.envelope import Presence
from server.devices.models import Device
from server.fieldwork import contact


def note(device: Device, presence: Presence, *, retained: bool, at: dt.datetime) -> bool:
    """Store what a handheld said; False for the late will of an older session.

    A retained message is an old one, told again because the server connected: it says whether the
    handheld is there, but is no sign of life at this moment. A will is as old, so neither says
    anything of the clock.
    """
    seen_at = device.last_seen_at
    taken = contact.note_presence(device, presence, at=at)
    if retained:
        device.last_seen_at = seen_at
    return taken


def forget_all(session: Session) -> None:
    """Take everybody for absent until the broker or a handheld says otherwise.

    The server does this whenever its connection is new: wills may have gone unheard meanwhile, and
    who is there stands in the retained messages that follow.
    """
    session.execute(sa.update(Device).where(Device.online).values(online=False))
