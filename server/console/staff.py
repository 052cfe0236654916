"""Administration: users with their roles and licences, handhelds, the estate's units."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts import operations as accounts
from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import technician
from server.api.schemas import EnrolIn, RevokeIn
from server.broker_accounts import end_now
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.devices import operations as devices
from server.devices.models import Device
from server.errors import Invalid, Problem
from server.estate import operations as estate
from server.estate.models import Unit
from server.http import actor, level, requires, settings

pages = Blueprint("staff", __name__)


@pages.get("/admin")
@requires("device.manage")
def show() -> Any:
    """Users, handhelds and units."""
    return _page()


@pages.post("/admin/users")
@requires("user.manage")
def create_user() -> Any:
    """Make a user; the first password is shown once and has to be changed at first sign-in."""
    password = secrets.token_urlsafe(9)

    def act(current: Session) -> dict[str, Any]:
        data = forms.taken("username", "name", "staff_code", "department", lists=("roles",))
        _needs(data, "username", "name", "roles")
        user = accounts.create_user(
            current,
            **data,
            password=password,
            memory_kib=settings().password_memory_kib,
            by=actor(),
            at=utcnow(),
        )
        return {"new_user": user, "new_password": password}

    return _do(act)


@pages.post("/admin/qualifications")
@requires("user.manage")
def qualify() -> Any:
    """Enter an approved licence (X-029)."""

    def act(current: Session) -> dict[str, Any]:
        data = forms.taken("technician", "kind", "number", "valid_from", "valid_until")
        _needs(data, "technician", "kind", "number", "valid_from", "valid_until")
        user = technician(current, actor().estate_id, data.pop("technician"))
        for name in ("valid_from", "valid_until"):
            data[name] = dt.date.fromisoformat(data[name])
        accounts.grant_qualification(current, user, **data, by=actor(), at=utcnow())
        return {}

    return _do(act, done=gettext("资格已登记。"))


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
            lifetime=dt.timedelta(minutes=settings().pairing_minutes),
            by=actor(),
            at=utcnow(),
        )
        return {"new_device": device, "pairing_code": code, "holder": holder}

    return _do(act)


@pages.post("/admin/handhelds/<device_id>/revoke")
@requires("device.report_lost")
def revoke(device_id: str) -> Any:
    """End a handheld's credentials at once (P-19)."""

    def act(current: Session) -> dict[str, Any]:
        data = forms.loaded(RevokeIn, forms.taken("reason", "lost"))
        lost = bool(data.pop("lost")) or level("device.manage") is None
        devices.revoke(current, device_id, lost=lost, **data, by=actor(), at=utcnow())
        return {}

    answer = _do(act, done=gettext("手持机已停用。"))
    end_now(device_id)
    return answer


@pages.post("/admin/units")
@requires("user.manage")
def add_units() -> Any:
    """Enter the estate's units, one code a line; known ones are left as they are."""

    def act(current: Session) -> dict[str, Any]:
        estate_id = actor().estate_id
        codes = dict.fromkeys(request.form.get("codes", "").split())
        known = set(current.scalars(sa.select(Unit.code).where(Unit.estate_id == estate_id)))
        for code in codes:
            if code not in known:
                estate.add_unit(current, estate_id, code)
        return {}

    return _do(act, done=gettext("房号已保存。"))


def _do(act: Callable[[Session], dict[str, Any]], *, done: str = "") -> Any:
    try:
        with transaction() as current:
            shown = act(current)
    except Problem as problem:
        return _page(problem=problem), problem.status
    if shown:
        # Shown once and kept nowhere: a redirect would have to carry the secret.
        return _page(**shown)
    flash(done)
    return redirect(url_for("console.staff.show"), 303)


def _page(**more: Any) -> str:
    current, estate_id = session(), actor().estate_id
    users = list(
        current.scalars(sa.select(User).where(User.estate_id == estate_id).order_by(User.username))
    )
    handhelds = current.scalars(
        sa.select(Device).where(Device.estate_id == estate_id).order_by(Device.label)
    )
    units = current.scalar(
        sa.select(sa.func.count()).select_from(Unit).where(Unit.estate_id == estate_id)
    )
    return render_template(
        "staff.html",
        users=users,
        technicians=[one for one in users if one.active and Role.TECHNICIAN in one.roles],
        names={one.id: one.name for one in users},
        handhelds=list(handhelds),
        unit_count=units,
        typed=request.form,
        **more,
    )


def _needs(data: dict[str, Any], *names: str) -> None:
    errors = {name: [gettext("必填")] for name in names if not data.get(name)}
    if errors:
        raise Invalid(
            "bad-form", "请更正标出的内容。", "Please correct what is marked.", errors=errors
        )
