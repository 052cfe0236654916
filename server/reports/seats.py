"""Who had a manager's seat in a month: what his quotas are asked of (A-20, R-089, R-126, R-127)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.history import HistoryRow
from server.reports.measures.span import Span
from server.reports.measures.visits import Holder


@dataclass(frozen=True, kw_only=True)
class Manager:
    """Somebody with a manager's role, whether he is still in the house or not."""

    holder: Holder
    active: bool
    #: since when the house knows him
    since: dt.datetime


def managers(session: Session, estate_id: uuid.UUID) -> dict[uuid.UUID, Manager]:
    """Everybody with a manager's role, also who has left; the resident manager has the general
    manager's seat (A-20)."""
    rows = session.execute(
        sa.select(User.id, User.name, User.roles, User.active, User.created_at).where(
            User.estate_id == estate_id
        )
    )
    found = {}
    for user_id, name, roles, active, created_at in rows:
        if Role.CS_MANAGER in roles:
            role = "cs_manager"
        elif {Role.GPM, Role.SITE_PM} & set(roles):
            role = "gpm"
        else:
            continue
        found[user_id] = Manager(
            holder=Holder(user_id, name, role), active=active, since=created_at
        )
    return found


def held(
    session: Session,
    known: Mapping[uuid.UUID, Manager],
    acted: Collection[uuid.UUID | None],
    span: Span,
) -> list[Holder]:
    """Who had a seat in the days of `span`, by role and name, whatever became of him since: one of
    those who `acted`, or in the house before they were over and still when they began."""
    found = [
        one.holder
        for who, one in known.items()
        if who in acted
        or (one.since < span.until_at and (one.active or _seen_since(session, who, span.from_at)))
    ]
    return sorted(found, key=lambda one: (one.role, one.name))


def _seen_since(session: Session, user_id: uuid.UUID, at: dt.datetime) -> bool:
    # The house keeps no day on which somebody left; what he did last is the nearest to it.
    found = session.scalar(
        sa.select(HistoryRow.id)
        .where(HistoryRow.actor == f"user:{user_id}", HistoryRow.at >= at)
        .limit(1)
    )
    return found is not None
