"""The decline and demand log (F-19): what was asked for in vain, and who has been told since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Person, Unit
from server.keyset import Leaf, Place, beyond, direction, leaf
from server.public_notices.models import NoticeRecipient, PublicNotice
from server.requests.lifecycle import RequestState
from server.requests.models import Decline, ServiceRequest

#: The most wanted of so many days stand beside the log.
DEMAND_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Told:
    """The notice on whose list a declined request stands."""

    number: str
    told_at: dt.datetime | None


def page(
    session: Session,
    estate_id: uuid.UUID,
    *,
    item: str | None = None,
    waiting_only: bool = False,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """Declined requests with what was wanted and tried, the last registered first (R-032)."""
    newer, place = before is not None, after or before
    at, key = ServiceRequest.registered_at, ServiceRequest.id
    query = _declined(estate_id)
    if item is not None:
        query = query.where(Decline.demand_item == item)
    if waiting_only:
        query = query.where(Decline.announced_at.is_(None))
    if place is not None:
        query = query.where(beyond(at, key, place, newer=newer))
    rows = session.execute(query.order_by(*direction(at, key, newer=newer)).limit(limit + 1))
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row.registered_at, id=row.id),
        after=after,
        before=before,
    )


def of_period(
    session: Session, estate_id: uuid.UUID, *, since: dt.datetime, until: dt.datetime, most: int
) -> list[sa.Row[*tuple[Any, ...]]]:
    """What was declined of all that was registered from `since` until before `until`, in order."""
    return list(
        session.execute(
            _declined(estate_id)
            .where(ServiceRequest.registered_at >= since, ServiceRequest.registered_at < until)
            .order_by(ServiceRequest.registered_at, ServiceRequest.id)
            .limit(most)
        )
    )


def _declined(estate_id: uuid.UUID) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            ServiceRequest.id,
            ServiceRequest.number,
            ServiceRequest.registered_at,
            ServiceRequest.content,
            ServiceRequest.unit_id,
            Unit.code.label("unit"),
            Person.name.label("person"),
            Person.phone.label("phone"),
            Decline.demand_item,
            Decline.attempts,
            Decline.apology,
            Decline.notice_promised,
            Decline.department_informed,
            Decline.announced_at,
        )
        .join(Decline, Decline.request_id == ServiceRequest.id)
        .join(Unit, Unit.id == ServiceRequest.unit_id)
        .join(Person, Person.id == ServiceRequest.person_id)
        .where(
            ServiceRequest.estate_id == estate_id,
            ServiceRequest.state == RequestState.DECLINED.value,
        )
    )


def notices_of(session: Session, rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> dict[str, Told]:
    """Request number -> the notice that names it, for a page of the log in one query."""
    if not rows:
        return {}
    # By unit first: that is what there is an index for.
    found = session.execute(
        sa.select(ServiceRequest.number, PublicNotice.number, NoticeRecipient.told_at)
        .select_from(NoticeRecipient)
        .join(PublicNotice, PublicNotice.id == NoticeRecipient.notice_id)
        .join(ServiceRequest, ServiceRequest.id == NoticeRecipient.request_id)
        .where(
            NoticeRecipient.unit_id.in_({row.unit_id for row in rows}),
            NoticeRecipient.request_id.in_([row.id for row in rows]),
        )
    )
    return {request: Told(number=notice, told_at=told_at) for request, notice, told_at in found}


def by_item(
    session: Session, estate_id: uuid.UUID, *, since: dt.datetime, most: int = 10
) -> list[tuple[str, int, int]]:
    """K-08: (item, times declined, of these not announced), the most wanted first."""
    times = sa.func.count()
    waiting = times - sa.func.count(Decline.announced_at)
    rows = session.execute(
        sa.select(Decline.demand_item, times, waiting)
        .join(ServiceRequest, ServiceRequest.id == Decline.request_id)
        .where(
            ServiceRequest.estate_id == estate_id,
            ServiceRequest.state == RequestState.DECLINED.value,
            ServiceRequest.registered_at >= since,
        )
        .group_by(Decline.demand_item)
        .order_by(times.desc(), Decline.demand_item)
        .limit(most)
    )
    return [(item, count, left) for item, count, left in rows]
