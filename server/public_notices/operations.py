"""Public notices: drafted, posted, carried to every household that is to hear (R-004, R-032)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Invalid
from server.estate.operations import next_number
from server.history import Actor
from server.prices.models import PriceItem
from server.public_notices import queries
from server.public_notices.models import NoticeRecipient, PublicNotice
from server.search import index
from server.seen import digest, refuse_changed
from server.settings import Settings

SUBJECT = "public_notice"
KINDS = ("new_service", "complaint_handling", "other")
#: A household that is to hear: unit, person where one asked, the request that was declined.
Recipient = tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]


def draft_notice(
    session: Session,
    settings: Settings,
    *,
    kind: str,
    title: str,
    text: str,
    price_item: PriceItem | str | None = None,
    recipients: Iterable[Recipient] = (),
    by: Actor,
    at: dt.datetime,
) -> PublicNotice:
    """A new notice GG-… that nobody sees yet, with the households that are to hear.

    `kind` is one of KINDS. `recipients`: (unit_id, person_id, request_id).
    """
    if kind not in KINDS:
        raise Invalid(
            "unknown-notice-kind",
            "没有这种公告。",
            "There is no such kind of notice.",
            errors={"kind": ["无效 not one of the list"]},
        )
    notice = PublicNotice(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "GG", at, settings.zone),
        kind=kind,
        title=title,
        text=text,
        state="draft",
        price_item=price_item.code if isinstance(price_item, PriceItem) else price_item,
        places=[],
        drafted_by=by.user_id,
        drafted_at=at,
    )
    session.add(notice)
    session.flush()
    index.put_number(session, by.estate_id, index.PUBLIC_NOTICE, notice.number)
    waiting = _add(session, notice, recipients)
    _record(session, "notice.drafted", notice, by, at, waiting=waiting)
    return notice


def edit(
    session: Session,
    notice: PublicNotice,
    *,
    title: str,
    text: str,
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """Other words for a draft. Raises Conflict for one that hangs on the board.

    `seen`: `shown` of what was before the writer's eyes. Raises Stale where other words are there.
    """
    _must_be(notice, "draft")
    refuse_changed(seen, shown(notice))
    notice.title, notice.text = title, text
    _record(session, "notice.edited", notice, by, at)


def publish(
    session: Session,
    notice: PublicNotice,
    *,
    places: Sequence[str],
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """R-004: posted, where, and since when. Raises Conflict unless a draft, Invalid without a place.

    `seen`: `shown` of the words that are to hang. Raises Stale where others are there by now.
    """
    _must_be(notice, "draft")
    refuse_changed(seen, shown(notice))
    where = [place.strip() for place in places if place.strip()]
    if not where:
        raise Invalid(
            "no-place",
            "请写明张贴的地点。",
            "Say where it is posted.",
            rule="R-004",
            errors={"places": ["必填 required"]},
        )
    notice.state, notice.places = "published", where
    notice.published_by, notice.published_at = by.user_id, at
    _record(session, "notice.published", notice, by, at, places=where)


def shown(notice: PublicNotice) -> str:
    """The words of a notice as somebody has seen them, see `server.seen`."""
    return digest(notice.title, notice.text)


def withdraw(
    session: Session, notice: PublicNotice, *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """Taken down, or given up as a draft; who was told stays on record."""
    _must_be(notice, "draft", "published")
    notice.state = "withdrawn"
    _record(session, "notice.withdrawn", notice, by, at, reason=reason)


def address_units(
    session: Session,
    notice: PublicNotice,
    *,
    building: int | None,
    by: Actor,
    at: dt.datetime,
) -> int:
    """Put every unit of a building, or of the estate, on the list of those to be told (R-004).

    How many were added: those that stand on it already do not count.
    """
    _must_be(notice, "draft", "published")
    units = queries.units_not_on(session, notice, building)
    if not units:
        return 0
    added = _add(session, notice, [(unit_id, None, None) for unit_id in units])
    _record(session, "notice.addressed", notice, by, at, building=building, waiting=added)
    return added


def tell(
    session: Session,
    notice: PublicNotice,
    *,
    recipients: Collection[uuid.UUID] | None,
    by: Actor,
    at: dt.datetime,
) -> int:
    """These households (all that wait, with None) have been told; how many were new to it.

    Raises Conflict before the notice is published: nobody is told what is only a draft.
    """
    _must_be(notice, "published")
    rows = queries.waiting(session, notice, recipients)
    for row in rows:
        row.told_by, row.told_at = by.user_id, at
    session.flush()
    if rows:
        _record(session, "notice.told", notice, by, at, told=len(rows))
    return len(rows)


def _add(session: Session, notice: PublicNotice, recipients: Iterable[Recipient]) -> int:
    """A household that asked twice stands there once, with its first request."""
    rows: dict[tuple[uuid.UUID, uuid.UUID | None], NoticeRecipient] = {}
    for unit_id, person_id, request_id in recipients:
        rows.setdefault(
            (unit_id, person_id),
            NoticeRecipient(
                estate_id=notice.estate_id,
                notice_id=notice.id,
                unit_id=unit_id,
                person_id=person_id,
                request_id=request_id,
            ),
        )
    session.add_all(rows.values())
    session.flush()
    return len(rows)


def _must_be(notice: PublicNotice, *states: str) -> None:
    if notice.state not in states:
        raise Conflict(
            "notice-state",
            "公告现在的状态不允许这样做。",
            "The notice is not in a state in which this can be done.",
            rule="R-004",
            extra={"state": notice.state},
        )


def _record(
    session: Session,
    kind: str,
    notice: PublicNotice,
    by: Actor,
    at: dt.datetime,
    **data: object,
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=notice.number, by=by, at=at, data=data
    )
