"""The manager's day: the figures of the trade, what is open, who is on duty, what waits for a word."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup

from server.accounts.queries import names_of
from server.console import figures_chart, figures_list
from server.console.figures_chart import Bar, Marks
from server.console.figures_words import day_words, quantity
from server.console.labels import label
from server.console.wording import gettext
from server.db import session, utcnow
from server.devices.attention import concerns
from server.http import actor, requires, settings
from server.reports import duty, open_now
from server.reports.days import read_day
from server.reports.figures import Asked
from server.reports.four_weeks import Held, held
from server.reports.measures.case import Figure
from server.reports.measures.intakes import unmet_demand
from server.reports.measures.open_items import BUCKETS, by_bucket
from server.reports.measures.span import DAY, day_span, with_four_weeks
from server.reports.subjects import subjects

pages = Blueprint("figures", __name__)
#: How many of the oldest open ones stand on the page itself.
OLDEST = 8


@dataclass(frozen=True, kw_only=True)
class Card:
    """One figure as it stands on the page."""

    held: Held
    chart: Markup | None
    #: day, its figure; the newest first
    table: list[tuple[dt.date, Figure]]

    @property
    def mark(self) -> str:
        """none, kept, limit or goal: how the day stands against the target."""
        if self.held.today.off is None:
            return "none"
        return (self.held.measure.weight or "none") if self.held.today.off else "kept"


@pages.get("/figures")
@requires("report.read", reading=True)
def show() -> Any:
    """A day's figures; where it is today also what is open, who is on duty, what waits for a word.

    The page itself asks for the four weeks beside them: nobody waits for them to see the day.
    Without scripts `?weeks` brings both.
    """
    current, now, by = session(), utcnow(), actor()
    day, today = _days(now)
    span = (with_four_weeks if "weeks" in request.args else day_span)(day, settings().zone)
    asked = Asked(current, settings(), by.estate_id, span, now=now)
    words = _words(asked, today)
    if day == today:
        overdue = open_now.overdue_corrections(current, by.estate_id, today)
        oldest = asked.open_items[:OLDEST]
        words |= {
            "buckets": list(BUCKETS),
            "by_bucket": by_bucket(asked.open_items, today, span),
            "open_total": len(asked.open_items),
            "oldest": oldest,
            "subjects": subjects(current, by.estate_id, [(o.subject, o.number) for o in oldest]),
            "waiting": open_now.undecided(current, by.estate_id),
            "overdue": overdue,
            "names": names_of(current, {row.owner_id for row in overdue if row.owner_id}),
            "duty": duty.duty_at(current, by.estate_id, now, day_span(today, span.zone)),
            "concerns": partial(concerns, clock_skew_s=settings().clock_skew_s),
        }
    return render_template("figures.html", **words)


@pages.get("/figures/weeks")
@requires("report.read", reading=True)
def weeks() -> Any:
    """The same figures with the four weeks before the day: charts, tables, unmet demand."""
    now = utcnow()
    day, today = _days(now)
    span = with_four_weeks(day, settings().zone)
    asked = Asked(session(), settings(), actor().estate_id, span, now=now)
    return render_template("figures_weeks.html", **_words(asked, today))


def _days(now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The day that is asked for, and today."""
    today = now.astimezone(settings().zone).date()
    text = request.args.get("day")
    return read_day(text, today) if text else today, today


def _words(asked: Asked, today: dt.date) -> dict[str, Any]:
    found, declines = held(asked)
    day = asked.span.last
    return {
        "cards": [_card(one) for one in found],
        "day": day,
        "today": today,
        "is_today": day == today,
        "before": day - DAY,
        "after": day + DAY if day < today else None,
        "from_day": asked.span.first,
        "has_weeks": asked.span.first < day,
        "empty": not any(figure.counted for one in found for figure in one.days.values()),
        "demand": unmet_demand(declines),
        **figures_list.writing(),
    }


def _card(one: Held) -> Card:
    known = any(figure.value is not None for figure in one.days.values())
    return Card(
        held=one,
        chart=_chart(one) if known and one.before else None,
        table=sorted(one.days.items(), reverse=True),
    )


def _chart(one: Held) -> Markup:
    measure, day = one.measure, max(one.days)
    bars = [
        Bar(
            value=figure.value,
            off=measure.weight if figure.off else None,
            words=f"{day_words(at)}: {quantity(figure.value, measure.unit)}",
        )
        for at, figure in sorted(one.days.items())
    ]
    highest = max(bar.value for bar in bars if bar.value is not None)
    told = gettext(
        "%(day)s %(value)s;前四周 %(before)s,日中位 %(usual)s。",
        day=day_words(day),
        value=quantity(one.today.value, measure.unit),
        before=quantity(one.before.value if one.before else None, measure.unit),
        usual=quantity(one.usual, measure.unit),
    )
    if one.target is not None:
        told += gettext("虚线为目标 %(target)s。", target=quantity(one.target, measure.unit))
    return figures_chart.chart(
        bars,
        name=measure.code,
        title=gettext(
            "%(figure)s,每日,共 %(count)s 天",
            figure=label(measure.code, "figure"),
            count=len(bars),
        ),
        told=told,
        target=one.target,
        marks=Marks(
            top=quantity(highest, measure.unit),
            first=day_words(min(one.days)),
            last=day_words(day),
        ),
    )
