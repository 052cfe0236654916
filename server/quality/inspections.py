"""Plans of weekly and monthly single-item checks, and what the checks found (R-005)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.accounts.permissions import may
from server.errors import Conflict, Invalid, NotFound
from server.history import Actor
from server.quality import periods
from server.quality.models import CorrectiveAction, Inspection, InspectionPlan
from server.quality.periods import Period

SUBJECT = "inspection_plan"
#: How many missed checks of one plan are still asked for.
LOOK_BACK = 6


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of a plan: what is due, and what was found where it was made."""

    plan: InspectionPlan
    period: Period
    result: Inspection | None


def make_plan(
    session: Session,
    *,
    title: str,
    item: str,
    every: str,
    inspector: User,
    starts_on: dt.date,
    by: Actor,
    at: dt.datetime,
) -> InspectionPlan:
    """R-005: one item is checked every week or month. Raises Invalid for whoever may not check."""
    _may_inspect(inspector, by)
    plan = InspectionPlan(
        estate_id=by.estate_id,
        title=title,
        item=item,
        every=every,
        inspector_id=inspector.id,
        active=True,
        starts_on=starts_on,
    )
    session.add(plan)
    session.flush()
    data = {"title": title, "every": every, "inspector": inspector.username}
    _record(session, "inspection.planned", plan, by=by, at=at, data=data)
    return plan


def pause(session: Session, plan: InspectionPlan, *, by: Actor, at: dt.datetime) -> None:
    """No more checks are due; what was found stays. A second time changes nothing."""
    if plan.active:
        plan.active = False
        _record(session, "inspection.paused", plan, by=by, at=at, data={"title": plan.title})


def resume(
    session: Session, plan: InspectionPlan, *, today: dt.date, by: Actor, at: dt.datetime
) -> None:
    """Checks are due again from the present period on; what lay between is not held against anybody."""
    if not plan.active:
        plan.active, plan.starts_on = True, today
        _record(session, "inspection.resumed", plan, by=by, at=at, data={"title": plan.title})


def record_result(
    session: Session,
    plan: InspectionPlan,
    *,
    period_on: dt.date,
    ok: bool,
    text: str | None,
    correction: str | None,
    due_on: dt.date | None,
    owner: User | None,
    today: dt.date,
    by: Actor,
    at: dt.datetime,
) -> Inspection:
    """One check was made; what was not right is put right by a date (QA3).

    `plan` must be locked. Raises Conflict where the period has its result already, Invalid for a
    period that the plan does not have, or a fault without words, correction and due date.
    """
    due = periods.periods_until(plan.every, plan.starts_on, today, limit=LOOK_BACK)
    period = next((one for one in due if one.from_on == period_on), None)
    if period is None or not plan.active:
        raise Invalid(
            "no-such-check", "这项检查现在不需要做。", "This check is not asked for.", rule="R-005"
        )
    if _result_of(session, plan, period_on) is not None:
        raise Conflict(
            "already-checked",
            "这一期已经有人记下结果。",
            "Somebody has recorded this period already.",
            rule="R-005",
        )
    if not ok:
        _complete(text, correction, due_on, today)
    found = Inspection(
        estate_id=plan.estate_id,
        plan_id=plan.id,
        period_on=period.from_on,
        due_on=period.due_on,
        ok=ok,
        text=text,
        checked_at=at,
        checked_by=by.user_id,
    )
    session.add(found)
    session.flush()
    if not ok and correction and due_on:
        session.add(
            CorrectiveAction(
                estate_id=plan.estate_id,
                inspection_id=found.id,
                text=correction,
                owner_id=owner.id if owner else None,
                due_on=due_on,
            )
        )
    data = {"period": period.from_on.isoformat(), "ok": ok, "text": text, "correction": correction}
    _record(session, "inspection.checked", plan, by=by, at=at, data=data)
    return found


def find_plan(session: Session, plan_id: uuid.UUID, *, by: Actor) -> InspectionPlan:
    """One plan of the estate, locked. Raises NotFound."""
    plan = session.scalar(
        sa.select(InspectionPlan)
        .where(InspectionPlan.estate_id == by.estate_id, InspectionPlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if plan is None:
        raise NotFound("no-such-plan", "没有这项检查计划。", "There is no such plan.")
    return plan


def plans_of(session: Session, estate_id: uuid.UUID) -> list[InspectionPlan]:
    """All plans of the estate, the active ones first."""
    return list(
        session.scalars(
            sa.select(InspectionPlan)
            .where(InspectionPlan.estate_id == estate_id)
            .order_by(InspectionPlan.active.desc(), InspectionPlan.id)
        )
    )


def checks_of(session: Session, plans: Collection[InspectionPlan], today: dt.date) -> list[Check]:
    """This period's check of every active plan and those that were missed before it, most urgent
    first; checks that were made stand last."""
    due = [
        (plan, period)
        for plan in plans
        if plan.active
        for period in periods.periods_until(plan.every, plan.starts_on, today, limit=LOOK_BACK)
    ]
    made = _results_since(session, plans, min((p.from_on for _, p in due), default=today))
    checks = [
        Check(plan=plan, period=period, result=made.get((plan.id, period.from_on)))
        for plan, period in due
    ]
    open_or_present = [one for one in checks if one.result is None or not one.period.overdue(today)]
    return sorted(open_or_present, key=lambda one: (one.result is not None, one.period.due_on))


def _results_since(
    session: Session, plans: Collection[InspectionPlan], day: dt.date
) -> dict[tuple[uuid.UUID, dt.date], Inspection]:
    rows = session.scalars(
        sa.select(Inspection).where(
            Inspection.plan_id.in_([plan.id for plan in plans]), Inspection.period_on >= day
        )
    )
    return {(row.plan_id, row.period_on): row for row in rows}


def _result_of(session: Session, plan: InspectionPlan, period_on: dt.date) -> Inspection | None:
    return session.scalar(
        sa.select(Inspection).where(
            Inspection.plan_id == plan.id, Inspection.period_on == period_on
        )
    )


def _may_inspect(inspector: User, by: Actor) -> None:
    here = inspector.estate_id == by.estate_id and inspector.active
    if not here or not may("quality.review", frozenset(inspector.roles)):
        raise Invalid(
            "no-inspector",
            "请选择可以检查的人。",
            "Choose somebody who may check.",
            rule="R-005",
            errors={"inspector": ["须有质量评审权限 must be allowed to review"]},
        )


def _complete(
    text: str | None, correction: str | None, due_on: dt.date | None, today: dt.date
) -> None:
    errors: dict[str, list[str]] = {}
    if not text:
        errors["text"] = ["请写明哪里不合格 say what is not right"]
    if not correction:
        errors["correction"] = ["须有整改措施 a correction is needed"]
    if due_on is None or due_on < today:
        errors["due_on"] = ["须有今天或以后的期限 a date, today or later"]
    if errors:
        raise Invalid(
            "check-incomplete",
            "不合格须写明情况、整改措施和期限。",
            "A fault needs words, a correction and its date.",
            rule="R-005",
            errors=errors,
        )


def _record(
    session: Session,
    kind: str,
    plan: InspectionPlan,
    *,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, object],
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=str(plan.id), by=by, at=at, data=data
    )
