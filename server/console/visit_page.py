"""One return visit: the order, what was said round by round, the caller's script, and the forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import may, may_read
from server.accounts.queries import everybody, find_user, names_of
from server.alerts import operations as alerts
from server.api.visits import (
    AssignIn,
    AttemptIn,
    ClosureIn,
    PutRightIn,
    RectificationIn,
    SpotCheckIn,
    VisitIn,
)
from server.complaints import moving
from server.complaints.models import Complaint
from server.complaints.who import why_not
from server.console import forms, visits_labels
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.evidence import signed_here
from server.evidence.photos import Limits
from server.evidence.sent_along import Picture
from server.evidence.storage import STORE
from server.history import history_of
from server.http import actor, requires, settings
from server.rectifications.queries import rectifications_of
from server.return_visits import (
    attempting,
    cohort,
    correcting,
    planning,
    queries,
    script,
    signing,
    spot_checks,
    visitors,
)
from server.return_visits import operations as visits
from server.return_visits.models import ReturnVisit
from server.return_visits.risk import MOST
from server.return_visits.states import ASSIGNED, OPEN, PENDING, RECTIFYING, SUBJECT
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder

pages = Blueprint("visit", __name__)


@pages.get("/return-visits/<number>")
@requires("rectification.carry_out", reading=True)
def show(number: str) -> Any:
    """The visit as it stands; for others than visitors only what is theirs to put right."""
    return _page(number)


@pages.post("/return-visits/<number>/results")
@requires("visit.make")
def record(number: str) -> Any:
    """What the customer said, on the telephone or at the door."""
    names = ("method", "satisfied", "comment", "fixed", "cause", "signer_name")
    try:
        # The picture first: nothing waits for it while the order is locked.
        signed = _signature() if request.form.get("method") == visits.ON_SITE else None
    except Problem as problem:
        return _page(number, problem), problem.status

    def act(current: Session) -> None:
        data = forms.loaded(VisitIn, forms.taken(*names))
        if signed is not None:
            photo = signing.keep(current, number, *signed, by=actor(), at=utcnow())
            data["customer_signature"] = photo.sha256
        visit = visits.find_visit(current, number, by=actor())
        visits.record_visit(current, settings(), visit, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("回访已记下。"))


@pages.post("/return-visits/<number>/attempts")
@requires("visit.make")
def attempt(number: str) -> Any:
    """Nobody was reached."""

    def act(current: Session) -> None:
        data = forms.loaded(AttemptIn, forms.taken("method", "note"))
        visit = visits.find_visit(current, number, by=actor())
        attempting.note_attempt(current, visit, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("已记下这次没有联系上。"))


@pages.post("/return-visits/<number>/closure")
@requires("visit.close")
def close(number: str) -> Any:
    """Enough was tried; it stays among what was due."""

    def act(current: Session) -> None:
        data = forms.loaded(ClosureIn, forms.taken("reason"))
        visit = visits.find_visit(current, number, by=actor())
        attempting.close_unreachable(
            current, settings(), visit, reason=data["reason"], by=actor(), at=utcnow()
        )

    return _do(number, act, done=gettext("已按联系不上结束,仍计入应访数。"))


@pages.post("/return-visits/<number>/assignment")
@requires("visit.plan")
def assign(number: str) -> Any:
    """Somebody is asked to make it."""

    def act(current: Session) -> None:
        data = forms.loaded(AssignIn, forms.taken("assignee", "reason", "on_site"))
        visit = visits.find_visit(current, number, by=actor())
        user = find_user(current, actor().estate_id, data["assignee"])
        planning.assign(
            current,
            visit,
            user,
            reason=data["reason"],
            on_site=bool(data["on_site"]),
            by=actor(),
            at=utcnow(),
        )

    return _do(number, act, done=gettext("回访已安排。"))


@pages.post("/return-visits/<number>/rectification")
@requires("visit.plan")
def change_rectification(number: str) -> Any:
    """What is put right, by whom and by when."""

    def act(current: Session) -> None:
        data = forms.loaded(RectificationIn, forms.taken("owner", "due_on", "text"))
        visit = visits.find_visit(current, number, by=actor())
        owner = find_user(current, actor().estate_id, data.pop("owner"))
        correcting.change(current, settings(), visit, owner=owner, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("整改已改定。"))


@pages.post("/return-visits/<number>/rectification/done")
@requires("rectification.carry_out", reading=True)
def put_right(number: str) -> Any:
    """It was put right; the customer is asked again."""

    def act(current: Session) -> None:
        data = forms.loaded(PutRightIn, forms.taken("text"))
        visit = visits.find_visit(current, number, by=actor())
        correcting.put_right(current, visit, text=data["text"], by=actor(), at=utcnow())

    return _do(number, act, done=gettext("整改已完成,请再次回访客户。"))


@pages.post("/return-visits/<number>/spot-checks")
@requires("visit.spot_check")
def spot_check(number: str) -> Any:
    """A manager has asked again."""

    def act(current: Session) -> None:
        data = forms.loaded(SpotCheckIn, forms.taken("asked", "agrees", "note"))
        visit = visits.find_visit(current, number, by=actor())
        spot_checks.check(current, visit, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("抽查已记下。"))


def _do(number: str, act: Callable[[Session], None], *, done: str) -> Any:
    """One change, made once however often the form is sent; refused, what was typed stays."""
    try:
        with transaction() as current:
            if forms.answered_before(current) is None:
                act(current)
                forms.keep_answer(current, number)
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(done)
    return redirect(_after(number), 303)


def _after(number: str) -> str:
    # Whoever only put something right does not see the visit any more.
    if may_read("visit.make", actor().roles):
        return url_for("console.visit.show", number=number)
    return url_for("console.alerts.show")


def _page(number: str, problem: Problem | None = None) -> str:
    current, by, at = session(), actor(), utcnow()
    visit = queries.get_visit(current, number, by=by)
    corrections = rectifications_of(current, SUBJECT, visit.number)
    owns = any(one.done_at is None and one.owner_id == by.user_id for one in corrections)
    if not owns and not may_read("visit.make", by.roles):
        raise NotFound("no-such-visit", "没有这条回访。", "There is no such visit.")
    (entry,) = queries.entries(current, [visit])
    results = queries.results_of(current, visit)
    attempts = attempting.attempts_of(current, visit)
    checks = spot_checks.checks_of(current, visit)
    planning_now = _may_plan(visit, entry.complaint)
    people = visitors.visitors(current, by.estate_id) if planning_now else []
    if (about := entry.complaint) is not None:
        people = [one for one in people if visitors.visits_complaint(about, one.user_id, one.roles)]
    ids = {one.user_id for one in people} | {one.by_id for one in attempts}
    ids |= {one.owner_id for one in corrections} | {one.checker_id for one in checks}
    ids |= {one for one in (visit.assignee_id, visit.closed_by, visit.assigned_by) if one}
    return render_template(
        "visit.html",
        visit=visit,
        order=entry.order,
        complaint=entry.complaint,
        request_number=_request_number(current, entry.order),
        reopened=queries.reopened_request(current, visit),
        risk=MOST - visit.risk_place,
        explain=visits_labels.explain,
        results=results,
        attempts=attempts,
        corrections=corrections,
        checks=checks,
        names=names_of(current, ids),
        people=people,
        staff=[one for one in everybody(current, by.estate_id) if one.active]
        if visit.state == RECTIFYING
        else [],
        greeting=visits_labels.greeted(script.greeting(at.astimezone(settings().zone))),
        questions=visits_labels.questions(),
        actions=_actions(visit, entry.complaint, owns=owns)
        | ({"check"} if _may_check(current, visit) else set()),
        alerts=alerts.alerts_of(current, SUBJECT, visit.number),
        history=history_of(current, SUBJECT, visit.number),
        late=cohort.is_overdue(visit, at),
        once=forms.fresh_key(),
        problem=problem,
        typed=request.form,
    )


def _actions(visit: ReturnVisit, complaint: Complaint | None, *, owns: bool) -> set[str]:
    """Forms that the state and my roles allow; what a complainant says is not recorded here, nor
    put right (R-149)."""
    roles = actor().roles
    found = {"plan"} if _may_plan(visit, complaint) else set()
    if complaint is not None:
        mine = why_not("visit", moving.person(actor()), moving.case_of(complaint)) is None
        closes = visit.state in {PENDING, ASSIGNED} and may("visit.close", roles) and mine
        return found | ({"close"} if closes else set())
    if visit.state in {PENDING, ASSIGNED}:
        found |= {"record"} if may("visit.make", roles) else set()
        found |= {"close"} if may("visit.close", roles) else set()
    if visit.state == RECTIFYING:
        found |= {"change"} if may("visit.plan", roles) else set()
        found |= {"put_right"} if owns or may("rectification.carry_out", roles) else set()
    return found


def _may_plan(visit: ReturnVisit, complaint: Complaint | None) -> bool:
    by = actor()
    if visit.state not in OPEN:
        return False
    if complaint is None:
        return may("visit.plan", by.roles)
    return why_not("plan_visit", moving.person(by), moving.case_of(complaint)) is None


def _may_check(current: Session, visit: ReturnVisit) -> bool:
    by = actor()
    return (
        may("visit.spot_check", by.roles)
        and visit.done_at is not None
        and by.user_id not in spot_checks.visitors_of(current, visit)
        and by.user_id not in {one.checker_id for one in spot_checks.checks_of(current, visit)}
    )


def _request_number(current: Session, order: WorkOrder | None) -> str | None:
    return orders.request_number(current, order) if order is not None else None


def _signature() -> tuple[Picture, str] | None:
    """The strokes of the pad, or a picture of the signed sheet; None where there is neither."""
    sheet = request.files.get("sheet")
    if strokes := request.form.get("strokes", ""):
        content = signed_here.drawn(strokes)
    elif sheet is not None and sheet.filename:
        content = sheet.read()
    else:
        return None
    limits = Limits(max_pixels=settings().photo_max_pixels)
    return signed_here.receive(content, current_app.extensions[STORE], limits=limits)
