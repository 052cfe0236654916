"""Dissatisfaction is put right, and then the customer is asked again (RV5, RV6, R-090)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.accounts.permissions import Role, may
from server.accounts.queries import users_with_role
from server.deadlines.policy import end_of_day, working_days_after
from server.errors import Conflict, Denied, Invalid
from server.history import Actor
from server.rectifications import operations as rectifications
from server.rectifications.models import Rectification
from server.return_visits.models import ReturnVisit
from server.return_visits.states import ASSIGNED, PENDING, RECTIFYING, SUBJECT
from server.settings import Settings

#: Within so many working days it is put right, unless somebody says another date.
DUE_WORKING_DAYS = 3


def open_for(
    session: Session, settings: Settings, visit: ReturnVisit, *, by: Actor, at: dt.datetime
) -> Rectification:
    """RV5: whoever is dissatisfied has something put right, by the service manager unless another
    is named, within three working days (R-090)."""
    visit.state = RECTIFYING
    today = at.astimezone(settings.zone).date()
    due_on = working_days_after(today, DUE_WORKING_DAYS)
    return rectifications.open_rectification(
        session,
        subject_kind=SUBJECT,
        subject=visit.number,
        round=visit.round,
        text=visit.comment or "",
        owner_id=_usual_owner(session, by),
        due_on=due_on,
        due_at=end_of_day(due_on, settings.zone),
        by=by,
        at=at,
    )


def change(
    session: Session,
    settings: Settings,
    visit: ReturnVisit,
    *,
    owner: User | None,
    due_on: dt.date,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> Rectification:
    """What is put right, by whom and by when, is said anew. Raises Conflict, Invalid."""
    row = _open_one(session, visit)
    errors: dict[str, list[str]] = {}
    if owner is None or owner.estate_id != by.estate_id or not owner.active:
        errors["owner"] = ["没有这个人 no such person"]
    if due_on < at.astimezone(settings.zone).date():
        errors["due_on"] = ["须为今天或以后 today or later"]
    if not text.strip():
        errors["text"] = ["须写明整改什么 say what is put right"]
    if errors or owner is None:
        raise Invalid(
            "rectification-incomplete",
            "整改须有内容、责任人和期限。",
            "A correction needs words, somebody who does it and a date.",
            rule="R-090",
            errors=errors,
        )
    rectifications.change(
        session,
        row,
        text=text,
        owner_id=owner.id,
        due_on=due_on,
        due_at=end_of_day(due_on, settings.zone),
        by=by,
        at=at,
    )
    visit.version += 1
    return row


def put_right(
    session: Session, visit: ReturnVisit, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """Its owner, or a manager for him, says what was done; the customer is asked again (RV6).

    Raises Denied for anybody else, Conflict where nothing is to be put right, Invalid.
    """
    row = _open_one(session, visit)
    if by.user_id != row.owner_id and not may("rectification.carry_out", by.roles):
        raise Denied(
            "not-your-rectification",
            "不是您的整改项。",
            "It is not yours to put right.",
            rule="R-090",
        )
    rectifications.carry_out(session, row, text=text, by=by, at=at)
    ask_again(session, visit, row.round, by=by, at=at)


def ask_again(
    session: Session, visit: ReturnVisit, done_round: int, *, by: Actor, at: dt.datetime
) -> None:
    """RV6: the correction of this round was carried out, so the next round begins. Once each."""
    if visit.order_id is None or visit.state != RECTIFYING or visit.round != done_round:
        return
    visit.round += 1
    visit.attempts = 0
    visit.state = ASSIGNED if visit.assignee_id else PENDING
    visit.version += 1
    history.record(
        session,
        "visit.round_opened",
        subject_kind=SUBJECT,
        subject=visit.number,
        by=by,
        at=at,
        data={"round": visit.round},
    )


def open_correction(session: Session, visit: ReturnVisit) -> Rectification | None:
    """What is still to be put right about a visit."""
    return session.scalar(
        sa.select(Rectification).where(
            Rectification.estate_id == visit.estate_id,
            Rectification.subject_kind == SUBJECT,
            Rectification.subject == visit.number,
            Rectification.done_at.is_(None),
        )
    )


def _open_one(session: Session, visit: ReturnVisit) -> Rectification:
    row = open_correction(session, visit)
    if row is None or visit.state != RECTIFYING:
        raise Conflict(
            "nothing-to-rectify", "没有待整改的事项。", "Nothing is to be put right.", rule="R-090"
        )
    return row


def _usual_owner(session: Session, by: Actor) -> uuid.UUID:
    for role in (Role.CS_MANAGER, Role.GPM):
        if people := users_with_role(session, by.estate_id, role):
            return people[0].id
    if by.user_id is None:
        raise ValueError("nobody is there to put it right")
    return by.user_id
