"""The orders behind a figure, those that miss the target first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request

from server.console.figures_words import day_words, exact, quantity
from server.db import session, utcnow
from server.errors import NotFound
from server.http import actor, requires, settings
from server.reports.days import read_day, read_span
from server.reports.figures import MEASURES, Asked, of_span
from server.reports.measures.case import Case
from server.reports.measures.listing import page_of, read_place, write_place
from server.reports.measures.open_items import BUCKETS, age_days, bucket_of
from server.reports.measures.span import DAY, Span, day_span
from server.reports.subjects import subjects

pages = Blueprint("figures_list", __name__)
PAGE = 50
OPEN = "K-23"


@pages.get("/figures/<code>")
@requires("report.read", reading=True)
def behind(code: str) -> Any:
    """One figure over a day or some weeks, and every order that counts in it."""
    if code not in MEASURES:
        raise NotFound("no-such-figure", f"没有指标 {code}。", f"There is no figure {code}.")
    now = utcnow()
    zone = settings().zone
    today = now.astimezone(zone).date()
    measure = MEASURES[code]
    if code == OPEN:
        span = day_span(today, zone)
    else:
        span = _span(today, longest_days=measure.longest_days)
    asked = Asked(session(), settings(), actor().estate_id, span, now=now)
    figure, cases = of_span(asked, code)
    chosen = {name: request.args.get(name, "") for name in ("age", "subject")}
    if code == OPEN:
        cases = [case for case in cases if _fits(case, chosen, today, span)]
    page, following = page_of(cases, after=read_place(request.args.get("after")), limit=PAGE)
    length = len(span.days) * DAY
    return render_template(
        "figures_list.html",
        measure=measure,
        figure=figure,
        target=measure.target(asked),
        span=span,
        today=today,
        is_open=code == OPEN,
        chosen=chosen,
        buckets=list(BUCKETS),
        cases=page,
        total=sum(case.verdict != "base" for case in cases),
        subjects=subjects(session(), actor().estate_id, {(c.subject, c.number) for c in page}),
        following=write_place(following) if following else None,
        before=(span.first - length, span.last - length),
        after=(span.first + length, span.last + length) if span.last < today else None,
        **writing(),
    )


def writing() -> dict[str, Any]:
    """How figures are written, for the templates."""
    return {"quantity": quantity, "exact": exact, "day_words": day_words}


def _span(today: dt.date, *, longest_days: int) -> Span:
    if (text := request.args.get("day")) is not None:
        day = read_day(text, today)
        return Span(first=day, last=day, zone=settings().zone)
    return read_span(
        request.args.get("from"),
        request.args.get("to"),
        today=today,
        zone=settings().zone,
        longest_days=longest_days,
    )


def _fits(case: Case, chosen: dict[str, str], today: dt.date, span: Span) -> bool:
    if chosen["subject"] and case.subject != chosen["subject"]:
        return False
    return not chosen["age"] or bucket_of(age_days(case.at, today, span)) == chosen["age"]
