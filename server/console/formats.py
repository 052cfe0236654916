"""How moments, money and what a technician answered are written for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from checklists.template import Step
from server.assets.document_types import sized
from server.console.reading_chart import plain
from server.console.wording import gettext, language, marked
from server.db import utcnow
from server.http import settings
from server.paper import values
from server.paper.values import MONTHS_EN as MONTHS
from server.paper.values import money

__all__ = ["MONTHS", "money", "sized"]
WEEKDAYS_ZH = "一二三四五六日"
MINUTES_A_DAY = 24 * 60
SIGNS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "=", "ne": "≠"}
#: units of checklists that are words, and those with a sign
UNITS = {"times": marked("次"), "pcs": marked("个"), "min": marked("分钟")}
UNIT_SIGNS = {"C": "°C", "Mohm": "MΩ"}


def moment(value: dt.datetime | None, *, seconds: bool = False) -> str:
    """A moment in the estate's zone, as the language writes it; the year where it is not now's."""
    if value is None:
        return "—"
    zone = settings().zone
    local = value.astimezone(zone)
    other_year = local.year != utcnow().astimezone(zone).year
    # By hand: Babel takes a millisecond and a half for each, and a board shows two hundred.
    if language() == "zh":
        day = f"{local.year}年" * other_year + f"{local.month}月{local.day}日"
    else:
        day = f"{local.day} {MONTHS[local.month - 1]}" + f" {local.year}" * other_year
    return f"{day} {local:%H:%M:%S}" if seconds else f"{day} {local:%H:%M}"


def day(value: dt.date) -> str:
    """A day with its weekday, as the language writes it."""
    if language() == "zh":
        return f"{value.month}月{value.day}日 周{WEEKDAYS_ZH[value.weekday()]}"
    return f"{value:%a} {value.day} {MONTHS[value.month - 1]}"


def dated(value: dt.date) -> str:
    """A day with its year, as on paper."""
    return values.day(value, language())


def month_name(value: dt.date | str) -> str:
    """A month with its year, as the language writes it; known by a day of it or as `2026-11`."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(f"{value}-01")
    if language() == "zh":
        return f"{value.year}年{value.month}月"
    return f"{value:%B} {value.year}"


def brief(value: dt.datetime) -> str:
    """The time of day where it is today at the estate, else day and time."""
    zone = settings().zone
    local = value.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == utcnow().astimezone(zone).date() else moment(value)


def clock_time(value: dt.datetime) -> str:
    """The time of day at the estate."""
    return value.astimezone(settings().zone).strftime("%H:%M")


def time_tag(value: dt.datetime | None, *, seconds: bool = False, short: bool = False) -> Markup:
    """A `<time>` that people and machines can read."""
    if value is None:
        return Markup("—")
    words = brief(value) if short else moment(value, seconds=seconds)
    exact = moment(value, seconds=True)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        value.astimezone(dt.UTC).isoformat(), exact, words
    )


def timer() -> Callable[[dt.datetime | None], Markup]:
    """Writes moments as `<time>`, zone, language and year looked up once: a list shows hundreds."""
    zone, chinese = settings().zone, language() == "zh"
    this_year = utcnow().astimezone(zone).year

    def written(value: dt.datetime | None) -> Markup:
        if value is None:
            return Markup("—")
        local = value.astimezone(zone)
        if chinese:
            day = f"{local.month}月{local.day}日"
            day = day if local.year == this_year else f"{local.year}年{day}"
        else:
            day = f"{local.day} {MONTHS[local.month - 1]}"
            day = day if local.year == this_year else f"{day} {local.year}"
        exact = local.isoformat(timespec="minutes")
        return Markup(  # noqa: S704  # digits and month names
            f'<time datetime="{exact}">{day} {local.hour:02d}:{local.minute:02d}</time>'
        )

    return written


def since(value: dt.datetime) -> str:
    """How long ago, in the largest unit that fits; a clock that runs ahead counts as just now."""
    return lasting(utcnow() - value)


