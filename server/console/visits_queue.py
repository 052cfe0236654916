"""The queue of return visits, the riskiest first, and how far the month's visits have come."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from server.accounts.permissions import may
from server.accounts.queries import find_user, names_of
from server.console import exports, saved_filters, visits_labels
from server.console.export_columns import visit_columns
from server.console.list_filters import VISITS, spelled
from server.console.visits_words import TAB
from server.db import session, snapshot, utcnow
from server.errors import Invalid, NotFound
from server.history import Actor
from server.http import actor, requires, settings
from server.return_visits import cohort, queries, spot_checks, visitors
from server.return_visits.queries import OPEN_LIST, Filter

pages = Blueprint("visits_queue", __name__)
PAGE = 50
#: Risks that stand in the queue; all of them stand on the visit's own page.
TOP_RISKS = 3
#: After the 10th the present month's visits are what people work on.
LAST_DAY = 10
KEYS = ("month", "assignee")
MINE, ALL, ON_SITE = "mine", "all", "on_site"


@pages.get("/return-visits")
@requires("visit.make", reading=True)
def show() -> Any:
    """What is to be made, or what became of it; filters stand in the address."""
    if (opening := saved_filters.opening(VISITS)) is not None:
        return redirect(opening, 303)
    by, current = actor(), session()
    tab, asked_month, assignee = _tab(by), _month(request.args.get("month")), _assignee()
    wanted = _wanted(by, tab, asked_month, assignee)
    page = queries.page(
        current, by.estate_id, wanted, after=request.args.get("after") or None, limit=PAGE
    )
    month = asked_month or due_next(utcnow().astimezone(settings().zone).date())
    zone, at = settings().zone, utcnow()
    people = visitors.visitors(current, by.estate_id)
    ids = {one.visit.assignee_id for one in page.entries if one.visit.assignee_id}
    return render_template(
        "visits_queue.html",
        tab=tab,
        entries=page.entries,
        after=page.after,
        asked_month=request.args.get("month", "") if asked_month else "",
        assignee=assignee,
        kept=saved_filters.kept(VISITS, {"tab": tab, **_words()}),
        query=spelled({"tab": tab, **_words()}),
        month=month,
        counts=cohort.of_month(current, by.estate_id, month, zone=zone, at=at),
        month_due_at=cohort.due_of(month, zone),
        before=_shifted(month, -1),
        behind=_shifted(month, 1),
        people=people,
        names=names_of(current, ids | {one.user_id for one in people}),
        top=TOP_RISKS,
        explain=visits_labels.explain,
        overdue=partial(cohort.is_overdue, at=at),
        may_check=may("visit.spot_check", by.roles),
    )


@pages.get("/return-visits/spot-checks")
@requires("visit.spot_check")
def checks() -> Any:
    """Visits that a manager may look at again, drawn by chance, and what he checked this month."""
    by, current, at = actor(), session(), utcnow()
    month = at.astimezone(settings().zone).date().replace(day=1)
    since, before = _begin(month), _begin(_shifted(month, 1))
    made = spot_checks.made_by(current, by, since=since, before=before)
    offered = queries.entries(current, spot_checks.offered(current, by, month=month, at=at))
    people = {one.visit.recorded_by for one in offered if one.visit.recorded_by}
    return render_template(
        "visits_checks.html",
        month=month,
        made=made,
        due=spot_checks.DUE_A_MONTH,
        entries=offered,
        names=names_of(current, people),
    )


@pages.get("/return-visits/export.<form>")
@requires("visit.make", reading=True)
def export(form: str) -> Response:
    """Every visit that the filter of the address asks for."""
    by, names = actor(), dict[uuid.UUID, str]()
    wanted = _wanted(by, _tab(by), _month(request.args.get("month")), _assignee())
    with snapshot() as current:

        def turn(place: str | None) -> exports.Turned:
            page = queries.page(current, by.estate_id, wanted, after=place, limit=exports.CHUNK)
            return page.entries, page.after

        chunks = exports.naming(exports.every(turn), names, lambda one: one.visit.assignee_id)
        return exports.sent("return-visits", form, visit_columns(names), chunks)


def due_next(today: dt.date) -> dt.date:
    """The month of closing whose visits are due next: last month's until the 10th (R-084)."""
    first = today.replace(day=1)
    return _shifted(first, -1) if today.day <= LAST_DAY else first


def _tab(by: Actor) -> str:
    tab = request.args.get("tab") or (ALL if may("visit.spot_check", by.roles) else MINE)
    if tab not in TAB:
        raise NotFound("no-such-list", "没有这个列表。", "There is no such list.")
    return tab


def _words() -> dict[str, str]:
    return {key: request.args[key] for key in KEYS if request.args.get(key)}


def _assignee() -> str:
    return request.args.get("assignee", "").strip()


def _wanted(by: Actor, tab: str, month: dt.date | None, assignee: str) -> Filter:
    return Filter(
        state=OPEN_LIST if tab in {MINE, ALL, ON_SITE} else tab,
        assignee_id=by.user_id if tab == MINE else _person(assignee),
        cohort_on=month,
        on_site_wanted=True if tab == ON_SITE else None,
    )


def _shifted(month: dt.date, by: int) -> dt.date:
    return (month + dt.timedelta(days=31 if by > 0 else -1)).replace(day=1)


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), settings().zone)


def _month(text: str | None) -> dt.date | None:
    if not text:
        return None
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise _unusable("month") from error
    if not 2000 <= month.year <= 2100:  # noqa: PLR2004  # what every database and zone can hold
        raise _unusable("month")
    return month


def _person(handle: str) -> uuid.UUID | None:
    if not handle:
        return None
    user = find_user(session(), actor().estate_id, handle)
    if user is None:
        raise _unusable("assignee")
    return user.id


def _unusable(field: str) -> Invalid:
    return Invalid(
        "bad-filter",
        "筛选条件无效,请改正或清除。",
        "The filter cannot be used; correct or clear it.",
        errors={field: ["无效 not usable"]},
    )
