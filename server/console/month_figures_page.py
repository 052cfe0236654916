"""The figures of a month, K-09 to K-19, K-21 and K-22, each with the cases behind it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request

from server.console.figures_list import PAGE, writing
from server.console.month_labels import WORDS_OF_GROUP
from server.db import session, utcnow
from server.errors import Invalid, NotFound
from server.handovers.slip_days import next_month
from server.http import actor, level, requires, settings
from server.paper.periods import month_of_key
from server.reports.measures.listing import page_of, read_place, write_place
from server.reports.month_figures import MONTHLY, AskedMonth, of_month
from server.reports.subjects import subjects

pages = Blueprint("month_figures", __name__)


@pages.get("/figures/month")
@requires("report.read", reading=True)
def show() -> Any:
    """All of them as they stand now; this month's where none is named."""
    asked = _asked()
    return render_template(
        "figures_month.html",
        cards=[(measure, of_month(asked, code)) for code, measure in MONTHLY.items()],
        **_words(asked),
    )


@pages.get("/figures/month/<code>")
@requires("report.read", reading=True)
def behind(code: str) -> Any:
    """One figure of a month, and every order, complaint or list that counts in it."""
    if code not in MONTHLY:
        raise NotFound("no-such-figure", f"没有指标 {code}。", f"There is no figure {code}.")
    asked = _asked()
    measured = of_month(asked, code)
    page, following = page_of(
        measured.cases, after=read_place(request.args.get("after")), limit=PAGE
    )
    return render_template(
        "figures_month_list.html",
        measure=MONTHLY[code],
        measured=measured,
        cases=page,
        total=sum(case.verdict != "base" for case in measured.cases),
        subjects=subjects(
            session(),
            actor().estate_id,
            {(case.subject, case.number) for case in page},
        ),
        following=write_place(following) if following else None,
        **_words(asked),
    )


def _asked() -> AskedMonth:
    now = utcnow()
    today = now.astimezone(settings().zone).date()
    text = request.args.get("month")
    month = month_of_key(text) if text else today.replace(day=1)
    if month > today:
        raise Invalid("month-to-come", "这个月还没有到。", "This month is still to come.")
    return AskedMonth(
        session(),
        settings(),
        actor().estate_id,
        month,
        now=now,
        with_amounts=level("damage.settle") is not None,
    )


def _words(asked: AskedMonth) -> dict[str, Any]:
    after = next_month(asked.month)
    return {
        "month": asked.month,
        "key": f"{asked.month:%Y-%m}",
        "before": (asked.month - dt.timedelta(days=1)).replace(day=1),
        "after": after if after <= asked.today else None,
        "this_month": asked.today.replace(day=1),
        "words_of_group": WORDS_OF_GROUP,
        **writing(),
    }
