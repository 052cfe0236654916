"""Handhelds on the administrator's page: enrol, new pairing code, notice, revoke."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import marshmallow as ma
import segno
from flask import Blueprint
from markupsafe import Markup
from sqlalchemy.orm import Session

from server.accounts.queries import technician
from server.api.fields import Text
from server.api.schemas import EnrolIn, RevokeIn
from server.broker_accounts import end_now
from server.console import forms
from server.console.staff import do
from server.console.wording import gettext
from server.db import utcnow
from server.devices import operations as devices
from server.devices.models import Device
from server.http import actor, level, requires, settings

pages = Blueprint("handhelds", __name__)
#: Light modules around the code, without which cameras do not find it.
QUIET_ZONE = 4
#: A handheld that opens such an address finds itself.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "0.0.0.0"})  # noqa: S104


class NoticeIn(ma.Schema):
    """What a technician is to read."""

    text = Text(1000, required=True)


@pages.post("/admin/handhelds")
@requires("device.manage")
def enrol() -> Any:
    """Prepare a handheld; its pairing code is shown once."""

    def act(current: Session) -> dict[str, Any]:
        data = forms.loaded(EnrolIn, forms.taken("label", "technician"))
        holder = technician(current, actor().estate_id, data["technician"])
        device, code = devices.enrol(
            current,
            label=data["label"],
            technician=holder,
            lifetime=_lifetime(),
            by=actor(),
            at=utcnow(),
        )
        return _to_pair(device, code)

    return do(act)


@pages.post("/admin/handhelds/<device_id>/code")
@requires("device.manage")
def renew_code(device_id: str) -> Any:
    """A new code for a handheld that was not paired in time."""

    def act(current: Session) -> dict[str, Any]:
        device, code = devices.renew_code(
            current, device_id, lifetime=_lifetime(), by=actor(), at=utcnow()
        )
        return _to_pair(device, code)

    return do(act)


@pages.post("/admin/handhelds/<device_id>/notice")
@requires("device.manage")
def notify(device_id: str) -> Any:
    """Send a notice to one handheld; it is shown when the handheld is next connected."""

    def act(current: Session) -> dict[str, Any]:
        data = forms.loaded(NoticeIn, forms.taken("text"))
        device = devices.find(current, device_id, by=actor(), lock=True)
        devices.command(current, device, devices.NOTICE, text=data["text"], by=actor(), at=utcnow())
        return {}

    return do(act, done=gettext("通知已交付发送,手持机联网后显示。"))


@pages.post("/admin/handhelds/<device_id>/revoke")
@requires("device.report_lost")
def revoke(device_id: str) -> Any:
    """End a handheld's credentials at once (P-19)."""

    def act(current: Session) -> dict[str, Any]:
        data = forms.loaded(RevokeIn, forms.taken("reason", "lost"))
        # Whoever may not manage devices can only report one lost, which ends it all the same.
        lost = bool(data.pop("lost")) or level("device.manage") is None
        devices.revoke(current, device_id, lost=lost, **data, by=actor(), at=utcnow())
        return {}

    answer = do(act, done=gettext("手持机已停用。"))
    if not isinstance(answer, tuple):  # not refused: the broker learns it right after the commit
        end_now(device_id)
    return answer


def _lifetime() -> dt.timedelta:
    return dt.timedelta(minutes=settings().pairing_minutes)


def _to_pair(device: Device, code: str) -> dict[str, Any]:
    url = devices.pairing_url(settings().web_url, code)
    return {
        "new_device": device,
        "pairing_code": code,
        "pairing_url": url,
        "only_here": urlsplit(url).hostname in LOOPBACK,
        "qr": qr_svg(url),
    }


def qr_svg(text: str) -> Markup:
    """A QR code that any camera reads: dark on white, also on a dark page; no inline style."""
    code = segno.make_qr(text, error="m")
    # The library's own drawing, of modules alone: nothing that somebody typed stands in it.
    return Markup(  # noqa: S704
        code.svg_inline(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
    )
