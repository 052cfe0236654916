"""How the manager's figures are written: rounded so that a missed target never looks kept."""

from __future__ import annotations

import datetime as dt
import math

from server.console.formats import MONTHS, money
from server.console.wording import gettext, language
from server.reports.measures.case import DAYS, MONEY, PERCENT, SECONDS, cut

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S
#: Up to here a span is told in minutes, and in hours.
_MINUTES_UNTIL_S = 2 * HOUR_S
_HOURS_UNTIL_S = 2 * DAY_S


def quantity(value: float | None, unit: str) -> str:
    """A figure with its unit. Shares are cut, spans rounded up: 15 min 1 s is not 15 min."""
    if value is None:
        return "—"
    if unit == PERCENT:
        return f"{cut(value):g} %"
    if unit == MONEY:
        return money(round(value))
    if unit == DAYS:
        return gettext("%(count)s 天", count=round(value))
    return _span(value) if unit == SECONDS else f"{value:,.0f}"


def exact(value: float | None, unit: str | None, *, signed: bool = False) -> str:
    """The value of one order, to the second; `signed` says early or late."""
    if value is None or unit is None:
        return "—"
    if unit != SECONDS:
        return quantity(value, unit)
    # Up: a fraction of a second too late is too late.
    whole = math.ceil(value)
    span = _to_the_second(abs(whole))
    if not signed:
        return span
    if whole == 0:
        return gettext("准时")
    return gettext("晚 %(span)s", span=span) if whole > 0 else gettext("早 %(span)s", span=span)


def day_words(day: dt.date) -> str:
    """A day as the language writes it, short."""
    if language() == "zh":
        return f"{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]}"


def _span(seconds: float) -> str:
    if seconds < MINUTE_S:
        return gettext("%(count)s 秒", count=math.ceil(seconds))
    if seconds <= _MINUTES_UNTIL_S:
        return gettext("%(count)s 分钟", count=_up(seconds / MINUTE_S))
    if seconds <= _HOURS_UNTIL_S:
        return gettext("%(count)s 小时", count=_up(seconds / HOUR_S))
    return gettext("%(count)s 天", count=_up(seconds / DAY_S))


def _to_the_second(seconds: int) -> str:
    if seconds < HOUR_S:
        minutes, rest = divmod(seconds, MINUTE_S)
        if not minutes:
            return gettext("%(count)s 秒", count=rest)
        return gettext("%(minutes)s 分 %(seconds)s 秒", minutes=minutes, seconds=rest)
    if seconds < DAY_S:
        hours, rest = divmod(seconds, HOUR_S)
        return gettext("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=rest // MINUTE_S)
    days, rest = divmod(seconds, DAY_S)
    return gettext("%(days)s 天 %(hours)s 小时", days=days, hours=rest // HOUR_S)


def _up(value: float) -> str:
    # A tenth that is one up to rounding errors stays what it is.
    return f"{math.ceil(round(value * 10, 6)) / 10:g}"
