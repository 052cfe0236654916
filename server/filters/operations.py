"""Keeping filters under a name, finding them again, letting them go."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.filters.models import SavedFilter
from server.history import Actor

#: As many as one person keeps for a list.
MOST = 40


def save(
    session: Session,
    *,
    list_name: str,
    name: str,
    query: str,
    shared: bool,
    is_default: bool,
    by: Actor,
    at: dt.datetime,
) -> SavedFilter:
    """Keep `query` under a name; what had the name before is replaced. Raises Conflict for one too
    many."""
    mine = filters_of(session, list_name, by=by)
    own = [one for one in mine if one.user_id == by.user_id]
    kept = next((one for one in own if one.name == name), None)
    if kept is None:
        if len(own) >= MOST:
            raise Conflict(
                "too-many-filters",
                f"每人最多保存 {MOST} 个筛选,请先删除不用的。",
                f"Nobody keeps more than {MOST} filters; remove one that is not used.",
            )
        kept = SavedFilter(
            estate_id=by.estate_id, user_id=by.user_id, list_name=list_name, name=name
        )
        session.add(kept)
    kept.query, kept.shared, kept.saved_at = query, shared, at
    kept.is_default = is_default
    if is_default:
        for one in own:
            one.is_default = one is kept
    session.flush()
    return kept


def remove(session: Session, filter_id: uuid.UUID, *, by: Actor) -> SavedFilter:
    """Let go of one's own filter. Raises NotFound, also for somebody else's."""
    kept = session.get(SavedFilter, filter_id)
    if kept is None or kept.user_id != by.user_id:
        raise NotFound("no-such-filter", "没有这个筛选。", "There is no such filter of yours.")
    session.delete(kept)
    session.flush()
    return kept


def filters_of(session: Session, list_name: str, *, by: Actor) -> list[SavedFilter]:
    """One's own filters of a list and those that others share, by name."""
    return list(
        session.scalars(
            sa.select(SavedFilter)
            .where(
                SavedFilter.estate_id == by.estate_id,
                SavedFilter.list_name == list_name,
                sa.or_(SavedFilter.user_id == by.user_id, SavedFilter.shared),
            )
            .order_by(SavedFilter.name, SavedFilter.id)
        )
    )


def default_of(session: Session, list_name: str, *, by: Actor) -> SavedFilter | None:
    """What somebody's list opens with."""
    return session.scalar(
        sa.select(SavedFilter).where(
            SavedFilter.user_id == by.user_id,
            SavedFilter.list_name == list_name,
            SavedFilter.is_default,
        )
    )
