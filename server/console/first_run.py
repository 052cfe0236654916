"""The first page of a new installation: its estate and its first administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server import first_run
from server.accounts import operations as accounts
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Denied, Invalid, Problem
from server.http import client_address, public, settings

pages = Blueprint("first_run", __name__)
_THROTTLED = "first-run"


@pages.get("/first-run")
@public("there is no user yet; without the setup code it does nothing")
def show() -> Any:
    """The form, as long as there is nobody."""
    if not first_run.is_first_run(session()):
        return redirect(url_for("console.sign_in.show"), 303)
    return render_template("first_run.html")


@pages.post("/first-run")
@public("there is no user yet; the setup code is checked and throttled")
def set_up() -> Any:
    """Make estate and administrator, publish the checklists, and use up the code."""
    try:
        _check_code(request.form.get("code", "").strip())
        _make(request.form)
    except Problem as problem:
        return render_template("first_run.html", problem=problem), problem.status
    (settings().home / first_run.SETUP_CODE).unlink(missing_ok=True)
    flash(gettext("安装完成,请登录。"))
    return redirect(url_for("console.sign_in.show"), 303)


def _check_code(given: str) -> None:
    """Raises Denied for a wrong code, TooMany for somebody who tries codes."""
    at, right = utcnow(), first_run.setup_code_fits(settings(), given)
    with transaction() as current:
        accounts.throttle(current, _THROTTLED, client_address(), at)
        if not right:
            accounts.note_failure(current, _THROTTLED, client_address(), at)
    if not right:
        raise Denied(
            "wrong-setup-code",
            "安装码不对;启动时显示在终端,也存放在数据目录的 setup-code 文件里。",
            "Wrong setup code; it is printed at start and kept in the file setup-code.",
        )


def _make(form: Any) -> None:
    at, estate_name = utcnow(), form.get("estate", "").strip()
    username, name = form.get("username", "").strip(), form.get("name", "").strip()
    blank = [key for key in ("estate", "username", "name") if not form.get(key, "").strip()]
    if blank or len(estate_name) > 60 or len(username) > 40 or len(name) > 40:  # noqa: PLR2004  # columns
        raise Invalid(
            "bad-first-run",
            "请填写小区、姓名和用户名(最多 40 字)。",
            "Give the estate, your name and a user name of at most 40 characters.",
            errors={key: [gettext("必填")] for key in blank},
        )
    with transaction() as current:
        first_run.create_first_administrator(
            current,
            settings(),
            estate_name=estate_name,
            username=username,
            name=name,
            password=form.get("password", ""),
            at=at,
        )
