"""Opening a rectification with its owner and date, and saying that it was carried out."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Invalid
from server.history import Actor
from server.rectifications.models import Rectification


def open_rectification(
    session: Session,
    *,
    subject_kind: str,
    subject: str,
    round: int,  # noqa: A002  # the trade's word
    text: str,
    owner_id: uuid.UUID,
    due_on: dt.date,
    by: Actor,
    at: dt.datetime,
) -> Rectification:
    """R-090, R-128: what is put right, by whom and by when. The subject must be locked."""
    row = Rectification(
        estate_id=by.estate_id,
        subject_kind=subject_kind,
        subject=subject,
        round=round,
        text=text,
        owner_id=owner_id,
        due_on=due_on,
        opened_by=by.user_id,
        opened_at=at,
    )
    session.add(row)
    session.flush()
    history.record(
        session,
        "rectification.opened",
        subject_kind=subject_kind,
        subject=subject,
        by=by,
        at=at,
        data={"round": round, "text": text, "due_on": due_on.isoformat()},
    )
    return row


def carry_out(
    session: Session, rectification: Rectification, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """Say what was done about it. Raises Conflict where it was said before, Invalid without words."""
    if rectification.done_at is not None:
        raise Conflict(
            "rectification-done", "整改已完成。", "This has been put right.", rule="R-090"
        )
    if not text.strip():
        raise Invalid(
            "rectification-untold",
            "请写明做了什么。",
            "Say what was done.",
            rule="R-090",
            errors={"text": ["须写明做了什么 say what was done"]},
        )
    rectification.done_text, rectification.done_by, rectification.done_at = text, by.user_id, at
    history.record(
        session,
        "rectification.done",
        subject_kind=rectification.subject_kind,
        subject=rectification.subject,
        by=by,
        at=at,
        data={
            "subject_kind": rectification.subject_kind,
            "subject": rectification.subject,
            "round": rectification.round,
            "text": text,
        },
    )