def lasting(span: dt.timedelta) -> str:
    """A span in the largest unit that fits; what is negative counts as nothing."""
    minutes = max(0, int(span.total_seconds())) // 60
    if minutes < 1:
        return gettext("不到 1 分钟")
    if minutes < MINUTES_A_DAY // 24:
        return gettext("%(count)s 分钟", count=minutes)
    if minutes < 2 * MINUTES_A_DAY:
        return gettext("%(count)s 小时", count=minutes // 60)
    return gettext("%(count)s 天", count=minutes // MINUTES_A_DAY)


def local_input(value: dt.datetime | None) -> str:
    """The value of a `datetime-local` input."""
    return value.astimezone(settings().zone).strftime("%Y-%m-%dT%H:%M") if value else ""


def local_time(value: dt.datetime) -> str:
    """The time of day at the estate, as the value of a `time` input."""
    return value.astimezone(settings().zone).strftime("%H:%M")


def iso_moment(text: str | None) -> str:
    """A moment that history keeps as text."""
    return moment(dt.datetime.fromisoformat(text)) if text else ""


def epoch_ms(value: dt.datetime) -> int:
    """Milliseconds since 1970, for the counting clocks of the page."""
    return round(value.timestamp() * 1000)


def in_words(text: Mapping[str, str]) -> str:
    """A text of a checklist in the language of this request."""
    return text.get(language()) or text.get("zh") or ""


def qty(value: Decimal | float, *, signed: bool = False) -> str:
    """How many or how much, without zeros that say nothing: 4, 2.5, and -1 where it is `signed`."""
    exact = Decimal(str(value))
    return f"+{plain(exact)}" if signed and exact > 0 else plain(exact)


def unit_words(unit: str | None) -> str:
    """A unit of a checklist as the reader writes it: 次 for times, °C for C."""
    if unit in UNITS:
        return gettext(UNITS[unit])
    return UNIT_SIGNS.get(unit or "", unit or "")


def measured(value: object, unit: str | None) -> str:
    """A figure with its unit."""
    return f"{value} {unit_words(unit)}".strip()


def answered(step: Step | None, answer: Mapping[str, Any]) -> str:
    """What was answered, in one line: `221 V AC; 镇流器类型: inductive`."""
    parts: list[str] = []
    if "value" in answer:
        parts.append(measured(answer["value"], answer.get("unit")))
    yes_or_no = [answer[key] for key in ("ok", "confirmed", "done") if key in answer]
    parts += [gettext("是") if yes else gettext("否") for yes in yes_or_no]
    if answer.get("choices"):
        names = {one["id"]: in_words(one["text"]) for one in (step.choices if step else ())}
        parts.append(gettext("、").join(names.get(one, one) for one in answer["choices"]))
    for key, label in (("old_spec", gettext("旧件")), ("new_spec", gettext("新件"))):
        if answer.get(key):
            parts.append(f"{label}: {answer[key]}")
    known = {one["name"]: one for one in (step.fields if step else ())}
    for name, value in (answer.get("fields") or {}).items():
        label = in_words(known[name]["text"]) if name in known else name
        parts.append(f"{label}: {measured(value, known.get(name, {}).get('unit'))}")
    return "; ".join(parts)


def bounds(step: Step) -> list[tuple[str, str]]:
    """The bands of a reading as (verdict, condition), in the order in which they are tried."""
    found = []
    for band in (step.limits or {}).get("bands", ()):
        words = " & ".join(_atom(atom) for atom in band.get("if", ()))
        words = measured(words, step.unit) if words else gettext("其余")
        found.append((str(band["status"]), words))
    return found


def _atom(atom: Mapping[str, Any]) -> str:
    of = atom.get("of")
    subject = _named(of) + " " if of else ""
    words = []
    for key, value in atom.items():
        if key in SIGNS:
            words.append(f"{SIGNS[key]} {_named(value)}")
        elif key == "is":
            words.append("= " + ("/".join(value) if isinstance(value, list) else str(value)))
        elif key == "within_percent":
            words.append(f"{_named(value['of'])} ± {value['percent']} %")
    return subject + ", ".join(words)


def _named(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    return ".".join(str(value[key]) for key in ("step", "field") if key in value)
