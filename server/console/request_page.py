"""One request: judging it, replying to the customer, issuing the slip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.alerts import operations as alerts
from server.api.requests import judge as judge_by_outcome
from server.api.schemas import IssueIn, JudgementIn, ReplyIn
from server.console import forms
from server.console.watch import reply_clock
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem, Stale
from server.history import history_of
from server.http import actor, level, requires, settings
from server.prices.queries import items_in_force
from server.requests import operations as requests
from server.requests.lifecycle import BY_ACTION, STEPS, RequestState
from server.requests.models import Decline, Reply, ServiceRequest
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching

pages = Blueprint("request", __name__)

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
    replies = current.scalars(
        sa.select(Reply).where(Reply.request_id == row.id).order_by(Reply.replied_at)
    )
    rows = history_of(current, requests.SUBJECT, row.number)
    judging = level("request.judge") in {"D", "A"}
    today = utcnow().astimezone(settings().zone).date()
    return render_template(
        "request.html",
        row=row,
        clock_due=reply_clock(row, settings()),
        replies=list(replies),
        decline=current.scalar(sa.select(Decline).where(Decline.request_id == row.id)),
        orders=list(
            current.scalars(
                sa.select(WorkOrder.number)
                .where(WorkOrder.request_id == row.id)
                .order_by(WorkOrder.number)
            )
        ),
        history=rows,
        alerts=alerts.alerts_of(current, requests.SUBJECT, row.number),
        outcomes=possible(row.state) if judging else set(),
        may_issue=row.state == RequestState.ACCEPTED and level("order.issue") in {"D", "A"},
        may_reply=level("request.reply") in {"D", "A"},
        prices=items_in_force(current, by.estate_id, today) if judging else [],
        technicians=users_with_role(current, by.estate_id, Role.TECHNICIAN) if judging else [],
        problem=problem,
        stale=isinstance(problem, Stale),
        typed=request.form,
        at=utcnow(),
    )
