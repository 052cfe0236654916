"""Managers look at visits that others made: three a month each (R-089, A-11)."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.errors import Conflict, Denied, Invalid
from server.history import Actor
from server.return_visits.models import ReturnVisit, SpotCheck, VisitResult
from server.return_visits.states import SUBJECT

DUE_A_MONTH = 3
DIFFERS = "visit.differs"
#: What somebody is offered to choose from, out of so many of the last visits, so many days back.
OFFERED, DRAWN_FROM, DAYS_BACK = 8, 200, 45


def check(
    session: Session,
    visit: ReturnVisit,
    *,
    asked: str,
    agrees: bool,
    note: str,
    by: Actor,
    at: dt.datetime,
) -> SpotCheck:
    """Note what the customer (or the record) says on asking again. `visit` must be locked.

    Raises Denied for a visit that one made oneself (R-089), Conflict before it was made and the
    second time, Invalid where it differs and nobody says how.
    """
    if by.user_id is None or by.user_id in visitors_of(session, visit):
        raise Denied(
            "own-visit", "不能抽查自己做的回访。", "Nobody spot-checks his own visit.", rule="R-089"
        )
    if visit.done_at is None:
        raise Conflict(
            "visit-not-made", "还没有回访,不能抽查。", "It has not been made yet.", rule="R-089"
        )
    known = session.scalar(
        sa.select(SpotCheck.id).where(
            SpotCheck.visit_id == visit.id, SpotCheck.checker_id == by.user_id
        )
    )
    if known is not None:
        raise Conflict(
            "already-checked", "您已抽查过这条回访。", "You have checked this visit.", rule="R-089"
        )
    if not agrees and not note.strip():
        raise Invalid(
            "difference-untold",
            "不一致须写明差别。",
            "Say in what it differs.",
            rule="R-089",
            errors={"note": ["须写明差别 say in what it differs"]},
        )
    row = SpotCheck(
        estate_id=visit.estate_id,
        visit_id=visit.id,
        checker_id=by.user_id,
        asked=asked,
        agrees=agrees,
        note=note,
        at=at,
    )
    session.add(row)
    session.flush()
    history.record(
        session,
        "visit.spot_checked",
        subject_kind=SUBJECT,
        subject=visit.number,
        by=by,
        at=at,
        data={"asked": asked, "agrees": agrees, "note": note},
    )
    if not agrees:
        alerts.raise_alert(
            session,
            DIFFERS,
            subject_kind=SUBJECT,
            subject=visit.number,
            audience=(Role.CS_MANAGER.value, Role.GPM.value),
            rule="R-089",
            by=by,
            at=at,
            data={"author": by.name, "note": note},
        )
    return row


def checks_of(session: Session, visit: ReturnVisit) -> list[SpotCheck]:
    """Every check of one visit, oldest first."""
    return list(
        session.scalars(
            sa.select(SpotCheck).where(SpotCheck.visit_id == visit.id).order_by(SpotCheck.at)
        )
    )


def made_by(
    session: Session, by: Actor, *, since: dt.datetime, before: dt.datetime
) -> list[tuple[SpotCheck, ReturnVisit]]:
    """What somebody has checked within a span, with the visits, newest first."""
    rows = session.execute(
        sa.select(SpotCheck, ReturnVisit)
        .join(ReturnVisit, ReturnVisit.id == SpotCheck.visit_id)
        .where(
            SpotCheck.estate_id == by.estate_id,
            SpotCheck.checker_id == by.user_id,
            SpotCheck.at >= since,
            SpotCheck.at < before,
        )
        .order_by(SpotCheck.at.desc(), SpotCheck.id.desc())
    )
    return [(check, visit) for check, visit in rows]


def offered(session: Session, by: Actor, *, month: dt.date, at: dt.datetime) -> list[ReturnVisit]:
    """Some of the last visits that others made and he has not checked, the same all month long.

    Drawn by chance, so that nobody knows which of his visits will be asked about.
    """
    checked = sa.select(SpotCheck.visit_id).where(SpotCheck.checker_id == by.user_id)
    own = sa.select(VisitResult.visit_id).where(VisitResult.recorded_by == by.user_id)
    rows = list(
        session.scalars(
            sa.select(ReturnVisit)
            .where(
                ReturnVisit.estate_id == by.estate_id,
                ReturnVisit.done_at >= at - dt.timedelta(days=DAYS_BACK),
                ReturnVisit.recorded_by.is_distinct_from(by.user_id),
                ReturnVisit.id.not_in(checked),
                ReturnVisit.id.not_in(own),
            )
            .order_by(ReturnVisit.done_at.desc(), ReturnVisit.id.desc())
            .limit(DRAWN_FROM)
        )
    )
    # A lot for each visit, so that one more visit or check does not shuffle the others.
    return sorted(rows, key=lambda row: _lot(row.id, by, month))[:OFFERED]


def visitors_of(session: Session, visit: ReturnVisit) -> set[uuid.UUID]:
    """Everybody who made one of its rounds."""
    found = set(
        session.scalars(sa.select(VisitResult.recorded_by).where(VisitResult.visit_id == visit.id))
    )
    return found | ({visit.recorded_by} if visit.recorded_by else set())


def _lot(visit_id: uuid.UUID, by: Actor, month: dt.date) -> bytes:
    return hashlib.sha256(f"{visit_id} {by.user_id} {month}".encode()).digest()
