"""Opening a correction by a stated day, changing it, and carrying it out (R-090, R-128)."""

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
    due_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
    against_centre: bool = False,
) -> Rectification:
    """Somebody is set to put it right by a day that is stated (R-128, A-31).

    `due_at`: the end of that day at the estate, after which it is overdue. `against_centre`:
    Administration & HR is told of it then. Raises Invalid for a day gone by.
    """
    _stated(text, due_on, at)
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
    _record(session, "rectification.opened", row, by, at, _said(row))
    _watch(session, row, OVERDUE_HR if against_centre else OVERDUE, due_at, by=by, at=at)
    return row


def change(
    session: Session,
    rectification: Rectification,
    *,
    text: str,
    owner_id: uuid.UUID,
    due_on: dt.date,
    due_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
    against_centre: bool = False,
) -> None:
    """What is put right, by whom and by when, is said anew: its clock runs to the new day, and
    whoever is set to it now is told, nobody else any more (R-090, R-128).

    The caller has locked its subject. Raises Conflict where it is done, Invalid as the opening.
    """
    if rectification.done_at is not None:
        raise Conflict("rectified-already", "已经整改完成。", "It has been put right already.")
    _stated(text, due_on, at)
    rectification.text, rectification.owner_id = text.strip(), owner_id
    rectification.due_on = due_on
    session.flush()
    _record(session, "rectification.changed", rectification, by, at, _said(rectification))
    _stop(session, rectification, at, how="changed")
    clock = OVERDUE_HR if against_centre else OVERDUE
    _watch(session, rectification, clock, due_at, by=by, at=at)


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
    _stop(session, rectification, at, how="done")
    session.flush()
    _record(session, "rectification.done", rectification, by, at, {"text": text.strip()})


def _stated(text: str, due_on: dt.date, at: dt.datetime) -> None:
    """Raise Invalid where nothing is said, or the day is over."""
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


def _said(row: Rectification) -> dict[str, Any]:
    return {"text": row.text, "owner": str(row.owner_id), "due_on": row.due_on.isoformat()}


def _watch(
    session: Session,
    row: Rectification,
    clock: str,
    due_at: dt.datetime,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Run its clock, and tell whoever is to do it, unless it is who acts."""
    timers.start(
        session,
        clock,
        subject_kind=row.subject_kind,
        subject=row.subject,
        due_at=due_at,
        by=by,
        at=at,
    )
    if row.owner_id != by.user_id:
        alerts.raise_alert(
            session,
            f"{row.subject_kind}.to_rectify",
            subject_kind=row.subject_kind,
            subject=row.subject,
            addressee_id=row.owner_id,
            rule="R-128",
            by=by,
            at=at,
            data={"due_on": row.due_on.isoformat()},
        )


def _stop(session: Session, row: Rectification, at: dt.datetime, *, how: str) -> None:
    timers.stop(
        session,
        (OVERDUE, OVERDUE_HR),
        subject_kind=row.subject_kind,
        subject=row.subject,
        at=at,
    )
    alerts.resolve(
        session,
        subject_kind=row.subject_kind,
        subject=row.subject,
        kinds=[f"{row.subject_kind}.to_rectify"],
        at=at,
        how=how,
    )


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
