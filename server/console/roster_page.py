"""The roster: who is on duty and who is away, a week at a time; one person's shifts beside it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import find_user, names_of, users_with_role
from server.api.fields import Moment, Text, one_of
from server.console import forms
from server.console.list_filters import FIRST_YEAR, LAST_YEAR
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Invalid, NotFound, Problem, Stale
from server.history import history_of
from server.http import actor, level, requires, settings
from server.rosters import operations, patterns, queries
from server.rosters.models import Absence, Shift
from server.rosters.patterns import PATTERNS, WEEK, Span
from server.work_orders.models import WorkOrder
from server.work_orders.queries import visits_booked

pages = Blueprint("roster", __name__)
DESK = (
    Role.FRONT_DESK,
    Role.DISPATCH_DUTY,
    Role.CONTROL_DUTY,
    Role.DISPATCH_ASSISTANT,
    Role.DISPATCH_HEAD,
)


class ShiftIn(ma.Schema):
    """A shift by name, or by the clock on the wall."""

    day = ma.fields.Date(
        required=True,
        validate=ma.validate.Range(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 1, 1)),
    )
    pattern = one_of(*PATTERNS)
    begins = ma.fields.Time(format="%H:%M")
    ends = ma.fields.Time(format="%H:%M")


class AbsenceIn(ma.Schema):
    """From when until when somebody is away, and why."""

    from_at = Moment(required=True)
    until_at = Moment(required=True)
    reason = one_of(*operations.REASONS, required=True)
    note = Text(200, load_default=None)


@dataclass(frozen=True, kw_only=True)
class Clash:
    """An absence and the visits that were promised for that time."""

    absence: Absence
    orders: list[WorkOrder]


@pages.get("/roster")
@requires("roster.plan", reading=True)
def show() -> Any:
    """One week; a technician sees his own line."""
    return page()


@pages.post("/roster/<username>/shifts")
@requires("roster.plan")
def add_shift(username: str) -> Any:
    """Put somebody on duty."""

    def act(current: Session, user: User) -> str:
        operations.plan_shift(current, user, _span(), by=actor(), at=utcnow())
        return gettext("班次已加入。")

    return change(username, act)


@pages.post("/roster/<username>/shifts/<uuid:shift_id>")
@requires("roster.plan")
def change_shift(username: str, shift_id: uuid.UUID) -> Any:
    """Another time, or off the roster; refused where somebody else has changed it since."""

    def act(current: Session, _user: User) -> str:
        if "remove" in request.form:
            operations.remove_shift(current, shift_id, seen=_seen(), by=actor(), at=utcnow())
            return gettext("班次已取消。")
        operations.change_shift(current, shift_id, _span(), seen=_seen(), by=actor(), at=utcnow())
        return gettext("班次已更改。")

    return change(username, act)


@pages.post("/roster/<username>/absences")
@requires("roster.plan")
def note_absence(username: str) -> Any:
    """Somebody will be away; visits that were promised for that time are shown then."""

    def act(current: Session, user: User) -> str:
        typed = forms.taken("reason", "note", moments=("from_at", "until_at"))
        data = forms.loaded(AbsenceIn, typed)
        span = Span(from_at=data.pop("from_at"), until_at=data.pop("until_at"))
        operations.note_absence(current, user, span, **data, by=actor(), at=utcnow())
        booked = visits_booked(current, [user.id], span.from_at, span.until_at)
        if not booked:
            return gettext("已登记不在岗。")
        return gettext("已登记不在岗;这段时间已约了 %(count)s 张单,请改派。", count=len(booked))

    return change(username, act)


@pages.post("/roster/<username>/absences/<uuid:absence_id>/cancel")
@requires("roster.plan")
def cancel_absence(username: str, absence_id: uuid.UUID) -> Any:
    """He is there after all."""

    def act(current: Session, _user: User) -> str:
        operations.cancel_absence(current, absence_id, by=actor(), at=utcnow())
        return gettext("不在岗的登记已撤销。")

    return change(username, act)


@pages.post("/roster/copy")
@requires("roster.plan")
def copy_week() -> Any:
    """The shifts of the week before, where nothing is planned yet."""
    monday = _monday(request.form.get("week", ""))
    with transaction() as current:
        count = operations.copy_week(current, monday, settings().zone, by=actor(), at=utcnow())
    flash(gettext("从上周抄来 %(count)s 个班次。", count=count))
    return redirect(url_for("console.roster.show", week=monday.isoformat()), 303)


def change(username: str, act: Callable[[Session, User], str]) -> Any:
    """One change of one person's roster; refused, the page shows why and what was typed."""
    try:
        with transaction() as current:
            said = act(current, _planned_for(current, username))
    except NotFound:
        raise
    except Problem as problem:
        return page(username, problem), problem.status
    flash(said)
    monday = _monday(request.form.get("week", ""))
    goal = url_for("console.roster.show", week=monday.isoformat(), who=username)
    return redirect(f"{goal}#person", 303)


