"""Plans: making, pausing and resuming them, and what the customer said on a call (X-007)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.assets.models import Asset
from server.deadlines import timers
from server.errors import Conflict, Invalid, NotFound
from server.estate.models import Person
from server.history import Actor
from server.preventive.calendar import EVERY_MONTHS, Kind, next_due
from server.preventive.models import PreventivePlan, PreventiveRun
from server.settings import Settings

SUBJECT, RUN = "preventive_plan", "preventive_run"
CLOCK = "preventive"
LATEST_START = dt.timedelta(days=5 * 366)
CALL_ALERT = "preventive.call_due"
CALLERS = (Role.DISPATCH_ASSISTANT, Role.DISPATCH_HEAD, Role.CS_SUPERVISOR, Role.CS_MANAGER)
#: When the desk hears of what is due: early enough to be planned into the day.
IN_THE_MORNING = dt.time(8, 0)


def make_plan(
    session: Session,
    settings: Settings,
    asset: Asset,
    person: Person,
    *,
    kind: str,
    content: str,
    starts_on: dt.date,
    by: Actor,
    at: dt.datetime,
) -> PreventivePlan:
    """X-007: a call every month, maintenance every quarter, service every year from a day on.

    Raises Invalid for a day that is over, an asset without a unit or a retired one, somebody who
    does not live with it, or a second plan of this kind.
    """
    errors: dict[str, list[str]] = {}
    today = at.astimezone(settings.zone).date()
    if not today <= starts_on <= today + LATEST_START:
        errors["starts_on"] = ["须为今天起五年之内 from today on, within five years"]
    if asset.unit_id is None or asset.retired_at is not None:
        errors["asset"] = ["须为使用中的户内设备 an asset in use, of a unit"]
    elif person.unit_id != asset.unit_id:
        errors["person"] = ["不是这一户的人 not of this unit"]
    if _active(session, asset.id, kind):
        errors["kind"] = ["这台设备已有这种计划 the asset has such a plan"]
    if errors:
        raise Invalid(
            "bad-plan", "计划填写有误。", "The plan cannot be kept so.", rule="X-007", errors=errors
        )
    plan = PreventivePlan(
        estate_id=by.estate_id,
        asset_id=asset.id,
        person_id=person.id,
        kind=kind,
        every_months=EVERY_MONTHS[Kind(kind)],
        content=content,
        starts_on=starts_on,
        next_on=starts_on,
        active=True,
    )
    session.add(plan)
    session.flush()
    data = {"kind": kind, "asset": asset.label, "from": starts_on.isoformat()}
    record(session, "preventive.planned", plan, by=by, at=at, data=data)
    start_clock(session, settings, plan, by=by, at=at)
    return plan


def pause(session: Session, plan: PreventivePlan, *, by: Actor, at: dt.datetime) -> None:
    """Nothing more falls due, a call that is still open included; what was done stays.

    `plan` must be locked.
    """
    if plan.active:
        plan.active = False
        session.flush()
        timers.stop(session, [CLOCK], subject_kind=SUBJECT, subject=str(plan.id), at=at)
        settle_calls(session, plan, at=at, how="计划已停用 the plan is paused")
        record(session, "preventive.paused", plan, by=by, at=at, data={})


def resume(
    session: Session, settings: Settings, plan: PreventivePlan, *, by: Actor, at: dt.datetime
) -> None:
    """Due again from today on; what lay between is held against nobody. `plan` must be locked.

    Raises Conflict where another plan of its kind has taken its place.
    """
    if not plan.active:
        if _active(session, plan.asset_id, plan.kind):
            raise Conflict(
                "has-such-a-plan",
                "这台设备已有使用中的这种计划,请先停用它。",
                "The asset has an active plan of this kind; pause that one first.",
                rule="X-007",
            )
        yesterday = at.astimezone(settings.zone).date() - dt.timedelta(days=1)
        plan.active = True
        after = max(yesterday, plan.next_on - dt.timedelta(days=1))
        plan.next_on = next_due(plan.starts_on, plan.every_months, after=after)
        session.flush()
        record(session, "preventive.resumed", plan, by=by, at=at, data={})
        start_clock(session, settings, plan, by=by, at=at)


def complete_call(
    session: Session, run: PreventiveRun, *, note: str, by: Actor, at: dt.datetime
) -> None:
    """What the customer said on the call. `run` must be locked. Raises Conflict where it is no
    call or was made already."""
    plan = session.get_one(PreventivePlan, run.plan_id)
    if plan.kind != Kind.CALL_BACK or run.done_at is not None:
        raise Conflict(
            "no-call-open",
            "这不是待回访的电话。",
            "No call is open here.",
            rule="X-007",
        )
    run.note, run.done_by, run.done_at = note, by.user_id, at
    session.flush()
    data = {"due": run.due_on.isoformat(), "note": note}
    record(session, "preventive.called", plan, by=by, at=at, data=data)
    alerts.resolve(
        session, subject_kind=RUN, subject=str(run.id), kinds=[CALL_ALERT], at=at, how=note
    )


def settle_calls(
    session: Session,
    plan: PreventivePlan,
    *,
    but: PreventiveRun | None = None,
    at: dt.datetime,
    how: str,
) -> None:
    """Nobody is reminded any more of the calls of a plan that were not made, `but` one."""
    open_ones = session.scalars(
        sa.select(PreventiveRun.id).where(
            PreventiveRun.plan_id == plan.id, PreventiveRun.done_at.is_(None)
        )
    )
    for run_id in open_ones:
        if but is None or run_id != but.id:
            alerts.resolve(
                session,
                subject_kind=RUN,
                subject=str(run_id),
                kinds=[CALL_ALERT],
                at=at,
                how=how,
            )


def start_clock(
    session: Session, settings: Settings, plan: PreventivePlan, *, by: Actor, at: dt.datetime
) -> None:
    """The plan wakes up on the morning of its next due day."""
    due_at = dt.datetime.combine(plan.next_on, IN_THE_MORNING, settings.zone)
    timers.start(
        session,
        CLOCK,
        subject_kind=SUBJECT,
        subject=str(plan.id),
        due_at=due_at.astimezone(dt.UTC),
        by=by,
        at=at,
    )


def find_plan(session: Session, plan_id: uuid.UUID, *, by: Actor) -> PreventivePlan:
    """One plan of the estate, locked. Raises NotFound."""
    plan = session.scalar(
        sa.select(PreventivePlan)
        .where(PreventivePlan.estate_id == by.estate_id, PreventivePlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if plan is None:
        raise NotFound("no-such-plan", "没有这项计划。", "There is no such plan.")
    return plan


def find_run(session: Session, run_id: uuid.UUID, *, by: Actor) -> PreventiveRun:
    """One time of a plan, locked. Raises NotFound."""
    run = session.scalar(
        sa.select(PreventiveRun)
        .where(PreventiveRun.estate_id == by.estate_id, PreventiveRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise NotFound("no-such-run", "没有这一次。", "There is no such time of a plan.")
    return run


def record(
    session: Session,
    kind: str,
    plan: PreventivePlan,
    *,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, object],
) -> None:
    """Write into the plan's chain."""
    history.record(
        session, kind, subject_kind=SUBJECT, subject=str(plan.id), by=by, at=at, data=data
    )


def _active(session: Session, asset_id: uuid.UUID, kind: str) -> bool:
    # Two plans of one asset take turns; the database holds them to it, too.
    session.execute(sa.select(Asset.id).where(Asset.id == asset_id).with_for_update())
    return (
        session.scalar(
            sa.select(PreventivePlan.id)
            .where(
                PreventivePlan.asset_id == asset_id,
                PreventivePlan.kind == kind,
                PreventivePlan.active,
            )
            .limit(1)
        )
        is not None
    )
