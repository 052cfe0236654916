"""Slips at the front desk: told, handed over at 17:30, received; and the lists of the months."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.accounts.queries import names_of
from server.api.slips import give
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Denied, NotFound, Problem
from server.handovers import slip_queries, slips
from server.handovers.slip_days import daily_due, list_day, slips_of_day
from server.http import actor, level, requires, settings
from server.reports.days import read_day
from server.work_orders.operations import moving

pages = Blueprint("slips", __name__)
PAGE = 31
MONTHS = 6


@pages.get("/slips")
@requires("account.self")
def show() -> Any:
    """The slips of a day and the lists that were handed over, the newest first."""
    return page()


@pages.post("/slips")
@requires("slips.give")
def hand_over() -> Any:
    """Hand over the list of a day."""
    day = _day()
    try:
        with transaction() as current:
            number = give(current, slips.DAILY, day).number
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("已移交 %(number)s,等待签收。", number=number))
    return redirect(url_for("console.slips.show", day=day), 303)


@pages.post("/slips/<number>/receipt")
@requires("account.self")
def receive(number: str) -> Any:
    """Whoever is to have them has them; the operation knows who that is."""
    try:
        with transaction() as current:
            handover = slip_queries.find(current, number, by=actor(), lock=True)
            slips.receive(current, handover, by=actor(), at=utcnow())
    except NotFound:
        raise
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("已签收 %(number)s。", number=number))
    return redirect(url_for("console.slips.show"), 303)


@pages.post("/orders/<number>/oral-report")
@requires("slips.give")
def report_orally(number: str) -> Any:
    """One tap: dispatch was told that the slip is back (R-082)."""
    with transaction() as current:
        order = moving.find_order(current, number, by=actor())
        slips.report_orally(current, order, by=actor(), at=utcnow())
    flash(gettext("已记下:%(number)s 已口头告知调度。", number=number))
    if request.form.get("back") == "order":
        return redirect(url_for("console.order.show", number=number), 303)
    return redirect(url_for("console.slips.show"), 303)


def page(problem: Problem | None = None) -> str:
    """The page, with a refusal on top."""
    by, current = actor(), session()
    if not slips.may_see(by.roles):
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    zone = settings().zone
    day, today = _day(), list_day(utcnow(), zone)
    before = request.args.get("before")
    rows = slip_queries.page(
        current,
        by.estate_id,
        slips.DAILY,
        limit=PAGE,
        before=read_day(before, today) if before else None,
    )
    months = slip_queries.page(current, by.estate_id, slips.MONTHLY, limit=MONTHS, before=None)
    people = {one.given_by for one in [*rows, *months]}
    people |= {one.received_by for one in [*rows, *months] if one.received_by}
    known = slip_queries.find_list(current, by.estate_id, slips.DAILY, day)
    return render_template(
        "slips.html",
        day=day,
        today=today,
        due_at=daily_due(day, zone),
        found=slip_queries.returned_at_front_desk(current, by.estate_id, slips_of_day(day, zone)),
        known=known,
        on_list=set(known.orders) if known else set(),
        rows=rows[:PAGE],
        following=rows[PAGE - 1].period_on if len(rows) > PAGE else None,
        months=months[:MONTHS],
        names=names_of(current, people),
        may_give=level("slips.give") == "D",
        may_receive=lambda kind: slips.may_receive(kind, by.roles),
        me=by.user_id,
        problem=problem,
    )


def _day() -> dt.date:
    today = list_day(utcnow(), settings().zone)
    text = request.form.get("day") or request.args.get("day")
    return read_day(text, today) if text else today
