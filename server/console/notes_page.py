"""Notes on the page of an order or a request: reading, writing, calling somebody with @."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request
from uuid_utils.compat import uuid7

from server.api.fields import Text
from server.api.orders import readable
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.estate.names import initials
from server.http import actor, requires
from server.notes import operations as notes
from server.notes import queries
from server.notes.models import Note
from server.requests import operations as requests

pages = Blueprint("notes", __name__)
#: As many names as are offered at once.
_OFFERED = 8


class NoteIn(ma.Schema):
    """One note."""

    text = Text(2000, required=True)
    note_id = ma.fields.UUID(required=True)


@pages.post("/orders/<number>/notes")
@requires("order.read", reading=True)
def about_order(number: str) -> Any:
    """Write a note about an order that one may see."""
    readable(number)
    return _written(queries.ORDER, number)


@pages.post("/requests/<number>/notes")
@requires("request.read")
def about_request(number: str) -> Any:
    """Write a note about a request."""
    requests.find(session(), number, by=actor(), lock=False)
    return _written(queries.REQUEST, number)


@pages.get("/notes/people")
@requires("order.read", reading=True)
def people() -> Any:
    """Whom somebody who typed `@` and some letters may mean: by name, its initials, user name."""
    typed = request.args.get("q", "").strip().casefold()[:40]
    offered = [
        user
        for user in queries.may_be_called(session(), actor().estate_id)
        if typed in user.name.casefold()
        or user.username.casefold().startswith(typed)
        or initials(user.name).startswith(typed)
    ]
    return render_template("notes_people.html", people=offered[:_OFFERED])


def notes_about(subject_kind: str, subject: str) -> list[Note]:
    """The notes of the page that is being made."""
    return queries.notes_of(session(), actor().estate_id, subject_kind, subject)


def fresh_note_id() -> uuid.UUID:
    """The id of the note that may be written on this page."""
    return uuid7()


def _written(subject_kind: str, number: str) -> Any:
    data = forms.loaded(NoteIn, forms.taken("text", "note_id"))
    with transaction() as current:
        notes.write(
            current, subject_kind=subject_kind, subject=number, **data, by=actor(), at=utcnow()
        )
    flash(gettext("备注已写下。"))
    return redirect(f"/{subject_kind}s/{number}#h-notes", 303)
