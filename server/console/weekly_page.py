"""The weekly report: written by each assistant, read by whoever leads (F-18, R-008)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.accounts.queries import names_of
from server.api.month_ends import WeeklyIn
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.http import actor, level, requires, settings, signed_in
from server.month_end import weekly
from server.month_end.weekly_counts import monday_of
from server.reports.days import read_day

pages = Blueprint("weekly", __name__)
WEEK = dt.timedelta(days=7)


@pages.get("/weekly")
@requires("weekly.write", reading=True)
def show() -> Any:
    """My report of a week; for whoever leads also everybody's, and whose is missing."""
    return page()


@pages.post("/weekly")
@requires("weekly.write")
def write() -> Any:
    """Keep it, or hand it in."""
    typed = forms.taken("week_on", "summary", "plan")
    submits = request.form.get("then") == "submit"
    try:
        with transaction() as current:
            data = forms.loaded(WeeklyIn, typed)
            report = weekly.write(
                current,
                settings(),
                data["week_on"],
                summary=data["summary"],
                plan=data["plan"],
                submits=submits,
                by=actor(),
                at=utcnow(),
            )
            week_on = report.week_on
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("周报已提交。") if submits else gettext("周报已保存,还没有提交。"))
    return redirect(url_for("console.weekly.show", week=week_on), 303)


@pages.post("/weekly/<uuid:report_id>/reading")
@requires("weekly.read")
def read(report_id: uuid.UUID) -> Any:
    """The superior has read one."""
    try:
        with transaction() as current:
            report = weekly.get(current, report_id, by=actor(), lock=True)
            weekly.mark_read(current, report, by=actor(), at=utcnow())
            week_on = report.week_on
    except NotFound:
        raise
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("已记为已阅。"))
    return redirect(url_for("console.weekly.show", week=week_on), 303)


def page(problem: Problem | None = None) -> str:
    """The page, with a refusal on top and what was typed."""
    by, current = actor(), session()
    today = utcnow().astimezone(settings().zone).date()
    text = request.form.get("week_on") or request.args.get("week")
    week_on = monday_of(read_day(text, today) if text else today)
    writes, reads = level("weekly.write") == "D", level("weekly.read") is not None
    mine = figures = None
    if writes and by.user_id is not None:
        mine = weekly.find(current, by.user_id, week_on)
        is_fixed = mine is not None and mine.submitted_at is not None
        figures = (
            mine.figures
            if mine is not None and is_fixed
            else weekly.figures_of(current, settings(), by.user_id, week_on)
        )
    found = weekly.of_week(current, by.estate_id, week_on) if reads else []
    people = {one.author_id for one in found} | {one.read_by for one in found if one.read_by}
    return render_template(
        "weekly.html",
        week_on=week_on,
        last_day=week_on + WEEK - dt.timedelta(days=1),
        before=week_on - WEEK,
        after=week_on + WEEK if week_on + WEEK <= today else None,
        today=today,
        writes=writes,
        reads=reads,
        may_mark=level("weekly.read") == "D",
        mine=mine,
        figures=figures or {},
        found=found,
        missing=weekly.missing(current, by.estate_id, week_on) if reads else [],
        names=names_of(current, people),
        username=signed_in().username,
        typed=request.form,
        problem=problem,
    )
