"""Finding public notices, who is to hear of one, and what hangs on the board now."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.estate.models import Building, Person, Unit
from server.history import Actor
from server.keyset import Leaf, Place, beyond, direction, leaf
from server.public_notices.models import NoticeRecipient, PublicNotice
from server.requests.models import ServiceRequest

#: So many hang on the public page, the newest first.
ON_THE_BOARD = 50


def find(session: Session, number: str, *, by: Actor, lock: bool = False) -> PublicNotice:
    """One notice. Raises NotFound, also for another estate's."""
    query = sa.select(PublicNotice).where(
        PublicNotice.estate_id == by.estate_id, PublicNotice.number == number
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    notice = session.scalar(query)
    if notice is None:
        raise NotFound("no-such-notice", "没有这份公告。", "There is no such notice.")
    return notice


def page(
    session: Session,
    estate_id: uuid.UUID,
    *,
    state: str | None = None,
    kind: str | None = None,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """Notices with how many households are to hear and how many have, the last drafted first."""
    newer = before is not None
    model, place = PublicNotice, after or before
    query = sa.select(model.id).where(model.estate_id == estate_id)
    if state is not None:
        query = query.where(model.state == state)
    if kind is not None:
        query = query.where(model.kind == kind)
    if place is not None:
        query = query.where(beyond(model.drafted_at, model.id, place, newer=newer))
    keys = query.order_by(*direction(model.drafted_at, model.id, newer=newer)).limit(limit + 1)
    mine = NoticeRecipient.notice_id == model.id
    recipients = sa.select(sa.func.count()).select_from(NoticeRecipient).where(mine)
    rows = session.execute(
        sa.select(
            model.id,
            model.number,
            model.kind,
            model.title,
            model.state,
            model.price_item,
            model.drafted_at,
            model.published_at,
            recipients.scalar_subquery().label("wanted"),
            recipients.where(NoticeRecipient.told_at.is_not(None)).scalar_subquery().label("told"),
        )
        .where(model.id.in_(keys))
        .order_by(*direction(model.drafted_at, model.id, newer=newer))
    )
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row.drafted_at, id=row.id),
        after=after,
        before=before,
    )


def recipients(
    session: Session,
    notice: PublicNotice,
    *,
    untold_only: bool = False,
    limit: int = 500,
) -> list[sa.Row[*tuple[Any, ...]]]:
    """Who is to hear: those who asked first, then by unit. At most `limit`."""
    query = (
        sa.select(
            NoticeRecipient.id,
            NoticeRecipient.told_at,
            NoticeRecipient.told_by,
            Unit.code.label("unit"),
            Person.name.label("person"),
            Person.phone.label("phone"),
            ServiceRequest.number.label("request"),
        )
        .join(Unit, Unit.id == NoticeRecipient.unit_id)
        .outerjoin(Person, Person.id == NoticeRecipient.person_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == NoticeRecipient.request_id)
        .where(NoticeRecipient.notice_id == notice.id)
        .order_by(NoticeRecipient.request_id.is_(None), Unit.code, NoticeRecipient.id)
        .limit(limit)
    )
    if untold_only:
        query = query.where(NoticeRecipient.told_at.is_(None))
    return list(session.execute(query))


def counts(session: Session, notice: PublicNotice) -> tuple[int, int]:
    """(to hear, have heard)."""
    wanted, told = session.execute(
        sa.select(sa.func.count(), sa.func.count(NoticeRecipient.told_at)).where(
            NoticeRecipient.notice_id == notice.id
        )
    ).one()
    return wanted, told


def waiting(
    session: Session, notice: PublicNotice, chosen: Collection[uuid.UUID] | None
) -> list[NoticeRecipient]:
    """Households that nobody has told yet, of those chosen; locked."""
    query = sa.select(NoticeRecipient).where(
        NoticeRecipient.notice_id == notice.id, NoticeRecipient.told_at.is_(None)
    )
    if chosen is not None:
        query = query.where(NoticeRecipient.id.in_(chosen))
    return list(session.scalars(query.with_for_update()))


def units_not_on(session: Session, notice: PublicNotice, building: int | None) -> list[uuid.UUID]:
    """Units of a building, or of all, that are not on the list yet."""
    on_it = sa.select(NoticeRecipient.unit_id).where(NoticeRecipient.notice_id == notice.id)
    query = sa.select(Unit.id).where(Unit.estate_id == notice.estate_id, Unit.id.not_in(on_it))
    if building is not None:
        query = query.join(Building, Building.id == Unit.building_id).where(
            Building.number == building
        )
    return list(session.scalars(query.order_by(Unit.code)))


def on_the_board(session: Session, estate_id: uuid.UUID) -> list[PublicNotice]:
    """What is published, the newest first: what anybody may read."""
    return list(
        session.scalars(
            sa.select(PublicNotice)
            .where(PublicNotice.estate_id == estate_id, PublicNotice.state == "published")
            .order_by(PublicNotice.drafted_at.desc(), PublicNotice.id.desc())
            .limit(ON_THE_BOARD)
        )
    )
