"""Notices to the handhelds: write one, and see how many it has reached."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.api.fields import Text, one_of
from server.console import forms
from server.console.labels import QUALIFICATION
from server.console.people_labels import AUDIENCE
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.devices import notices
from server.errors import Problem
from server.http import actor, level, requires, settings

pages = Blueprint("notices", __name__)
PAGE = 30


class NoticeIn(ma.Schema):
    """What is to be read, and by whom."""

    text = Text(1000, required=True)
    audience = one_of(*AUDIENCE, required=True)
    licence = one_of(*QUALIFICATION, load_default=None)
    technicians = ma.fields.List(Text(40), load_default=[])


@pages.get("/notices")
@requires("notice.send", reading=True)
def show() -> Any:
    """What was sent, newest first."""
    return page()


@pages.post("/notices")
@requires("notice.send")
def send() -> Any:
    """One notice to many handhelds, in one transaction; sent twice it goes once."""
    try:
        with transaction() as current:
            said = forms.answered_before(current)
            if said is None:
                said = _send(current)
                forms.keep_answer(current, said)
    except Problem as problem:
        return page(problem), problem.status
    number, count = said.split()
    flash(gettext("通知 %(number)s 已交付发送,共 %(count)s 台手持机。", number=number, count=count))
    return redirect(url_for("console.notices.show"), 303)


def _send(current: Session) -> str:
    data = forms.loaded(
        NoticeIn, forms.taken("text", "audience", "licence", lists=("technicians",))
    )
    number, count = notices.send(
        current,
        settings().zone,
        text=data["text"],
        audience=_in_words(data),
        technician_ids=_chosen(current, data),
        by=actor(),
        at=utcnow(),
    )
    return f"{number} {count}"


def _chosen(current: Session, data: dict[str, Any]) -> set[uuid.UUID] | None:
    if data["audience"] == "all":
        return None
    people = users_with_role(current, actor().estate_id, Role.TECHNICIAN)
    if data["audience"] == "licence":
        return {one.id for one in people if _holds(one, data["licence"])}
    return {one.id for one in people if one.username in data["technicians"]}


def _holds(one: User, licence: str | None) -> bool:
    day = utcnow().astimezone(settings().zone).date()
    return any(row.kind == licence and row.valid_on(day) for row in one.qualifications)


def _in_words(data: dict[str, Any]) -> str:
    """How the handhelds were chosen, as it is kept: `licence:gas`."""
    return f"licence:{data['licence']}" if data["audience"] == "licence" else data["audience"]


def page(problem: Problem | None = None) -> str:
    """The form and the list."""
    current, by = session(), actor()
    cursor = request.args.get("cursor", "")
    known = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 19 else None  # noqa: PLR2004  # digits of a 64-bit number
    sent, following = notices.sent(current, by.estate_id, limit=PAGE, cursor=known)
    return render_template(
        "notices.html",
        notices=sent,
        next_cursor=following,
        sends=level("notice.send") in {"D", "A"},
        technicians=users_with_role(current, by.estate_id, Role.TECHNICIAN),
        once=request.form.get("once") or forms.fresh_key(),
        problem=problem,
        typed=request.form,
    )
