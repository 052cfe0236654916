"""Plans of weekly and monthly checks, this period's checks, and what is still to be put right."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import find_user, names_of, users_with_role
from server.api.fields import Text
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Invalid, Problem
from server.http import actor, level, requires, settings
from server.quality import corrections, inspections, periods
from server.quality.models import CorrectiveAction

pages = Blueprint("quality_plans", __name__)
PAGE = 50
INSPECTORS = (Role.QA_REVIEWER, Role.CS_SUPERVISOR, Role.CS_MANAGER)


class PlanIn(ma.Schema):
    title = Text(120, required=True)
    item = Text(2000, required=True)
    every = ma.fields.String(
        required=True, validate=ma.validate.OneOf([periods.WEEKLY, periods.MONTHLY])
    )
    inspector = Text(80, required=True)


class ResultIn(ma.Schema):
    period_on = ma.fields.Date(required=True)
    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(["ok", "not_ok"]))
    text = Text(2000, load_default=None, allow_none=True)
    correction = Text(2000, load_default=None, allow_none=True)
    due_on = ma.fields.Date(load_default=None, allow_none=True)
    owner = Text(80, load_default=None, allow_none=True)


@pages.get("/quality/plans")
@requires("quality.review", reading=True)
def show() -> Any:
    """The plans, the checks that are due now, and the corrections that are not verified."""
    return _page()


@pages.post("/quality/plans")
@requires("quality.review")
def make() -> Any:
    """A new plan."""

    def act(current: Session) -> None:
        data = forms.loaded(PlanIn, forms.taken("title", "item", "every", "inspector"))
        inspector = _person(current, data.pop("inspector"), "inspector")
        inspections.make_plan(
            current, **data, inspector=inspector, starts_on=_today(), by=actor(), at=utcnow()
        )

    return _do(act, done=gettext("检查计划已保存。"))


@pages.post("/quality/plans/<uuid:plan_id>/pause")
@requires("quality.review")
def pause(plan_id: uuid.UUID) -> Any:
    """No more checks of this plan."""

    def act(current: Session) -> None:
        plan = inspections.find_plan(current, plan_id, by=actor())
        inspections.pause(current, plan, by=actor(), at=utcnow())

    return _do(act, done=gettext("检查计划已停用。"))


@pages.post("/quality/plans/<uuid:plan_id>/resume")
@requires("quality.review")
def resume(plan_id: uuid.UUID) -> Any:
    """Checks of this plan again, from the present period on."""

    def act(current: Session) -> None:
        plan = inspections.find_plan(current, plan_id, by=actor())
        inspections.resume(current, plan, today=_today(), by=actor(), at=utcnow())

    return _do(act, done=gettext("检查计划已恢复。"))


@pages.post("/quality/plans/<uuid:plan_id>/results")
@requires("quality.review")
def check(plan_id: uuid.UUID) -> Any:
    """What one check found."""

    def act(current: Session) -> None:
        plan = inspections.find_plan(current, plan_id, by=actor())
        data = forms.loaded(
            ResultIn,
            forms.taken("period_on", "outcome", "text", "correction", "due_on", "owner"),
        )
        owner = data.pop("owner")
        ok = data.pop("outcome") == "ok"
        inspections.record_result(
            current,
            plan,
            **data,
            ok=ok,
            owner=_person(current, owner, "owner") if owner and not ok else None,
            today=_today(),
            by=actor(),
            at=utcnow(),
        )

    return _do(act, done=gettext("检查结果已记下。"))


@pages.post("/quality/corrections/<uuid:action_id>/done")
@requires("quality.review")
def done(action_id: uuid.UUID) -> Any:
    """It was put right."""

    def act(current: Session) -> None:
        action = corrections.find(current, action_id, by=actor())
        corrections.carry_out(current, action, by=actor(), at=utcnow())

    return _do(act, done=gettext("已记为完成,待别人验证。"))


@pages.post("/quality/corrections/<uuid:action_id>/verified")
@requires("quality.review")
def verified(action_id: uuid.UUID) -> Any:
    """Somebody else has seen that it is right."""

    def act(current: Session) -> None:
        action = corrections.find(current, action_id, by=actor())
        corrections.verify(current, action, by=actor(), at=utcnow())

    return _do(act, done=gettext("整改已验证。"))


def _do(act: Callable[[Session], None], *, done: str) -> Any:
    """One change; refused, the page says why and keeps what was typed."""
    try:
        with transaction() as current:
            act(current)
    except Problem as problem:
        return _page(problem), problem.status
    flash(done)
    return redirect(url_for("console.quality_plans.show"), 303)


def _page(problem: Problem | None = None) -> str:
    current, today, estate_id = session(), _today(), actor().estate_id
    plans = inspections.plans_of(current, estate_id)
    rows = corrections.open_ones(current, estate_id, limit=PAGE + 1, after=_after())
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    checks = inspections.checks_of(current, plans, today)
    people = {plan.inspector_id for plan in plans} | {row.owner_id for row in rows if row.owner_id}
    people |= {one.result.checked_by for one in checks if one.result}
    return render_template(
        "quality_plans.html",
        today=today,
        plans=plans,
        checks=checks,
        corrections=rows,
        sources=corrections.sources_of(current, rows),
        after=_cursor(rows[-1]) if more else None,
        names=names_of(current, people),
        inspectors=users_with_role(current, estate_id, *INSPECTORS),
        may_review=level("quality.review") in {"D", "A"},
        me=actor().user_id,
        next_week=today + dt.timedelta(days=periods.DAYS_A_WEEK),
        problem=problem,
        typed=request.form,
    )


def _person(current: Session, handle: str, field: str) -> User:
    user = find_user(current, actor().estate_id, handle)
    if user is None or not user.active:
        raise Invalid(
            "no-such-person",
            "没有这个人。",
            "There is no such person.",
            errors={field: ["没有这个人 no such person"]},
        )
    return user


def _today() -> dt.date:
    return utcnow().astimezone(settings().zone).date()


def _cursor(row: CorrectiveAction) -> str:
    key = json.dumps([row.due_on.isoformat(), str(row.id)])
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _after() -> tuple[dt.date, uuid.UUID] | None:
    text = request.args.get("after")
    if not text:
        return None
    try:
        day, last = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return dt.date.fromisoformat(day), uuid.UUID(last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise Invalid("bad-cursor", "分页位置无效。", "The place is not one of ours.") from error
