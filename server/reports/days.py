"""Which days a figure may be asked for, the same for pages and for other programs."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from server.errors import Invalid
from server.reports.measures.span import Span


def read_day(text: str, today: dt.date) -> dt.date:
    """A day of an address. Raises Invalid for none, and for one that is still to come."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "bad-day", "日期无效,应为 2025-03-05 的形式。", "Not a day such as 2025-03-05."
        ) from error
    if day > today:
        raise Invalid("day-to-come", "这一天还没有到。", "This day is still to come.")
    # The four weeks before it must be days as well.
    if day.year < 2000:  # noqa: PLR2004  # no estate has figures of another century
        raise Invalid("bad-day", "日期太早。", "The day is too long ago.")
    return day


def read_span(
    first: str | None, last: str | None, *, today: dt.date, zone: ZoneInfo, longest_days: int
) -> Span:
    """From one day to another, each today where it is not said. Raises Invalid, also for more than
    `longest_days`."""
    span = Span(
        first=read_day(first or today.isoformat(), today),
        last=read_day(last or today.isoformat(), today),
        zone=zone,
    )
    if not 0 <= (span.last - span.first).days < longest_days:
        raise Invalid(
            "bad-span",
            f"请选 1 至 {longest_days} 天,先后顺序。",
            f"Choose 1 to {longest_days} days, the earlier one first.",
        )
    return span
