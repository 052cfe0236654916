"""The month's end as a checklist, and the Statistics Summary (F-06) that is written on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.accounts.permissions import may
from server.accounts.queries import names_of
from server.api.month_ends import SummaryTextsIn
from server.console import forms
from server.console.figures_words import quantity
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.handovers.slip_days import next_month
from server.http import actor, level, requires, settings
from server.month_end import steps, summary
from server.month_end.standing import Month
from server.month_end.taking import take_step
from server.paper.periods import month_of_key

pages = Blueprint("month", __name__)


@pages.get("/month-end")
@requires("month.read", reading=True)
def show() -> Any:
    """Every step of a month with what is left of it; last month's where none is named."""
    return page(chosen())


@pages.post("/month-end/<month>/steps/<code>")
@requires("month.read", reading=True)
def take(month: str, code: str) -> Any:
    """Take a step; whose it is, the step itself knows."""
    first = month_of_key(month)
    try:
        take_step(settings(), code, first, by=actor(), at=utcnow())
    except NotFound:
        raise
    except Problem as problem:
        return page(first, problem), problem.status
    flash(gettext("这一步已办。"))
    return redirect(url_for("console.month.show", month=month), 303)


@pages.get("/month-end/<month>/summary")
@requires("summary.write", reading=True)
def show_summary(month: str) -> Any:
    """F-06 as it stands: what was counted, and what people say to it."""
    return summary_page(month)


@pages.post("/month-end/<month>/summary")
@requires("summary.write")
def write_summary(month: str) -> Any:
    """Keep what was typed; with the second button it also goes up."""
    return _change(month, write=True, then=request.form.get("then", ""))


@pages.post("/month-end/<month>/summary/reading")
@requires("summary.read")
def read_summary(month: str) -> Any:
    """The general manager has read it."""
    return _change(month, write=False, then="read")


def _change(month: str, *, write: bool, then: str) -> Any:
    by, at = actor(), utcnow()
    try:
        with transaction() as current:
            found = summary.get(current, by.estate_id, month_of_key(month), lock=True)
            if write:
                typed = {name: request.form.get(name, "") for name in summary.TEXTS}
                texts = forms.loaded(SummaryTextsIn, typed)
                seen = forms.seen_version()
                summary.comment(current, found, texts, expected_version=seen, by=by, at=at)
            if then == "recount":
                summary.recount(current, settings(), found, by=by, at=at)
            elif then == "submit":
                summary.submit(current, found, by=by, at=at)
            elif then == "read":
                summary.mark_read(current, found, by=by, at=at)
    except NotFound:
        raise
    except Problem as problem:
        return summary_page(month, problem), problem.status
    flash(gettext("汇总表已保存。"))
    return redirect(url_for("console.month.show_summary", month=month), 303)


def page(month: dt.date, problem: Problem | None = None) -> str:
    """The checklist."""
    by, current, now = actor(), session(), utcnow()
    here = Month(current, settings(), by.estate_id, month, now=now)
    found = steps.standings(here)
    taken = steps.taken(current, by, here.month)
    people = {one.taken_by for one in taken.values() if one.taken_by}
    this_month = now.astimezone(settings().zone).date().replace(day=1)
    return render_template(
        "month_end.html",
        month=here.month,
        key=f"{here.month:%Y-%m}",
        before=(here.month - dt.timedelta(days=1)).replace(day=1),
        after=next_month(here.month) if next_month(here.month) <= this_month else None,
        this_month=this_month,
        over=here.over,
        steps=[
            (
                steps.STEPS[code],
                one,
                may(steps.STEPS[code].permission, by.roles),
                taken.get(code),
            )
            for code, one in found.items()
        ],
        done=sum(one.done for one in found.values()),
        names=names_of(current, people),
        has_summary=here.summary is not None,
        slips_number=here.slips.number if here.slips else None,
        problem=problem,
    )


def summary_page(month: str, problem: Problem | None = None) -> str:
    """The summary with its form."""
    by, current = actor(), session()
    found = summary.get(current, by.estate_id, month_of_key(month))
    people = {found.author_id} | ({found.read_by} if found.read_by else set())
    return render_template(
        "month_summary.html",
        one=found,
        key=month,
        names=names_of(current, people),
        may_write=level("summary.write") == "D" and found.submitted_at is None,
        may_read=level("summary.read") == "D" and by.user_id != found.author_id,
        demanded=summary.DEMANDED,
        texts=summary.TEXTS,
        quantity=quantity,
        typed=request.form,
        problem=problem,
    )


def chosen() -> dt.date:
    """The month of the address, else the one that has just ended. Raises NotFound for none."""
    text = request.args.get("month")
    if text:
        return month_of_key(text)
    today = utcnow().astimezone(settings().zone).date()
    return (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
