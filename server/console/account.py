"""One's own account: who one is, and choosing a password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from server.accounts import operations as accounts
from server.console.sign_in import open_session, remember
from server.console.wording import gettext
from server.db import transaction, utcnow
from server.errors import Invalid, Problem
from server.http import actor, requires, settings, signed_in

pages = Blueprint("account", __name__)


@pages.get("/account")
@requires("account.self", first_password=True)
def show() -> Any:
    """Name, roles, and the form for a new password."""
    return render_template("account.html")


@pages.post("/account/password")
@requires("account.self", first_password=True)
def change_password() -> Any:
    """Set a new password; every other session of the user ends, this one goes on."""
    user, new = signed_in(), request.form.get("new", "")
    username = user.username
    try:
        if new != request.form.get("again", ""):
            raise Invalid(
                "passwords-differ", "两次输入的新密码不同。", "The new passwords are not the same."
            )
        with transaction() as current:
            accounts.change_password(
                current,
                user,
                old=request.form.get("old", ""),
                new=new,
                memory_kib=settings().password_memory_kib,
                by=actor(),
                at=utcnow(),
            )
    except Problem as problem:
        return render_template("account.html", problem=problem), problem.status
    remember(*open_session(username, new))
    flash(gettext("密码已更改。"))
    return redirect("/", 303)
