"""What comes of a plan on its due day: a call to make, or an order for maintenance (X-007)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.vocabulary import IntakeChannel
from server.accounts.operations import system_actor
from server.alerts import operations as alerts
from server.assets.models import Asset
from server.deadlines import policy
from server.estate.models import Person, Unit
from server.history import Actor
from server.preventive import operations
from server.preventive.calendar import Kind, due_until, next_due
from server.preventive.models import PreventivePlan, PreventiveRun
from server.requests.operations import Caller
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import covering
from server.work_orders.operations.issuing import Wanted, issue_at_once

#: The time of day that is proposed to the customer, on the next working day.
VISIT_TIME = dt.time(10, 0)
TOLD = "按保养计划登记 by the preventive plan"


def run_due(
    session: Session, settings: Settings, plan_id: uuid.UUID, *, at: dt.datetime
) -> PreventiveRun | None:
    """Make what is due of a plan, once for each due day however often this runs.

    The lock on the plan and its `next_on`, which moves on in the same transaction, keep two workers
    apart; the database holds them to one run a day. Due days that passed while nothing ran are
    kept as missed, and only the newest of them is worked on.
    """
    plan = session.scalar(
        sa.select(PreventivePlan)
        .where(PreventivePlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if plan is None or not plan.active:
        return None
    by = system_actor(plan.estate_id)
    asset = session.get_one(Asset, plan.asset_id)
    if asset.retired_at is not None:
        operations.pause(session, plan, by=by, at=at)
        return None
    today = at.astimezone(settings.zone).date()
    days = due_until(plan.starts_on, plan.every_months, plan.next_on, today)
    if not days:  # woken too early, or a second time: it still has to wake up
        operations.start_clock(session, settings, plan, by=by, at=at)
        return None
    runs = [
        PreventiveRun(estate_id=plan.estate_id, plan_id=plan.id, due_on=day, made_at=at)
        for day in days
    ]
    session.add_all(runs)
    plan.next_on = next_due(plan.starts_on, plan.every_months, after=days[-1])
    session.flush()
    newest = runs[-1]
    made = {"due": newest.due_on.isoformat(), "missed": len(runs) - 1}
    if plan.kind == Kind.CALL_BACK:
        _ask_for_a_call(session, plan, newest, asset, by=by, at=at)
    else:
        made["order"] = _issue(session, settings, plan, newest, asset, by=by, at=at).number
    operations.record(session, "preventive.due", plan, by=by, at=at, data=made)
    operations.start_clock(session, settings, plan, by=by, at=at)
    return newest


def _ask_for_a_call(
    session: Session,
    plan: PreventivePlan,
    run: PreventiveRun,
    asset: Asset,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    person, unit = _whom(session, plan)
    # A call that nobody made last month is not made twice now.
    operations.settle_calls(session, plan, but=run, at=at, how="已到下一次 the next one is due")
    alerts.raise_alert(
        session,
        operations.CALL_ALERT,
        subject_kind=operations.RUN,
        subject=str(run.id),
        audience=[role.value for role in operations.CALLERS],
        rule="X-007",
        by=by,
        at=at,
        data={"place": f"{unit.code} {person.name} {person.phone} · {asset.label}"},
    )


def _issue(
    session: Session,
    settings: Settings,
    plan: PreventivePlan,
    run: PreventiveRun,
    asset: Asset,
    *,
    by: Actor,
    at: dt.datetime,
) -> WorkOrder:
    person, unit = _whom(session, plan)
    order = issue_at_once(
        session,
        settings,
        Wanted(
            caller=Caller(
                name=person.name, unit_code=unit.code, phone=person.phone, relation=person.relation
            ),
            content=plan.content,
            category=asset.kind,
            nature=covering.ROUTINE,
            appointment_at=policy.next_working_day_at(at, settings.zone, time=VISIT_TIME),
            channel=IntakeChannel.MAINTENANCE_CENTRE,
            asset=asset,
            no_reply=TOLD,
        ),
        by=by,
        at=at,
    )
    run.request_id, run.order_id = order.request_id, order.id
    session.flush()
    return order


def _whom(session: Session, plan: PreventivePlan) -> tuple[Person, Unit]:
    person = session.get_one(Person, plan.person_id)
    return person, session.get_one(Unit, person.unit_id)
