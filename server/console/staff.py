"""Administration: users with their roles and licences, the estate's units, and the page of all."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts import operations as accounts
from server.accounts.permissions import Role
from server.accounts.queries import technician, users_of
from server.api.fields import Text, one_of
from server.console import forms
from server.console.labels import QUALIFICATION
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.devices.attention import concerns, neediest_first
from server.devices.queries import handhelds_of
from server.errors import Problem
from server.estate import operations as estate
from server.estate import queries as estate_queries
from server.http import actor, requires, settings

pages = Blueprint("staff", __name__)


class UserIn(ma.Schema):
    """Somebody who is to sign in."""

    username = Text(40, required=True)
    name = Text(40, required=True)
    staff_code = Text(12)
    department = Text(40)
    roles = ma.fields.List(Text(40), required=True, validate=ma.validate.Length(min=1))


class LicenceIn(ma.Schema):
    """A licence that was seen and approved (X-029)."""

    technician = Text(40, required=True)
    kind = one_of(*QUALIFICATION, required=True)
    number = Text(40, required=True)
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(required=True)


@pages.get("/admin")
@requires("device.report_lost")
def show() -> Any:
    """Users, handhelds and units; who may only report a handheld lost sees only these."""
    return page()


@pages.post("/admin/users")
@requires("user.manage")
def create_user() -> Any:
    """Make a user; the first password is shown once and has to be changed at first sign-in."""
    password = secrets.token_urlsafe(9)

    def act(current: Session) -> dict[str, Any]:
        typed = forms.taken("username", "name", "staff_code", "department", lists=("roles",))
        data = forms.loaded(UserIn, typed)
        user = accounts.create_user(
            current,
            **data,
            password=password,
            memory_kib=settings().password_memory_kib,
            by=actor(),
            at=utcnow(),
        )
        return {"new_user": user, "new_password": password}

    return do(act)


@pages.post("/admin/qualifications")
@requires("user.manage")
def qualify() -> Any:
    """Enter an approved licence (X-029)."""

    def act(current: Session) -> dict[str, Any]:
        data = forms.loaded(
            LicenceIn, forms.taken("technician", "kind", "number", "valid_from", "valid_until")
        )
        user = technician(current, actor().estate_id, data.pop("technician"))
        accounts.grant_qualification(current, user, **data, by=actor(), at=utcnow())
        return {}

    return do(act, done=gettext("资格已登记。"))


@pages.post("/admin/units")
@requires("user.manage")
def add_units() -> Any:
    """Enter the estate's units, one code a line; known ones are left as they are."""

    def act(current: Session) -> dict[str, Any]:
        estate_id = actor().estate_id
        codes = dict.fromkeys(request.form.get("codes", "").split())
        known = estate_queries.unit_codes(current, estate_id)
        for code in codes:
            if code not in known:
                estate.add_unit(current, estate_id, code)
        return {}

    return do(act, done=gettext("房号已保存。"))


def do(act: Callable[[Session], dict[str, Any]], *, done: str = "") -> Any:
    """One change from the administrator's page; refused, the page shows why and what was typed."""
    try:
        with transaction() as current:
            shown = act(current)
    except Problem as problem:
        return page(problem=problem), problem.status
    if shown:
        # Shown once and kept nowhere: a redirect would have to carry the secret.
        return page(**shown)
    flash(done)
    return redirect(url_for("console.staff.show"), 303)


def page(**more: Any) -> str:
    """The administrator's page, with what an act has to show once."""
    current, estate_id, limit_s = session(), actor().estate_id, settings().clock_skew_s
    users = users_of(current, estate_id)
    return render_template(
        "staff.html",
        users=users,
        technicians=[one for one in users if one.active and Role.TECHNICIAN in one.roles],
        names={one.id: one.name for one in users},
        handhelds=neediest_first(handhelds_of(current, estate_id), clock_skew_s=limit_s),
        concerns=partial(concerns, clock_skew_s=limit_s),
        unit_count=estate_queries.unit_count(current, estate_id),
        typed=request.form,
        **more,
    )
