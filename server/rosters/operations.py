"""Planning shifts and noting absences. Every change stands in the history of whom it concerns."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.errors import Conflict, Invalid, NotFound, Stale
from server.history import Actor
from server.rosters import queries
from server.rosters.models import Absence, Shift
from server.rosters.patterns import LONGEST, WEEK, Span, clash, days_later, whole_days

SUBJECT = "roster"
REASONS = ("leave", "sick", "training", "other")
#: A slip of the keyboard, not an absence.
LONGEST_ABSENCE = dt.timedelta(days=366)
Row = TypeVar("Row", Shift, Absence)


def plan_shift(session: Session, user: User, span: Span, *, by: Actor, at: dt.datetime) -> Shift:
    """Put somebody on duty. Raises Invalid for a span that is none, Conflict where two overlap."""
    _refuse_odd(span, LONGEST)
    _lock(session, user.id)
    _refuse_overlap(session, user.id, span)
    shift = Shift(
        estate_id=by.estate_id, user_id=user.id, from_at=span.from_at, until_at=span.until_at
    )
    session.add(shift)
    session.flush()
    _record(session, "shift.planned", user.id, by, at, _said(span))
    return shift


def change_shift(
    session: Session, shift_id: uuid.UUID, span: Span, *, seen: Span, by: Actor, at: dt.datetime
) -> Shift:
    """Another time for a shift.

    `seen`: as it stood where the change was decided. Raises NotFound, Stale where somebody else has
    changed it, and as `plan_shift` does.
    """
    _refuse_odd(span, LONGEST)
    shift = _unchanged(session, shift_id, seen, by)
    _refuse_overlap(session, shift.user_id, span, apart_from=shift.id)
    shift.from_at, shift.until_at = span.from_at, span.until_at
    session.flush()
    _record(session, "shift.changed", shift.user_id, by, at, {**_said(span), "before": _said(seen)})
    return shift


def remove_shift(
    session: Session, shift_id: uuid.UUID, *, seen: Span, by: Actor, at: dt.datetime
) -> None:
    """Take a shift off the roster; its history stays. Raises NotFound, Stale."""
    shift = _unchanged(session, shift_id, seen, by)
    session.delete(shift)
    session.flush()
    _record(session, "shift.removed", shift.user_id, by, at, _said(seen))


def copy_week(
    session: Session, monday: dt.date, zone: ZoneInfo, *, by: Actor, at: dt.datetime
) -> int:
    """The shifts of the week before, by the clock on the wall; the number of shifts that came.

    What is planned already stays: a shift that would overlap is left out, so a second time changes
    nothing. Who has left the house is left out as well.
    """
    week = whole_days(monday - dt.timedelta(days=WEEK), WEEK, zone)
    before = queries.shifts_beginning(session, by.estate_id, week)
    people = {row.user_id for row in before}
    # In one order, so that two who copy at once do not wait for each other crosswise.
    active = {one for one in sorted(people) if _lock(session, one).active}
    ahead = whole_days(monday - dt.timedelta(days=1), WEEK + 2, zone)
    taken: dict[uuid.UUID, list[Span]] = defaultdict(list)
    for row in queries.shifts_in(session, by.estate_id, ahead):
        taken[row.user_id].append(Span(from_at=row.from_at, until_at=row.until_at))
    copied = 0
    for row in before:
        span = days_later(Span(from_at=row.from_at, until_at=row.until_at), WEEK, zone)
        if row.user_id not in active or clash(span, taken[row.user_id]):
            continue
        taken[row.user_id].append(span)
        session.add(
            Shift(
                estate_id=by.estate_id,
                user_id=row.user_id,
                from_at=span.from_at,
                until_at=span.until_at,
            )
        )
        _record(session, "shift.planned", row.user_id, by, at, {**_said(span), "copied": True})
        copied += 1
    session.flush()
    return copied


def note_absence(
    session: Session,
    user: User,
    span: Span,
    *,
    reason: str,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> Absence:
    """Somebody will not be there. Raises Invalid, and Conflict where that is known already."""
    _refuse_odd(span, LONGEST_ABSENCE)
    if reason not in REASONS:
        raise _invalid("reason", "请选择原因", "choose a reason")
    _lock(session, user.id)
    if queries.absences_in(session, by.estate_id, span, user_id=user.id):
        raise Conflict(
            "already-absent",
            f"{user.name} 在这段时间已登记不在岗;要更改请先撤销原来的登记。",
            f"{user.name} is noted as absent in this time already; cancel that first.",
        )
    absence = Absence(
        estate_id=by.estate_id,
        user_id=user.id,
        from_at=span.from_at,
        until_at=span.until_at,
        reason=reason,
        note=note,
        noted_by=by.user_id,
    )
    session.add(absence)
    session.flush()
    _record(session, "absence.noted", user.id, by, at, {**_said(span), "absence": reason})
    return absence


def cancel_absence(
    session: Session, absence_id: uuid.UUID, *, by: Actor, at: dt.datetime
) -> Absence:
    """He is there after all: the row stays and counts no more; a second time changes nothing."""
    absence = _find(session, Absence, absence_id, by)
    if absence.cancelled_at is None:
        absence.cancelled_at = at
        session.flush()
        span = Span(from_at=absence.from_at, until_at=absence.until_at)
        said = {**_said(span), "absence": absence.reason}
        _record(session, "absence.cancelled", absence.user_id, by, at, said)
    return absence


def _unchanged(session: Session, shift_id: uuid.UUID, seen: Span, by: Actor) -> Shift:
    shift = _find(session, Shift, shift_id, by)
    if (shift.from_at, shift.until_at) != (seen.from_at, seen.until_at):
        raise Stale(
            "stale-shift",
            "别人已更改这个班次,请看清后再改。",
            "Somebody else has changed this shift; look before you change it.",
        )
    return shift


def _find(session: Session, model: type[Row], row_id: uuid.UUID, by: Actor) -> Row:
    """The row, with its person locked: whoever plans for one person does so in turn."""
    row = session.get(model, row_id)
    if row is not None and row.estate_id == by.estate_id:
        _lock(session, row.user_id)
        row = session.get(model, row_id, populate_existing=True)
    if row is None or row.estate_id != by.estate_id:
        raise NotFound(
            "not-on-the-roster",
            "排班表上已没有这一条。",
            "This stands on the roster no longer.",
        )
    return row


def _lock(session: Session, user_id: uuid.UUID) -> User:
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("no-such-user", "没有这位用户。", "There is no such user.")
    return user


def _refuse_odd(span: Span, longest: dt.timedelta) -> None:
    if span.until_at <= span.from_at:
        raise _invalid("until", "须晚于开始时间", "must be later than the beginning")
    if span.until_at - span.from_at > longest:
        hours = int(longest.total_seconds()) // 3600
        raise _invalid("until", f"最长 {hours} 小时", f"at most {hours} hours")


def _refuse_overlap(
    session: Session, user_id: uuid.UUID, span: Span, *, apart_from: uuid.UUID | None = None
) -> None:
    others = queries.shifts_of(session, user_id, span)
    if any(row.id != apart_from for row in others):
        raise Conflict(
            "shift-overlaps",
            "这个人在这段时间已有班次。",
            "This person has a shift in this time already.",
        )


def _invalid(field: str, zh: str, en: str) -> Invalid:
    return Invalid(
        "bad-form",
        "请更正标出的内容。",
        "Please correct what is marked.",
        errors={field: [f"{zh} {en}"]},
    )


def _said(span: Span) -> dict[str, str]:
    return {"from": span.from_at.isoformat(), "until": span.until_at.isoformat()}


def _record(
    session: Session,
    kind: str,
    user_id: uuid.UUID,
    by: Actor,
    at: dt.datetime,
    data: dict[str, Any],
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=str(user_id), by=by, at=at, data=data
    )
