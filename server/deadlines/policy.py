"""Clocks and working time: pure functions over aware moments.

Every deadline is measured from the moment the trade names. Sums are made in UTC,
calendar questions in the estate's zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

#: Saturday and Sunday.
WEEKEND = frozenset({5, 6})
DECISION_TIME = dt.time(18, 0)


def reply_due(registered_at: dt.datetime, minutes: int) -> dt.datetime:
    """When the customer must have had a reply (R-051, A-01)."""
    return registered_at + dt.timedelta(minutes=minutes)


def in_time(done_at: dt.datetime, due_at: dt.datetime) -> bool:
    """Whether something was done in time; exactly on the second passes (15:00 in R-051)."""
    return done_at <= due_at


def is_late(done_at: dt.datetime, due_at: dt.datetime) -> bool:
    """Whether something came after a deadline that is the last second of its day or minute: that
    second lasts to its end (A-09)."""
    return done_at >= due_at + dt.timedelta(seconds=1)


def late_arrival(arrived_at: dt.datetime, appointment_at: dt.datetime, grace_minutes: int) -> bool:
    """Whether a visit began after its appointment (R-053, A-03; grace is P-04)."""
    return arrived_at > appointment_at + dt.timedelta(minutes=grace_minutes)


def next_working_day_at(
    moment: dt.datetime,
    zone: ZoneInfo,
    *,
    time: dt.time = DECISION_TIME,
    holidays: Collection[dt.date] = (),
) -> dt.datetime:
    """`time` on the first working day after the day of `moment` (P-08)."""
    day = moment.astimezone(zone).date() + dt.timedelta(days=1)
    while day.weekday() in WEEKEND or day in holidays:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC)


def return_visit_due(closed_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The end of the 10th of the month after closing, 23:59:59 (R-084, A-09)."""
    local = closed_at.astimezone(zone)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)  # noqa: PLR2004  # December
    return dt.datetime(year, month, 10, 23, 59, 59, tzinfo=zone).astimezone(dt.UTC)


def complaint_visit_due(verified_at: dt.datetime) -> dt.datetime:
    """Three days after the outcome of a complaint was verified (P-11)."""
    return verified_at + dt.timedelta(days=3)


def progress_due(told_at: dt.datetime) -> dt.datetime:
    """When a complainant must have heard from us again (R-119, P-10)."""
    return told_at + dt.timedelta(days=2)


def end_of_day(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The last second of a day at the estate: what is due on a day is due until then."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), zone).astimezone(dt.UTC)


def month_of(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """First day of the month in which `moment` falls in the estate's zone (P-21)."""
    return moment.astimezone(zone).date().replace(day=1)


def bounded_device_time(
    device_at: dt.datetime, *, not_before: dt.datetime | None, received_at: dt.datetime
) -> dt.datetime:
    """The handheld's time as far as it can be true (P-18).

    Never after the server received it, never before what the server itself did first; so a clock
    that is a year off cannot make an order early or late.
    """
    bounded = min(device_at, received_at)
    return max(bounded, not_before) if not_before is not None else bounded


def working_days_after(day: dt.date, count: int, *, holidays: Collection[dt.date] = ()) -> dt.date:
    """The day that is `count` working days after `day`; by it something is to be put right."""
    while count > 0:
        day += dt.timedelta(days=1)
        if day.weekday() not in WEEKEND and day not in holidays:
            count -= 1
    return day
