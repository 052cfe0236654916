"""How a value is written on paper, in either language. Pure."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from server.paper.document import Measured, Money, Value, Words

MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YES, NO = Words("是", "yes"), Words("否", "no")


def written(value: Value, language: str, zone: ZoneInfo) -> str:  # noqa: PLR0911  # one a kind
    """A value as the language writes it; moments in `zone`; nothing for what is not known.

    >>> written(Money(123450), "zh", ZoneInfo("Asia/Shanghai"))
    '¥1,234.50'
    """
    match value:
        case None:
            return ""
        case Words():
            return value.to(language)
        case Money():
            return money(value.fen)
        case Measured():
            return f"{value.value} {value.unit}"
        case bool():
            return (YES if value else NO).to(language)
        case dt.datetime():
            local = value.astimezone(zone)
            return f"{day(local.date(), language)} {local:%H:%M}"
        case dt.date():
            return day(value, language)
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            return str(value)


def money(fen: int) -> str:
    """¥30.00 from 3000 fen."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def day(value: dt.date, language: str) -> str:
    """2025年3月5日 or 5 Mar 2025."""
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS_EN[value.month - 1]} {value.year}"
