"""Stopping and going on: a pause with a reason, and danger on site, which stops everything."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.deadlines import timers
from server.history import Actor
from server.settings import Settings
from server.work_orders.facts import Given
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import State

#: Who learns of danger on site (R-027, R-029); the gas company is a task for the desk.
HAZARD_AUDIENCE = (
    *timers.DESK,
    Role.CS_MANAGER.value,
    Role.GPM.value,
    Role.DEPT_HEAD.value,
    Role.OPERATIONS_DEPT.value,
)
HAZARD = "hazard"


def suspend(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    next_contact_at: dt.datetime | None,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
    note: str | None = None,
) -> None:
    """WO12: pause with a reason and the time at which the customer hears again.

    Where the checklist itself stops the work nobody has named a time: the desk is told to. `note`:
    what the technician says of it, for the desk.
    """
    before = order.state
    moving.move(
        session,
        settings,
        order,
        "suspend",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason),
        data={
            "reason": reason,
            "next_contact_at": next_contact_at.isoformat() if next_contact_at else None,
            "note": note,
        },
    )
    order.resume_state, order.suspension = before, reason
    order.next_contact_at = next_contact_at
    if reason == HAZARD:
        order.hazard = True
        warn(session, order, kind="other", note=note, by=by, at=at)
    if next_contact_at is not None:
        timers.start(
            session,
            "next_contact",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            due_at=next_contact_at,
            by=by,
            at=at,
            data={"reason": reason},
        )
    elif reason != HAZARD:
        alerts.raise_alert(
            session,
            "order.next_contact_open",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            audience=timers.DESK,
            rule="WO12",
            by=by,
            at=at,
            data={"reason": reason},
        )


def resume(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO12: go on where it stopped; a hazard order only after a manager cleared it (P-22)."""
    moving.move(session, settings, order, "resume", by=by, at=at, device_at=device_at)
    _resumed(session, order, at=at)


def clear_hazard(
    session: Session, settings: Settings, order: WorkOrder, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """P-22: a manager finds the danger gone; work goes on where it stopped."""
    moving.move(
        session,
        settings,
        order,
        "clear_hazard",
        by=by,
        at=at,
        given=Given(reason=text),
        data={"text": text},
    )
    order.hazard = False
    _resumed(session, order, at=at)
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=["hazard.alarm"],
        at=at,
        how=text,
    )


def alarm(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    kind: str,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
    note: str | None = None,
) -> None:
    """Danger on site: stop, tell everybody who must know, and hold the order (R-027, P-22)."""
    before = order.state
    moving.move(
        session,
        settings,
        order,
        "alarm",
        by=by,
        at=at,
        device_at=device_at,
        data={"kind": kind, "note": note},
    )
    if before != State.SUSPENDED:
        order.resume_state = before
    order.suspension, order.hazard = HAZARD, True
    warn(session, order, kind=kind, note=note, by=by, at=at)


def warn(
    session: Session,
    order: WorkOrder,
    *,
    kind: str,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Tell everybody who must know of danger, whatever becomes of the order (R-029)."""
    alerts.raise_alert(
        session,
        "hazard.alarm",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=HAZARD_AUDIENCE,
        rule="R-029",
        by=by,
        at=at,
        data={"kind": kind, "unit": order.unit.code, "technician": by.name, "note": note},
    )
    if kind == "gas_leak":
        alerts.raise_alert(
            session,
            "hazard.call_gas_company",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            audience=timers.DESK,
            rule="R-029",
            by=by,
            at=at,
            data={"unit": order.unit.code},
        )


def _resumed(session: Session, order: WorkOrder, *, at: dt.datetime) -> None:
    order.suspension, order.next_contact_at = None, None
    timers.stop(session, ["next_contact"], subject_kind=moving.SUBJECT, subject=order.number, at=at)
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=["order.next_contact_open"],
        at=at,
        how="resumed",
    )
