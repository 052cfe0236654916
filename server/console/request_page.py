"""One request: judging it, replying to the customer, issuing the slip."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.alerts import operations as alerts
from server.api.requests import judge as judge_by_outcome
from server.api.schemas import IssueIn, JudgementIn, ReplyIn
from server.console import forms, one_go, sent_photos
from server.console.intake_labels import canned_replies
from server.console.labels import label
from server.console.watch import reply_clock
from server.console.wording import gettext, language
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem, Stale
from server.history import history_of
from server.http import actor, level, requires, settings
from server.prices.queries import items_in_force
from server.requests import declining, queries, repeats
from server.requests import operations as requests
from server.requests.lifecycle import BY_ACTION, STEPS, RequestState
from server.requests.models import ServiceRequest
from server.requests.repeats import SharedFault
from server.requests.wording import sends_elsewhere, suspect_phrases
from server.work_orders import of_unit
from server.work_orders.operations import dispatching, joining, moving

pages = Blueprint("request", __name__)
#: To whom a wish that cannot be met is passed on, offered for choosing (R-032).
DEPARTMENTS = ("operations_dept", "security_dept", "admin_hr", "finance", "contractor")

#: outcome of the form -> action of the request's table
OUTCOMES = {
    "accepted": "accepted",
    "time_pending": "time_pending",
    "answered": "answered",
    "to_complaint": "to_complaint",
    "declined": "declined",
    "time_confirmed": "confirm_time",
    "time_refused": "refuse_time",
    "withdrawn": "withdraw",
}


@pages.get("/requests/<number>")
@requires("request.read", reading=True)
def show(number: str) -> Any:
    """The request as it stands, with the forms that its state and my roles allow."""
    return _page(number)


@pages.post("/requests/<number>/judgement")
@requires("request.judge")
def judge(number: str) -> Any:
    """Judge it: accept, decline with its four parts, answer, turn into a complaint, …"""

    def act(current: Session, row: ServiceRequest) -> None:
        data = forms.taken(
            "outcome",
            "nature",
            "category",
            "price_item",
            "technician",
            "explanation",
            "apology",
            "improvement",
            "notice_promised",
            "department_informed",
            "demand_item",
            "text",
            "channel",
            "target",
            "reason",
            lists=("attempts",),
            moments=("offered_at",),
        )
        if data.get("outcome") == "declined":
            data["explanation"] = _told()
        elif data.get("outcome") == "to_complaint":
            # An empty box is an answer: whoever is at the desk apologises first.
            data["apology"] = "apology" in request.form
        judge_by_outcome(current, row, forms.loaded(JudgementIn, data), by=actor(), at=utcnow())

    return _change(number, act, done=gettext("已判别。"))


@pages.post("/requests/<number>/reply")
@requires("request.reply")
def reply(number: str) -> Any:
    """Note what the customer was told; the first word stops the clock."""

    def act(current: Session, row: ServiceRequest) -> None:
        data = forms.loaded(ReplyIn, forms.taken("channel", "text"))
        requests.reply(current, row, **data, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("已记下回复。"))


@pages.post("/requests/<number>/photos")
@requires("request.reply")
def attach(number: str) -> Any:
    """Keep with it what the customer sends in pictures afterwards, by chat say."""
    try:
        pictures = sent_photos.with_known(requests.find(session(), number, by=actor(), lock=False))
        with transaction() as current:
            added = sent_photos.attach(
                current, pictures, requests.find(current, number, by=actor())
            )
    except NotFound:
        raise
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(sent_photos.told(added))
    return redirect(url_for("console.request.show", number=number), 303)


@pages.post("/requests/<number>/issue")
@requires("order.issue")
def issue(number: str) -> Any:
    """Write the slip."""

    def act(current: Session, row: ServiceRequest) -> str:
        data = forms.loaded(
            IssueIn, forms.taken("category", "urgency", moments=("appointment_at",))
        )
        order = dispatching.issue(current, settings(), row, **data, by=actor(), at=utcnow())
        return url_for("console.order.show", number=order.number)

    return _change(number, act, done=gettext("已开单,请派工。"))


@pages.post("/requests/<number>/one-go", endpoint="one_go")
@requires("order.issue")
def carry_on(number: str) -> Any:
    """Judge it accepted, write the slip and, where asked for, give it out: all or nothing."""

    def act(current: Session, row: ServiceRequest) -> None:
        then = request.form.get("then", "")
        typed = forms.taken(
            "category",
            "nature",
            "price_item",
            "technician",
            "urgency",
            moments=("appointment_at",),
        )
        one_go.carry_on(current, row, then, typed, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("已开单。请在时限内回复客户。"))


@pages.post("/requests/<number>/join")
@requires("order.issue")
def join(number: str) -> Any:
    """Do it by the order that another household of the entrance has for the same fault."""

    def act(current: Session, row: ServiceRequest) -> None:
        order = moving.find_order(current, request.form.get("order", ""), by=actor())
        joining.join(current, row, order, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("已并入,一单处理。请在时限内回复客户。"))


@pages.post("/requests/wording")
@requires("request.reply")
def wording() -> Any:
    """How a text to a customer sounds, while it is being written. Warns, never blocks (R-030)."""
    is_decline = "sorry" in request.form
    text = _told() if is_decline else request.form.get("text", "")
    return render_template(
        "request_wording.html",
        text=text,
        is_decline=is_decline,
        suspect=suspect_phrases(text),
        elsewhere=sends_elsewhere(text),
    )


def _told() -> str:
    """The text of a decline: its four parts, and what else explains it between them (R-032)."""
    names = ("sorry", "tried", "explanation", "notice", "passed")
    return declining.told([request.form.get(name, "") for name in names])


def possible(state: str) -> set[str]:
    """Outcomes that the table allows from here."""
    return {
        outcome
        for outcome, action in OUTCOMES.items()
        if RequestState(state) in BY_ACTION[action].sources
        or any(step.action == action and RequestState(state) in step.sources for step in STEPS)
    }


def _change(number: str, act: Callable[[Session, ServiceRequest], str | None], *, done: str) -> Any:
    try:
        with transaction() as current:
            row = requests.find(current, number, by=actor(), expected_version=forms.seen_version())
            goal = act(current, row)
    except NotFound:
        raise
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(done)
    return redirect(goal or url_for("console.request.show", number=number), 303)


def _page(number: str, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    row = requests.find(current, number, by=by, lock=False)
    judging = level("request.judge") in {"D", "A"}
    at = utcnow()
    orders = of_unit.orders_of_request(current, row.id)
    today = at.astimezone(settings().zone).date()
    may_issue = level("order.issue") in {"D", "A"}
    may_dispatch = level("order.dispatch") in {"D", "A"}
    return render_template(
        "request.html",
        row=row,
        clock_due=reply_clock(row, settings()),
        replies=queries.replies_of(current, row),
        canned=canned_replies(),
        decline=queries.decline_of(current, row),
        wording=declining.CHINESE if language() == "zh" else declining.ENGLISH,
        departments=[label(role, "role") for role in DEPARTMENTS],
        orders=orders,
        joined=[
            other
            for order in orders
            if order.request_id == row.id
            for other in of_unit.requests_joined(current, order.id)
        ],
        joinable=_joinable(current, row, at) if may_issue else None,
        history=history_of(current, requests.SUBJECT, row.number),
        alerts=alerts.alerts_of(current, requests.SUBJECT, row.number),
        outcomes=possible(row.state) if judging else set(),
        may_issue=row.state == RequestState.ACCEPTED and may_issue,
        may_dispatch=may_dispatch,
        may_go_on=may_issue and may_dispatch,
        may_reply=level("request.reply") in {"D", "A"},
        prices=items_in_force(current, by.estate_id, today) if judging else [],
        technicians=users_with_role(current, by.estate_id, Role.TECHNICIAN) if judging else [],
        problem=problem,
        stale=isinstance(problem, Stale),
        typed=request.form,
        at=at,
    )


def _joinable(current: Session, row: ServiceRequest, at: dt.datetime) -> SharedFault | None:
    """The fault that this request shares with others, where it may go onto their order."""
    if RequestState(row.state) not in BY_ACTION["join"].sources:
        return None
    shared = repeats.shared_fault(
        of_unit.reports_near(current, row.unit, at=at),
        unit_id=row.unit_id,
        category=row.category,
        content=row.content,
        at=at,
    )
    return shared if shared and shared.master_order else None
