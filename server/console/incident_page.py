"""Incidents: the list, the form for a new one, and one with who stayed and what was decided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.alerts import operations as alerts
from server.api.incidents import (
    FollowUpIn,
    HandlingIn,
    IncidentDecisionIn,
    ReportIn,
    follow_up,
    mine_or_handled,
)
from server.api.matters import CloseIn, IncidentIn, PresenceIn
from server.console import exports, forms, list_filters, saved_filters, sent_photos
from server.console.export_columns import incident_columns
from server.console.incident_timeline import stays
from server.console.list_filters import INCIDENTS, KEYS, WORDS, begin_of, day_of, spelled
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, Problem
from server.evidence import queries as evidence
from server.history import history_of
from server.http import actor, level, requires, settings
from server.incidents import handling, lifecycle, queries
from server.incidents import operations as incidents
from server.incidents.lifecycle import IncidentState
from server.incidents.models import Incident
from server.keyset import Leaf, read_place

pages = Blueprint("incident", __name__)
PAGE = 50
DOES = frozenset("DA")


@pages.get("/incidents")
@requires("incident.report")
def overview() -> Any:
    """Incidents by state, category, severity and day: all, or those that one has found."""
    if (opening := saved_filters.opening(INCIDENTS)) is not None:
        return redirect(opening, 303)
    words = _words()
    leaf, problem = Leaf(rows=[], newer=None, older=None), None
    try:
        places = {
            way: read_place(request.args[way]) for way in ("after", "before") if way in request.args
        }
        leaf = queries.incidents(session(), actor().estate_id, _wanted(words), limit=PAGE, **places)
    except Invalid as refusal:
        problem = refusal
    found = [row[0] for row in leaf.rows]
    page = render_template(
        "incidents.html",
        leaf=leaf,
        incidents=[(one, incidents.left_before_relieved(one)) for one in found],
        names=names_of(session(), {one.found_by for one in found if one.found_by}),
        chosen=words,
        kept=saved_filters.kept(INCIDENTS, words),
        query=spelled(words),
        problem=problem,
        turn=lambda **place: f"/incidents?{spelled({**words, **place})}",
    )
    return (page, problem.status) if problem else page


@pages.get("/incidents/export.<form>")
@requires("incident.report")
def export(form: str) -> Response:
    """Every incident that the filter of the address asks for, of those that one sees."""
    wanted, names = _wanted(_words()), dict[uuid.UUID, str]()
    estate_id = actor().estate_id
    with snapshot() as current:
        chunks = exports.leaves(
            lambda place: queries.incidents(
                current, estate_id, wanted, limit=exports.CHUNK, after=place
            )
        )
        chunks = exports.naming(chunks, names, lambda row: row[0].found_by)
        return exports.sent("incidents", form, incident_columns(names), chunks)


@pages.get("/incidents/new")
@requires("incident.report")
def blank() -> Any:
    """The form for what somebody has found: no slip is needed for it (R-026)."""
    return _form()


@pages.post("/incidents/new")
@requires("incident.report")
def report() -> Any:
    """PA1: the responsible department hears of it at once."""
    try:
        data = forms.loaded(
            IncidentIn,
            forms.taken("place", "category", "severity", "description", "emergency_action"),
        )
        pictures = sent_photos.with_new()
        now = utcnow()
        with transaction() as current:
            number = forms.answered_before(current, (picture.sha256 for picture in pictures))
            if number is None:
                incident = incidents.report_incident(
                    current, settings(), **data, found_at=now, photos=[], by=actor(), at=now
                )
                sent_photos.attach(current, pictures, incident)
                number = incident.number
                forms.keep_answer(current, number)
    except Problem as problem:
        return _form(problem), problem.status
    flash(gettext("已记下,并通知了负责部门。请留在现场,等他们到来。"))
    return redirect(url_for("console.incident.show", number=number), 303)


@pages.get("/incidents/<number>")
@requires("incident.report")
def show(number: str) -> Any:
    """The incident as it stands, for whoever handles incidents and whoever found it."""
    return _page(number)


@pages.post("/incidents/<number>/presence")
@requires("incident.report")
def presence(number: str) -> Any:
    """PA2: when help came and when the discoverer left (R-027)."""

    def act(current: Session, incident: Incident) -> None:
        typed = forms.taken(moments=("dept_arrived_at", "left_at"))
        data = forms.loaded(PresenceIn, typed)
        incidents.note_presence(current, incident, **data, by=actor(), at=utcnow())

    return _change(number, act, gettext("已记下时间。"))


@pages.post("/incidents/<number>/photos")
@requires("incident.report")
def attach(number: str) -> Any:
    """Keep pictures with it, as whoever found it or was there sends them."""
    incident = mine_or_handled(incidents.get_incident(session(), actor().estate_id, number))
    try:
        pictures = sent_photos.with_known(incident)
        with transaction() as current:
            incident = incidents.find_incident(current, number, by=actor())
            added = sent_photos.attach(current, pictures, incident)
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(sent_photos.told(added))
    return redirect(url_for("console.incident.show", number=number), 303)


@pages.post("/incidents/<number>/handling")
@requires("incident.handle")
def handle(number: str) -> Any:
    """PA3: how it was put right."""

    def act(current: Session, incident: Incident) -> None:
        data = forms.loaded(HandlingIn, forms.taken("handled_text"))
        handling.note_handling(current, incident, **data, by=actor(), at=utcnow())

    return _change(number, act, gettext("已记下处置。"))


@pages.post("/incidents/<number>/report")
@requires("incident.report")
def report_up(number: str) -> Any:
    """PA3: the superior hears what happened (R-028)."""

    def act(current: Session, incident: Incident) -> None:
        data = forms.loaded(ReportIn, forms.taken("superior_report"))
        handling.report_to_superior(current, incident, **data, by=actor(), at=utcnow())

    return _change(number, act, gettext("已向上级报告。"))


@pages.post("/incidents/<number>/decision")
@requires("incident.decide", reading=True)
def decide(number: str) -> Any:
    """PA4: further up, or closed."""

    def act(current: Session, incident: Incident) -> None:
        data = forms.loaded(IncidentDecisionIn, forms.taken("outcome", "decision"))
        goes_up = data.pop("outcome") == "raised"
        handling.decide(current, incident, goes_up=goes_up, **data, by=actor(), at=utcnow())

    return _change(number, act, gettext("已记下决定。"))


@pages.post("/incidents/<number>/closure")
@requires("incident.decide")
def close(number: str) -> Any:
    """Report and end in one, where the superior wants nothing more."""

    def act(current: Session, incident: Incident) -> None:
        data = forms.loaded(CloseIn, forms.taken("superior_report"))
        handling.close_incident(current, incident, **data, by=actor(), at=utcnow())

    return _change(number, act, gettext("已报告并关闭。"))


@pages.post("/incidents/<number>/order")
@requires("request.register")
def issue(number: str) -> Any:
    """A-32: the slip that puts it right."""

    def act(current: Session, incident: Incident) -> None:
        typed = forms.taken("content", "category", "urgency", moments=("appointment_at",))
        customer = forms.taken("name", "unit_code", "phone")
        data = forms.loaded(FollowUpIn, {**typed, "customer": {**customer, "relation": "other"}})
        wanted = follow_up(data)
        handling.issue_order(current, settings(), incident, wanted, by=actor(), at=utcnow())

    return _change(number, act, gettext("已为事件开单。"))


def _change(number: str, act: Callable[[Session, Incident], None], done: str) -> Any:
    try:
        with transaction() as current:
            act(current, mine_or_handled(incidents.find_incident(current, number, by=actor())))
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(done)
    return redirect(url_for("console.incident.show", number=number), 303)


def _page(number: str, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    incident = mine_or_handled(incidents.get_incident(current, by.estate_id, number))
    # Pictures are looked at by those who handle incidents; whoever took them has them himself.
    handles = level("incident.handle") in DOES
    photos = evidence.photos_of_incident(current, incident.id)
    named = {photo["sha256"] for photo in incident.photos} if handles else set()
    people = {incident.found_by, incident.reported_by, incident.decided_by}
    return render_template(
        "incident.html",
        incident=incident,
        photos=photos,
        shows_photos=handles,
        expected=len(named - {photo.sha256 for photo in photos}),
        names=names_of(current, {one for one in people if one}),
        left_early=incidents.left_before_relieved(incident),
        stays=stays(
            found_at=incident.found_at,
            left_at=incident.left_at,
            arrived_at=incident.dept_arrived_at,
            over_at=incident.handled_at or incident.closed_at,
            now=utcnow(),
        ),
        actions=_actions(incident),
        alerts=alerts.alerts_of(current, incidents.SUBJECT, incident.number),
        history=history_of(current, incidents.SUBJECT, incident.number),
        problem=problem,
        typed=request.form,
    )


def _actions(incident: Incident) -> frozenset[str]:
    """Forms that the state's row in the table and my roles allow."""
    by = actor()
    known = lifecycle.possible(lifecycle.INCIDENT, IncidentState(incident.state))
    found = set(known & {"report"})
    if level("incident.handle") in DOES:
        found |= known & {"handle"}
    if handling.may_end(incident, by):
        found.add("report_and_close")
    if known & {"raise", "close"} and handling.may_decide(incident, by):
        found |= known & {"raise", "close"}
    if incident.state != IncidentState.CLOSED:
        found.add("presence")
        if incident.follow_up_number is None and level("request.register") in DOES:
            found.add("order")
    return frozenset(found)


def _form(problem: Problem | None = None) -> str:
    return render_template(
        "incident_new.html",
        problem=problem,
        typed=request.form,
        once=request.form.get("once") or forms.fresh_key(),
    )


def _words() -> dict[str, str]:
    return {
        key: request.args[key].strip()
        for key in KEYS[INCIDENTS]
        if request.args.get(key, "").strip()
    }


def _wanted(words: dict[str, str]) -> queries.IncidentFilter:
    for key, allowed in WORDS[INCIDENTS].items():
        list_filters.known(words.get(key), allowed)
    state = words.get("state", queries.OPEN)
    until = begin_of(day_of("to", words["to"]) + dt.timedelta(days=1)) if "to" in words else None
    return queries.IncidentFilter(
        state=None if state == "all" else state,
        category=words.get("category"),
        severity=words.get("severity"),
        found_from=begin_of(day_of("from", words["from"])) if "from" in words else None,
        found_before=until,
        found_by=None if level("incident.handle") in DOES else actor().user_id,
    )
