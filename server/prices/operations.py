"""Drafting a version of the price list, submitting it, and its approval by another (X-019, X-021).

A version is a draft, then submitted, then published; only a draft can be changed, so whoever
approves approves what is seen. A published version is never edited (R-021): quotes point at it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import decides
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.history import Actor
from server.prices import queries, versions
from server.prices.models import PriceItem, PriceList
from server.seen import NOTHING, digest, refuse_changed
from server.settings import Settings

SUBJECT = "price_list"
CLOCK = "price_list_in_force"
#: These make somebody a maker of the list, who does not approve it (X-021).
MAKING = ("price_list.drafted", "price_list.changed", "price_list.submitted")
COPIED = (
    "code",
    "name_zh",
    "name_en",
    "category",
    "unit",
    "labour_fen",
    "material_fen",
    "warranty_months",
)


def draft(
    session: Session,
    settings: Settings,
    *,
    valid_from: dt.date,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> PriceList:
    """A new version, a copy of the list that is in force the day before it begins.

    Raises Invalid for a day before tomorrow.
    """
    _check_day(settings, valid_from, at)
    known = queries.versions_of(session, by.estate_id)
    row = PriceList(
        estate_id=by.estate_id,
        version=versions.version_name(valid_from, known),
        state="draft",
        valid_from=valid_from,
        note=note,
        drafted_by=by.user_id,
        drafted_at=at,
    )
    session.add(row)
    eve = valid_from - dt.timedelta(days=1)
    for item in queries.items_in_force(session, by.estate_id, eve):
        session.add(
            PriceItem(
                estate_id=by.estate_id,
                list_version=row.version,
                valid_from=valid_from,
                **{name: getattr(item, name) for name in COPIED},
            )
        )
    session.flush()
    _record(session, "price_list.drafted", row, by, at, valid_from=valid_from.isoformat())
    return row


def redate(
    session: Session,
    settings: Settings,
    row: PriceList,
    *,
    valid_from: dt.date,
    note: str | None,
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """Another first day or note of a draft. Raises Conflict unless it is one, Invalid for the day.

    `seen`: `shown_head` of what was seen. Raises Stale where it is another by now.
    """
    _must_be(row, "draft")
    refuse_changed(seen, shown_head(row))
    _check_day(settings, valid_from, at)
    row.valid_from, row.note = valid_from, note
    session.execute(
        sa.update(PriceItem)
        .where(PriceItem.estate_id == row.estate_id, PriceItem.list_version == row.version)
        .values(valid_from=valid_from)
    )
    _record(session, "price_list.changed", row, by, at, valid_from=valid_from.isoformat())


def set_item(
    session: Session,
    row: PriceList,
    *,
    code: str,
    facts: Mapping[str, Any],
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> PriceItem:
    """Add an item to a draft, or change the one with this code. Raises Conflict unless a draft.

    `facts`: name_zh, name_en, category, unit, labour_fen, material_fen, warranty_months.
    `seen`: `shown_item` of what was seen. Raises Stale where it is another by now.
    """
    _must_be(row, "draft")
    item = queries.find_item(session, row, code)
    refuse_changed(seen, shown_item(item))
    if item is None:
        item = PriceItem(
            estate_id=row.estate_id,
            list_version=row.version,
            code=code,
            valid_from=row.valid_from,
            **facts,
        )
        session.add(item)
    else:
        for name, value in facts.items():
            setattr(item, name, value)
    session.flush()
    _record(session, "price_list.changed", row, by, at, item=code, price_fen=item.price_fen)
    return item


def end_item(session: Session, row: PriceList, *, code: str, by: Actor, at: dt.datetime) -> None:
    """Leave an item out of the version that is drafted. Raises Conflict unless a draft."""
    _must_be(row, "draft")
    item = queries.find_item(session, row, code)
    if item is None:
        return
    session.delete(item)
    session.flush()
    _record(session, "price_list.changed", row, by, at, ended=code)


def submit(
    session: Session, settings: Settings, row: PriceList, *, by: Actor, at: dt.datetime
) -> None:
    """Hand the draft in for approval; from now on it stays as it is.

    Raises Conflict unless it is a draft, Invalid for a list without items or a day gone by.
    """
    _must_be(row, "draft")
    _check_day(settings, row.valid_from, at)
    if not queries.items_of(session, row.estate_id, row.version):
        raise Invalid(
            "empty-price-list",
            "价目表没有项目。",
            "There is no item on this price list.",
            errors={"items": ["至少一项 at least one"]},
            rule="R-021",
        )
    row.state = "submitted"
    _record(session, "price_list.submitted", row, by, at)


def hand_back(session: Session, row: PriceList, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """Not approved as it is, or taken back by who made it: a draft again, with the reason."""
    _must_be(row, "submitted")
    row.state = "draft"
    _record(session, "price_list.returned", row, by, at, reason=reason)


def withdraw(session: Session, row: PriceList, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """Give a version up before it was published. Raises Conflict for one that was."""
    _must_be(row, "draft", "submitted")
    row.state = "withdrawn"
    _record(session, "price_list.withdrawn", row, by, at, reason=reason)


def approve(
    session: Session,
    settings: Settings,
    row: PriceList,
    *,
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """Publish a submitted version: from its first day it is the list, the former ends the day before.

    Raises Conflict unless it is submitted or where another begins on the same day, Denied to
    whoever had a hand in it (X-021) or does not approve lists (X-019), Invalid for a day before tomorrow.
    `seen`: `shown_list` of what is approved. Raises Stale where it was handed in otherwise by now.
    """
    published = queries.locked_lists(session, row.estate_id, "published")
    _must_be(row, "submitted")
    refuse_changed(seen, shown_list(row, queries.items_of(session, row.estate_id, row.version)))
    if by.ref in makers(session, row):
        raise Denied(
            "own-price-list",
            "编制人不能批准自己编制的价目表。",
            "Whoever made this price list does not approve it.",
            rule="X-021",
        )
    if not decides("price_list.publish", by.roles):
        raise Denied(
            "not-allowed", "您没有这项权限。", "Your roles do not allow this.", rule="X-019"
        )
    _check_day(settings, row.valid_from, at)
    if any(one.valid_from == row.valid_from for one in published):
        raise Conflict(
            "same-day-price-list",
            "同一天已有另一版价目表生效。",
            "Another price list begins on the same day.",
            rule="R-021",
        )
    row.state, row.approved_by, row.approved_at = "published", by.user_id, at
    session.flush()
    _hand_over_the_days(session, row, [one.valid_from for one in published])
    timers.start(
        session,
        CLOCK,
        subject_kind=SUBJECT,
        subject=row.version,
        due_at=dt.datetime.combine(row.valid_from, dt.time(), tzinfo=settings.zone),
        by=by,
        at=at,
    )
    _record(session, "price_list.published", row, by, at, valid_from=row.valid_from.isoformat())


def shown_item(item: PriceItem | None) -> str:
    """An item as somebody has seen it, see `server.seen`."""
    return digest(*(getattr(item, name) for name in COPIED)) if item else NOTHING


def shown_head(row: PriceList) -> str:
    """The first day and the note of a version as somebody has seen them."""
    return digest(row.valid_from, row.note)


def shown_list(row: PriceList, items: Iterable[PriceItem]) -> str:
    """A whole version as somebody has seen it."""
    return digest(row.valid_from, *(shown_item(item) for item in items))


def makers(session: Session, row: PriceList) -> set[str]:
    """Who drafted, changed or submitted this version, as actors of its history."""
    return {
        one.actor
        for one in history.history_of(session, SUBJECT, row.version)
        if one.kind in MAKING and one.estate_id == row.estate_id
    }


def _hand_over_the_days(session: Session, row: PriceList, others: list[dt.date]) -> None:
    """The former list ends the day before this one begins; this one before the next."""
    mine = sa.and_(PriceItem.estate_id == row.estate_id, PriceItem.list_version == row.version)
    session.execute(
        sa.update(PriceItem)
        .where(
            PriceItem.estate_id == row.estate_id,
            PriceItem.list_version != row.version,
            PriceItem.valid_from < row.valid_from,
            sa.or_(PriceItem.valid_until.is_(None), PriceItem.valid_until >= row.valid_from),
            ~queries.unpublished(),
        )
        .values(valid_until=row.valid_from - dt.timedelta(days=1))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(PriceItem)
        .where(mine)
        .values(valid_until=versions.last_day(row.valid_from, others))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _check_day(settings: Settings, valid_from: dt.date, at: dt.datetime) -> None:
    if not versions.may_begin(valid_from, today=at.astimezone(settings.zone).date()):
        raise Invalid(
            "price-list-too-early",
            "价目表最早从明天起生效。",
            "A price list begins tomorrow at the earliest.",
            rule="R-055",
            errors={"valid_from": ["最早为明天 tomorrow at the earliest"]},
        )


def _must_be(row: PriceList, *states: str) -> None:
    if row.state not in states:
        published = row.state == "published"
        raise Conflict(
            "price-list-published" if published else "price-list-state",
            "已发布的价目表不再更改,请另拟新版。"
            if published
            else "价目表现在的状态不允许这样做。",
            "A published price list is never edited; draft a new version."
            if published
            else "The price list is not in a state in which this can be done.",
            rule="R-021",
        )


def _record(
    session: Session, kind: str, row: PriceList, by: Actor, at: dt.datetime, **data: Any
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=row.version, by=by, at=at, data=data
    )
