"""The month's visits are watched: on site from the 25th, all of them from the 8th (R-084, R-086).

Two clocks for each month of closing. Each looks, alerts where the month is behind, and sets itself
for the next day until the 10th; whoever catches up resolves the alert.
"""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.alerts import operations as alerts
from server.deadlines import timers
from server.history import Actor
from server.return_visits import cohort
from server.return_visits.cohort import Cohort
from server.return_visits.models import ReturnVisit
from server.settings import Settings

SUBJECT = "visit_cohort"
ON_SITE, ALL = "visits_on_site", "visits_open"
BEHIND = {ON_SITE: "visits.on_site_behind", ALL: "visits.open"}
RULE = {ON_SITE: "R-086", ALL: "R-084"}
AUDIENCE = ("dispatch_assistant", "dispatch_head", "cs_manager")
#: On the 25th of the month of closing, and on the 8th of the next, when people come to work.
ON_SITE_DAY, ALL_DAY, HOUR = 25, 8, 8
DAY = dt.timedelta(days=1)


def begin(
    session: Session, settings: Settings, visit: ReturnVisit, *, by: Actor, at: dt.datetime
) -> None:
    """Start the clocks of the month with its first visit; a later one finds them running."""
    if visit.cohort_on is None or at > visit.due_at:
        return
    subject = spelled(visit.cohort_on)
    known = {one.kind for one in timers.running(session, SUBJECT, subject)}
    first = {
        ON_SITE: _morning(visit.cohort_on.replace(day=ON_SITE_DAY), settings.zone),
        ALL: _morning((visit.cohort_on + 31 * DAY).replace(day=ALL_DAY), settings.zone),
    }
    for kind, due_at in first.items():
        if kind not in known:
            timers.start(
                session,
                kind,
                subject_kind=SUBJECT,
                subject=subject,
                due_at=max(due_at, at),
                by=by,
                at=at,
            )


def look(
    session: Session,
    settings: Settings,
    clock: str,
    subject: str,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """A clock of the month went off: alert where it is behind, and look again the next day.

    `subject`: the month as `spelled`. After the 10th nothing is looked at any more.
    """
    month = dt.date.fromisoformat(f"{subject}-01")
    counts = cohort.of_month(session, by.estate_id, month, zone=settings.zone, at=at)
    if _behind(clock, counts):
        alerts.raise_alert(
            session,
            BEHIND[clock],
            subject_kind=SUBJECT,
            subject=subject,
            audience=AUDIENCE,
            rule=RULE[clock],
            by=by,
            at=at,
            data=counts.to_json(),
        )
    else:
        _resolve(session, clock, subject, at)
    tomorrow = _morning(at.astimezone(settings.zone).date() + DAY, settings.zone)
    if tomorrow <= cohort.due_of(month, settings.zone):
        timers.start(
            session,
            clock,
            subject_kind=SUBJECT,
            subject=subject,
            due_at=tomorrow,
            by=by,
            at=at,
        )


def settle(session: Session, settings: Settings, visit: ReturnVisit, *, at: dt.datetime) -> None:
    """A visit was made: an alert about its month is resolved where the month has caught up."""
    if visit.cohort_on is not None:
        settle_month(session, settings, visit.estate_id, visit.cohort_on, at=at)


def settle_month(
    session: Session, settings: Settings, estate_id: uuid.UUID, month: dt.date, *, at: dt.datetime
) -> None:
    """The same where a visit left the month."""
    subject = spelled(month)
    raised = [
        clock
        for clock, kind in BEHIND.items()
        if alerts.find_open(session, kind, subject_kind=SUBJECT, subject=subject)
    ]
    if not raised:
        return
    counts = cohort.of_month(session, estate_id, month, zone=settings.zone, at=at)
    for clock in raised:
        if not _behind(clock, counts):
            _resolve(session, clock, subject, at)


def spelled(month: dt.date) -> str:
    """A month as history and alerts name it: 2025-03."""
    return f"{month:%Y-%m}"


def _behind(clock: str, counts: Cohort) -> bool:
    return counts.on_site_missing > 0 if clock == ON_SITE else counts.open > 0


def _resolve(session: Session, clock: str, subject: str, at: dt.datetime) -> None:
    alerts.resolve(
        session,
        subject_kind=SUBJECT,
        subject=subject,
        kinds=[BEHIND[clock]],
        at=at,
        how="done",
    )


def _morning(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(HOUR), zone).astimezone(dt.UTC)
