"""Open alerts for the people whom they are for: pages of them, the dangers, and how many there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.alerts.models import Alert
from server.keyset import Leaf, Place, beyond, direction, leaf

#: Danger to people: before everything else, however long ago it was told (R-029).
HAZARDS = ("hazard.alarm", "hazard.call_gas_company")


@dataclass(frozen=True, kw_only=True)
class Told:
    """Who is told: the holders of these roles, and this one person where there is one."""

    roles: frozenset[str]
    user_id: uuid.UUID | None = None


def page(
    session: Session,
    estate_id: uuid.UUID,
    told: Told,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page of what is open, one alert a row: the newest, or what stands behind `after` or in
    front of `before`."""
    newer = before is not None
    query = sa.select(Alert).where(*_open(estate_id, told))
    if (place := after or before) is not None:
        query = query.where(beyond(Alert.raised_at, Alert.id, place, newer=newer))
    rows = session.execute(
        query.order_by(*direction(Alert.raised_at, Alert.id, newer=newer)).limit(limit + 1)
    )
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row[0].raised_at, id=row[0].id),
        after=after,
        before=before,
    )


def alerts_on(of: Leaf) -> list[Alert]:
    """The alerts on a page."""
    return [row[0] for row in of.rows]


def hazards_first(
    session: Session, estate_id: uuid.UUID, told: Told, *, limit: int
) -> Sequence[Alert]:
    """What is open, at most `limit`: every danger, then the newest others."""
    danger = sa.case((Alert.kind.in_(HAZARDS), 0), else_=1)
    newest = direction(Alert.raised_at, Alert.id, newer=False)
    query = sa.select(Alert).where(*_open(estate_id, told)).order_by(danger, *newest)
    return session.scalars(query.limit(limit)).all()


def count(session: Session, estate_id: uuid.UUID, told: Told, *, most: int) -> int:
    """How many are open, at most `most`."""
    some = sa.select(Alert.id).where(*_open(estate_id, told)).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def addressed(told: Told) -> sa.ColumnElement[bool]:
    """Alerts for whoever is told."""
    audience = sa.cast(Alert.audience, sa.Text)
    return sa.or_(
        sa.false() if told.user_id is None else Alert.addressee_id == told.user_id,
        *(audience.contains(f'"{role}"') for role in sorted(told.roles)),
    )


def _open(estate_id: uuid.UUID, told: Told) -> tuple[sa.ColumnElement[bool], ...]:
    # ix_alert_open: what was dealt with, most of all there ever was, is never looked at.
    return Alert.estate_id == estate_id, Alert.resolved_at.is_(None), addressed(told)