def page(username: str | None = None, problem: Problem | None = None) -> str:
    """The week, and one person's part of it where one was chosen."""
    current, by, zone = session(), actor(), settings().zone
    monday = _monday(request.values.get("week", ""))
    week = patterns.whole_days(monday, WEEK, zone)
    technicians = users_with_role(current, by.estate_id, Role.TECHNICIAN)
    desk = users_with_role(current, by.estate_id, *DESK)
    if level("roster.plan") == "O":
        technicians, desk = [one for one in technicians if one.id == by.user_id], []
    everybody = {one.username: one for one in (*technicians, *desk)}
    chosen = everybody.get(username or request.args.get("who", ""))
    absences = queries.absences_in(current, by.estate_id, week)
    today = utcnow().astimezone(zone).date()
    first = today if patterns.monday_of(today) == monday else monday
    return render_template(
        "roster.html",
        monday=monday,
        days=patterns.days_of(monday),
        day=request.values.get("day") or first.isoformat(),
        groups=[(gettext("技工"), technicians), (gettext("前台与调度"), desk)],
        shifts=_by_cell(queries.shifts_in(current, by.estate_id, week)),
        away=_away(absences, monday),
        clashes=_clashes(current, absences, {one.id for one in technicians}),
        names={one.id: one for one in everybody.values()},
        chosen=chosen,
        person=_person(current, chosen, week) if chosen else {},
        pattern_of=lambda row: patterns.pattern_of(_of(row), zone),
        patterns=PATTERNS,
        plans=level("roster.plan") in {"D", "A"},
        week_before=(monday - dt.timedelta(days=WEEK)).isoformat(),
        week_after=(monday + dt.timedelta(days=WEEK)).isoformat(),
        today=today,
        problem=problem,
        stale=isinstance(problem, Stale),
        typed=request.form,
    )


def _planned_for(current: Session, username: str) -> User:
    user = find_user(current, actor().estate_id, username)
    if user is None or not user.active or not {*DESK, Role.TECHNICIAN} & set(user.roles):
        raise NotFound("no-such-user", "没有这位用户。", "There is no such user.")
    return user


def _person(current: Session, chosen: User, week: Span) -> dict[str, Any]:
    from_today = Span(
        from_at=min(week.from_at, utcnow()), until_at=utcnow() + operations.LONGEST_ABSENCE
    )
    absences = queries.absences_in(
        current, chosen.estate_id, from_today, user_id=chosen.id, cancelled=True
    )
    return {
        "shifts": queries.shifts_of(current, chosen.id, week),
        "absences": absences,
        "noted_by": names_of(current, {one.noted_by for one in absences if one.noted_by}),
        "history": history_of(current, operations.SUBJECT, str(chosen.id))[-30:],
    }


def _by_cell(rows: Sequence[Shift]) -> dict[tuple[uuid.UUID, dt.date], list[Shift]]:
    """Who and on what day it begins -> shifts."""
    zone = settings().zone
    cells: dict[tuple[uuid.UUID, dt.date], list[Shift]] = {}
    for row in rows:
        cells.setdefault((row.user_id, row.from_at.astimezone(zone).date()), []).append(row)
    return cells


def _away(rows: Sequence[Absence], monday: dt.date) -> dict[tuple[uuid.UUID, dt.date], Absence]:
    """Who and which day -> the absence that touches it."""
    found: dict[tuple[uuid.UUID, dt.date], Absence] = {}
    for day in patterns.days_of(monday):
        whole = patterns.whole_days(day, 1, settings().zone)
        for row in rows:
            if _of(row).overlaps(whole):
                found.setdefault((row.user_id, day), row)
    return found


def _clashes(current: Session, rows: Sequence[Absence], people: set[uuid.UUID]) -> list[Clash]:
    mine = [row for row in rows if row.user_id in people]
    if not mine or level("order.read") not in {"D", "A", "R"}:
        return []
    booked = visits_booked(
        current,
        sorted({row.user_id for row in mine}),
        min(row.from_at for row in mine),
        max(row.until_at for row in mine),
    )
    found = []
    for row in mine:
        orders = [
            order
            for order in booked
            if order.technician_id == row.user_id
            and order.appointment_at
            and row.from_at <= order.appointment_at < row.until_at
        ]
        if orders:
            found.append(Clash(absence=row, orders=orders))
    return found


def _of(row: Shift | Absence) -> Span:
    return Span(from_at=row.from_at, until_at=row.until_at)


def _span() -> Span:
    data = forms.loaded(ShiftIn, forms.taken("day", "pattern", "begins", "ends"))
    if named := PATTERNS.get(data.get("pattern", "")):
        return patterns.shift_on(data["day"], named.begins, named.ends, settings().zone)
    missing = {name: [gettext("必填")] for name in ("begins", "ends") if name not in data}
    if missing:
        raise Invalid(
            "bad-form", "请更正标出的内容。", "Please correct what is marked.", errors=missing
        )
    return patterns.shift_on(data["day"], data["begins"], data["ends"], settings().zone)


def _seen() -> Span:
    """The shift as it stood on the page that was sent."""
    try:
        begins, ends = (
            dt.datetime.fromisoformat(request.form.get(name, "")).astimezone(dt.UTC)
            for name in ("seen_from", "seen_until")
        )
    except (ValueError, OverflowError):
        raise Stale("no-version", "表单缺少版本号,请刷新。", "The form names no version.") from None
    return Span(from_at=begins, until_at=ends)


def _monday(text: str) -> dt.date:
    """The week that was asked for; without one, this week. Raises Invalid for a day that is none."""
    if not text:
        return patterns.monday_of(utcnow().astimezone(settings().zone).date())
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise Invalid(
            "bad-week",
            "日期无效。",
            "This is not a day.",
            errors={"week": ["日期无效 not a day"]},
        )
    return patterns.monday_of(day)
