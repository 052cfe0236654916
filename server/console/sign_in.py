"""Signing in and out with a cookie, and choosing the language."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie

from server.accounts import operations as accounts
from server.accounts.models import User
from server.api.accounts import open_token
from server.api.schemas import TokenIn
from server.console import forms
from server.console.wording import LANGUAGE_KEY, LANGUAGES, gettext, said
from server.db import session, transaction, utcnow
from server.errors import Invalid, Problem, TooMany, Unauthenticated
from server.first_run import is_first_run
from server.http import TOKEN_KEY, public, requires, settings, signed_in

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
@public("this is where one proves who one is")
def show() -> Any:
    """The form; an installation that has no user yet is set up first."""
    if is_first_run(session()):
        return redirect(url_for("console.first_run.show"), 303)
    return render_template("sign_in.html", next=safe_next(request.args.get("next", "")))


@pages.post("/sign-in")
@public("this is where one proves who one is; throttled")
def enter() -> Any:
    """Open a session for whoever knows the password."""
    goal = safe_next(request.form.get("next", ""))
    try:
        data = forms.loaded(TokenIn, forms.taken("username") | {"password": _password()})
        user, token = open_session(data["username"], data["password"])
    except (Invalid, TooMany, Unauthenticated) as problem:
        return render_template("sign_in.html", next=goal, sentence=_why(problem)), problem.status
    remember(user, token)
    return redirect(goal, 303)


@pages.post("/sign-out")
@requires("account.self", first_password=True)
def leave() -> Any:
    """End the session on the server and in the browser."""
    with transaction() as current:
        accounts.close_token(current, cookie.get(TOKEN_KEY, ""), utcnow())
    chosen = cookie.get(LANGUAGE_KEY)
    cookie.clear()
    if chosen:
        cookie[LANGUAGE_KEY] = chosen
    flash(gettext("您已退出。"))
    return redirect(url_for("console.sign_in.show"), 303)


@pages.post("/language")
@public("a choice of this browser")
def choose_language() -> Any:
    """Show the pages in another language; whoever is signed in keeps it."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        cookie[LANGUAGE_KEY] = chosen
        if TOKEN_KEY in cookie:
            _keep_language(chosen)
    return redirect(safe_next(request.form.get("next", "")), 303)


def open_session(username: str, password: str) -> tuple[User, str]:
    """Check name and password. Raises TooMany, Unauthenticated; a failure is counted."""
    lifetime = dt.timedelta(hours=settings().session_hours)
    user, token, _until = open_token(username, password, kind="console", lifetime=lifetime)
    return user, token


def remember(user: User, token: str) -> None:
    """Start the browser's session anew, so nothing of an earlier one stays."""
    chosen = cookie.get(LANGUAGE_KEY, user.language)
    cookie.clear()
    cookie[TOKEN_KEY] = token
    cookie[LANGUAGE_KEY] = chosen


def safe_next(target: str) -> str:
    """An address of this site, or the board: nobody is sent elsewhere after signing in."""
    parts = urlsplit(target)
    ours = not parts.scheme and not parts.netloc and target.startswith("/")
    return target if ours and not target.startswith(("//", "/\\")) else "/"


def _password() -> str:
    # Not stripped: a password may begin or end with a space.
    return request.form.get("password", "")


def _keep_language(chosen: str) -> None:
    try:
        user = signed_in()
    except Unauthenticated:
        return
    with transaction() as current:
        current.merge(user, load=True).language = chosen


def _why(problem: Problem) -> str:
    if isinstance(problem, Invalid):
        return gettext("请填写用户名和密码。")
    return said(problem)
