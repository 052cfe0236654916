"""Opening a correction by a stated day, and carrying it out (R-090, R-128)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from server import history
from server.alerts import operations as alerts
from server.deadlines import timers
from server.errors import Conflict, Invalid
from server.history import Actor
from server.rectifications.models import Rectification

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Overdue: whom it is told; what is against the CS centre is not told the centre (R-034).
OVERDUE, OVERDUE_HR = "rectification", "rectification_hr"


def open_rectification(
    session: Session,
    *,
    subject_kind: str,
    subject: str,
    round: int,  # noqa: A002  # the word of the trade, and of the column
    text: str,
    owner_id: uuid.UUID,
    due_on: dt.date,
    by: Actor,
    at: dt.datetime,
    due_at: dt.datetime | None = None,
    against_centre: bool = False,
) -> Rectification:
    """Somebody is set to put it right by a day that is stated (R-128, A-31).

    `due_at`: the end of that day at the estate, when it is overdue; without it, midnight UTC after
    it. `against_centre`: Administration & HR is told of it then. Raises Invalid for a day gone by.
    """
    if due_on < at.date() - dt.timedelta(days=1):
        raise Invalid(
            "due-date-past",
            "期限已过。",
            "The day is over already.",
            rule="R-128",
            errors={"due_on": ["已过 is over"]},
        )
    if not text.strip():
        raise Invalid(
            "nothing-to-rectify",
            "请写明整改什么。",
            "Say what is to be put right.",
            rule="R-128",
            errors={"text": ["必填 required"]},
        )
    row = Rectification(
        estate_id=by.estate_id,
        subject_kind=subject_kind,
        subject=subject,
        round=round,
        text=text.strip(),
        owner_id=owner_id,
        due_on=due_on,
        opened_by=by.user_id,
        opened_at=at,
    )
    session.add(row)
    session.flush()
    _record(
        session,
        "rectification.opened",
        row,
        by,
        at,
        {"text": row.text, "owner": str(owner_id), "due_on": due_on.isoformat()},
    )
    timers.start(
        session,
        OVERDUE_HR if against_centre else OVERDUE,
        subject_kind=subject_kind,
        subject=subject,
        due_at=due_at
        or dt.datetime.combine(due_on + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC),
        by=by,
        at=at,
    )
    if owner_id != by.user_id:
        alerts.raise_alert(
            session,
            f"{subject_kind}.to_rectify",
            subject_kind=subject_kind,
            subject=subject,
            addressee_id=owner_id,
            rule="R-128",
            by=by,
            at=at,
            data={"due_on": due_on.isoformat()},
        )
    return row


def carry_out(
    session: Session, rectification: Rectification, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """It has been put right, and how. The caller has locked its subject. Raises Conflict."""
    if rectification.done_at is not None:
        raise Conflict("rectified-already", "已经整改完成。", "It has been put right already.")
    if not text.strip():
        raise Invalid(
            "rectification-silent",
            "请写明怎样整改的。",
            "Say how it was put right.",
            rule="R-128",
            errors={"text": ["必填 required"]},
        )
    rectification.done_text, rectification.done_by = text.strip(), by.user_id
    rectification.done_at = at
    timers.stop(
        session,
        (OVERDUE, OVERDUE_HR),
        subject_kind=rectification.subject_kind,
        subject=rectification.subject,
        at=at,
    )
    alerts.resolve(
        session,
        subject_kind=rectification.subject_kind,
        subject=rectification.subject,
        kinds=[f"{rectification.subject_kind}.to_rectify"],
        at=at,
        how="done",
    )
    session.flush()
    _record(session, "rectification.done", rectification, by, at, {"text": text.strip()})


def _record(
    session: Session,
    kind: str,
    row: Rectification,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any],
) -> None:
    about = {"subject_kind": row.subject_kind, "subject": row.subject, "round": row.round}
    history.record(
        session,
        kind,
        subject_kind=row.subject_kind,
        subject=row.subject,
        by=by,
        at=at,
        data={**about, **data},
    )
