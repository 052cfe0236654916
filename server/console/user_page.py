"""One account: its roles, a forgotten password, its end and its return (X-021)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts import access
from server.accounts.models import User
from server.accounts.queries import user_named
from server.api.fields import Text
from server.broker_accounts import end_now
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.history import history_of
from server.http import actor, requires, settings
from server.work_orders.operations import leaving

pages = Blueprint("user", __name__)


class RolesIn(ma.Schema):
    """What somebody works as from now on."""

    roles = ma.fields.List(Text(40), required=True, validate=ma.validate.Length(min=1))


class AccessIn(ma.Schema):
    """Why somebody's access ends, or is given back."""

    reason = Text(200, required=True)


@pages.get("/admin/users/<username>")
@requires("user.manage")
def show(username: str) -> Any:
    """The account with what was done to it, and the forms."""
    return _page(username)


@pages.post("/admin/users/<username>/roles")
@requires("user.manage")
def set_roles(username: str) -> Any:
    """Other roles; whoever is no technician any more loses his handhelds."""

    def act(current: Session, user: User) -> list[str]:
        data = forms.loaded(RolesIn, forms.taken(lists=("roles",)))
        return leaving.change_roles(current, user, **data, by=actor(), at=utcnow())

    return _change(username, act, done=gettext("角色已更改。"))


@pages.post("/admin/users/<username>/password")
@requires("user.manage")
def reset_password(username: str) -> Any:
    """A new first password, shown once."""
    password = secrets.token_urlsafe(9)
    try:
        with transaction() as current:
            access.reset_password(
                current,
                user_named(current, actor().estate_id, username),
                new=password,
                memory_kib=settings().password_memory_kib,
                by=actor(),
                at=utcnow(),
            )
    except NotFound:
        raise
    except Problem as problem:
        return _page(username, problem), problem.status
    # Shown once and kept nowhere: a redirect would have to carry the secret.
    return _page(username, new_password=password)


@pages.post("/admin/users/<username>/end")
@requires("user.manage")
def end(username: str) -> Any:
    """No sign-in from now on; sessions, tokens and handhelds end at once."""

    def act(current: Session, user: User) -> list[str]:
        data = forms.loaded(AccessIn, forms.taken("reason"))
        return leaving.end_access(current, user, **data, by=actor(), at=utcnow())

    return _change(username, act, done=gettext("账号已停用,会话和手持机已失效。"))


@pages.post("/admin/users/<username>/return")
@requires("user.manage")
def restore(username: str) -> Any:
    """Somebody is back; his handhelds are enrolled anew."""

    def act(current: Session, user: User) -> list[str]:
        data = forms.loaded(AccessIn, forms.taken("reason"))
        access.set_active(current, user, active=True, **data, by=actor(), at=utcnow())
        return []

    return _change(username, act, done=gettext("账号已恢复。"))


def _change(username: str, act: Callable[[Session, User], list[str]], *, done: str) -> Any:
    try:
        with transaction() as current:
            ended = act(current, user_named(current, actor().estate_id, username))
    except NotFound:
        raise
    except Problem as problem:
        return _page(username, problem), problem.status
    for device_id in ended:  # the broker learns it right after the commit
        end_now(device_id)
    flash(done)
    return redirect(url_for("console.user.show", username=username), 303)


def _page(username: str, problem: Problem | None = None, *, new_password: str = "") -> str:
    current = session()
    user = user_named(current, actor().estate_id, username)
    return render_template(
        "user.html",
        one=user,
        own=user.id == actor().user_id,
        new_password=new_password,
        history=history_of(current, access.SUBJECT, str(user.id)),
        problem=problem,
        typed=request.form,
    )
