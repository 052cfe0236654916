"""The message centre: one's box with what is unread, writing to people, and who has read (X-028)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import everybody, names_of
from server.api.messages import MessageAnswerIn, MessageIn, me, readers_of
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.http import actor, level, requires
from server.keyset import read_place
from server.messages import operations, queries

pages = Blueprint("messages", __name__)
PAGE = 50
DOES = frozenset("DA")
#: What a message may be about -> the page that shows it, and the action that opens it.
ABOUT: dict[str, tuple[str, str | None]] = {
    "order": ("/orders/{}", "order.read"),
    "request": ("/requests/{}", "request.read"),
    "public_notice": ("/public-notices/{}", None),
    "price_list": ("/price-lists/{}", None),
    "message": ("/messages/{}", None),
    "complaint": ("/complaints/{}", "complaint.read"),
    "visit": ("/return-visits/{}", "rectification.carry_out"),
    "finance_report": ("/finance/reports/{}", "billing.register"),
    "summary": ("/month-end/{}/summary", "summary.write"),
}


@pages.get("/messages")
@requires("account.self")
def show() -> Any:
    """My box, or what I sent."""
    return _box()


@pages.post("/messages")
@requires("message.send")
def send() -> Any:
    """To people by name and to everybody with a role; sent twice it goes once."""
    try:
        with transaction() as current:
            if forms.answered_before(current) is None:
                _send(current)
                forms.keep_answer(current, "sent")
    except Problem as problem:
        return _box(problem), problem.status
    flash(gettext("消息已发出。"))
    return redirect(url_for("console.messages.show", box="sent"), 303)


@pages.get("/messages/<uuid:message_id>")
@requires("account.self")
def one(message_id: uuid.UUID) -> Any:
    """A message; for its reader, that it has been read (once, on the screen that was first)."""
    by = actor()
    message = queries.find(session(), message_id, by=by)
    rows = queries.receipts(session(), message)
    mine = next((row for row in rows if row.reader_id == by.user_id), None)
    if mine is not None and mine.read_at is None:
        with transaction() as current:
            operations.mark_read(current, message_id, on="console", by=by, at=utcnow())
        g.pop("unread_messages", None)
    return _one(message_id)


@pages.post("/messages/<uuid:message_id>/reply")
@requires("account.self")
def reply(message_id: uuid.UUID) -> Any:
    """Answer in words (X-023)."""
    try:
        with transaction() as current:
            data = forms.loaded(MessageAnswerIn, forms.taken("text"))
            operations.reply(
                current, message_id, text=data["text"], on="console", by=actor(), at=utcnow()
            )
    except NotFound:
        raise
    except Problem as problem:
        return _one(message_id, problem), problem.status
    flash(gettext("已回复。"))
    return redirect(url_for("console.messages.one", message_id=message_id), 303)


def unread_messages() -> int:
    """How many messages of whoever is signed in wait to be opened, for the head of a page."""
    user = g.get("user")
    return queries.unread(session(), user.id) if user else 0


def address_of(subject_kind: str | None, subject: str | None) -> str | None:
    """The page of what a message is about, where there is one that the reader may open."""
    known = ABOUT.get(subject_kind or "")
    if known is None or subject is None:
        return None
    address, action = known
    if action is not None and level(action) is None:
        return None
    return address.format(subject)


def _send(current: Session) -> None:
    typed = forms.taken("title", "text", lists=("to", "roles"))
    typed["wants_reply"] = "wants_reply" in request.form
    data = forms.loaded(MessageIn, typed)
    readers = readers_of(current, data.pop("to"), data.pop("roles"), by=actor())
    operations.send(current, kind="notice", readers=readers, **data, by=actor(), at=utcnow())


def _box(problem: Problem | None = None) -> str:
    current, by = session(), actor()
    which = request.args.get("box", "")
    which = which if which in {"unread", "sent"} else ""
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    if which == "sent":
        leaf = queries.sent(current, me(by), limit=PAGE, **places)
    else:
        leaf = queries.box(current, me(by), unread_only=which == "unread", limit=PAGE, **places)
    sends = level("message.send") in DOES
    people = [one for one in everybody(current, by.estate_id) if one.active] if sends else []
    held = {role for one in people for role in one.roles}
    return render_template(
        "messages.html",
        leaf=leaf,
        which=which,
        names=names_of(current, {row.sent_by for row in leaf.rows if row.sent_by}),
        sends=sends,
        people=[one for one in people if one.id != by.user_id],
        roles=[role for role in Role if role in held],
        turn=lambda **place: url_for("console.messages.show", box=which or None, **place),
        once=request.form.get("once") or forms.fresh_key(),
        problem=problem,
        typed=request.form,
    )


def _one(message_id: uuid.UUID, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    message = queries.find(current, message_id, by=by)
    rows = queries.receipts(current, message)
    return render_template(
        "message.html",
        message=message,
        sender=names_of(current, {message.sent_by} if message.sent_by else set()).get(
            message.sent_by or uuid.UUID(int=0)
        ),
        mine=next((row for row in rows if row.reader_id == by.user_id), None),
        receipts=rows if message.sent_by == by.user_id else [],
        about=address_of(message.subject_kind, message.subject),
        problem=problem,
        typed=request.form,
    )
