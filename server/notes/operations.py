"""Writing a note: kept, found again, told to whom it calls."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from server import history
from server.alerts import operations as alerts
from server.errors import Conflict
from server.history import Actor
from server.notes.mentions import called
from server.notes.models import Note
from server.notes.queries import may_be_called
from server.search import index

MENTION = "note.mention"


def write(
    session: Session,
    *,
    note_id: uuid.UUID,
    subject_kind: str,
    subject: str,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> Note:
    """Write a note about an order or a request; whom it calls with @ gets an alert of his own.

    `note_id` is the form's: sent again it is the same note. Raises Conflict where somebody else's
    note has it.
    """
    known = session.get(Note, note_id)
    if known is not None:
        if (known.author_id, known.subject) != (by.user_id, subject):
            raise Conflict("note-known", "备注编号已被使用。", "The id of the note is in use.")
        return known
    people = {user.username: user for user in may_be_called(session, by.estate_id)}
    mentions = called(text, {username: user.name for username, user in people.items()})
    note = Note(
        id=note_id,
        estate_id=by.estate_id,
        subject_kind=subject_kind,
        subject=subject,
        text=text,
        author_id=by.user_id,
        author_name=by.name,
        at=at,
        mentions=mentions,
    )
    session.add(note)
    session.flush()
    index.put(session, by.estate_id, index.NOTE, str(note.id), [subject, text])
    history.record(
        session,
        "note.written",
        subject_kind=subject_kind,
        subject=subject,
        by=by,
        at=at,
        data={"note_id": str(note.id), "text": text, "mentions": mentions},
    )
    for username in mentions:
        if people[username].id != by.user_id:
            alerts.raise_alert(
                session,
                MENTION,
                subject_kind=subject_kind,
                subject=subject,
                addressee_id=people[username].id,
                by=by,
                at=at,
                data={"author": by.name, "note_id": str(note.id)},
            )
    return note
