"""Reporting incidents and damage, and the rule that nobody leaves before help is there.

What follows the report stands in `handling` (PA3, PA4) and `settling` (DM2).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.errors import NotFound
from server.estate.operations import next_number
from server.history import Actor
from server.incidents import lifecycle
from server.incidents.lifecycle import IncidentState
from server.incidents.models import Damage, Incident
from server.search import index
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations.moving import SUBJECT as ORDER
from server.work_orders.states import State

SUBJECT = "incident"
#: Whoever stays at an incident is expected nowhere else for about as long.
KEPT = dt.timedelta(hours=2)
_ON_THE_WAY = (State.DISPATCHED.value, State.ACKNOWLEDGED.value)
_DESK = (Role.DISPATCH_DUTY, Role.CONTROL_DUTY, Role.FRONT_DESK)


def report_incident(
    session: Session,
    settings: Settings,
    *,
    place: str,
    category: str,
    severity: str,
    description: str,
    emergency_action: str | None,
    found_at: dt.datetime,
    photos: Sequence[dict[str, str]],
    by: Actor,
    at: dt.datetime,
    order_number: str | None = None,
    event_id: str | None = None,
) -> Incident:
    """PA1: found and told at once; a major one also to the general property manager (R-029).

    `event_id`: the report of the handheld that acts, whose photos belong to the incident.
    """
    audience = [Role.DEPT_HEAD, Role.OPERATIONS_DEPT, Role.DISPATCH_DUTY, Role.CONTROL_DUTY]
    if category == "security":
        audience.append(Role.SECURITY_DEPT)  # the department that is responsible
    if severity == "major":
        audience += [Role.GPM, Role.CS_MANAGER]
    incident = Incident(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "GQ", at, settings.zone),
        device_id=by.device_id if event_id else None,
        event_id=event_id,
        order_number=order_number,
        place=place,
        category=category,
        severity=severity,
        description=description,
        emergency_action=emergency_action,
        state=IncidentState.NOTIFIED,
        found_by=by.user_id,
        found_at=found_at,
        notified=[role.value for role in audience],
        notified_at=at,
        photos=list(photos),
    )
    session.add(incident)
    session.flush()
    index.put_number(session, by.estate_id, index.INCIDENT, incident.number)
    record(session, "incident.found", incident, by, at, {"place": place, "severity": severity})
    alerts.raise_alert(
        session,
        "incident.found",
        subject_kind=SUBJECT,
        subject=incident.number,
        audience=incident.notified,
        rule="R-029" if severity == "major" else "R-026",
        by=by,
        at=at,
        data={"place": place, "category": category, "severity": severity},
    )
    _ask_to_rebook(session, incident, by=by, at=at)
    return incident


def note_presence(
    session: Session,
    incident: Incident,
    *,
    dept_arrived_at: dt.datetime | None,
    left_at: dt.datetime | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """PA2: when help arrived and when the discoverer left; leaving first is flagged (R-027)."""
    incident.dept_arrived_at = dept_arrived_at or incident.dept_arrived_at
    incident.left_at = left_at or incident.left_at
    step = lifecycle.next_state(lifecycle.INCIDENT, "arrive", IncidentState(incident.state))
    # A time that is told late is a fact, and changes nothing else.
    if step and not lifecycle.missing(step, lifecycle.Said(arrived_at=incident.dept_arrived_at)):
        incident.state = step.target
    record(
        session,
        "incident.presence",
        incident,
        by,
        at,
        {
            "dept_arrived_at": _text(incident.dept_arrived_at),
            "left_at": _text(incident.left_at),
        },
    )
    if left_before_relieved(incident):
        alerts.raise_alert(
            session,
            "incident.left_early",
            subject_kind=SUBJECT,
            subject=incident.number,
            audience=[Role.CS_MANAGER],
            rule="R-027",
            by=by,
            at=at,
            data={"left_at": _text(incident.left_at)},
        )


def left_before_relieved(incident: Incident) -> bool:
    """Whether the discoverer left before the responsible staff had arrived (R-027, K-21)."""
    return lifecycle.left_early(incident.dept_arrived_at, incident.left_at)


def report_damage(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    kind: str,
    item: str,
    description: str,
    photos: Sequence[dict[str, str]],
    by: Actor,
    at: dt.datetime,
) -> Damage:
    """DM1: reported at once to the CS manager; whoever reports names no amount (R-063)."""
    damage = Damage(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "BX", at, settings.zone),
        order_id=order.id,
        kind=kind,
        item=item,
        description=description,
        photos=list(photos),
        state="reported",
        reported_by=by.name,
        reported_at=at,
    )
    session.add(damage)
    session.flush()
    index.put_number(session, by.estate_id, index.DAMAGE, damage.number)
    history.record(
        session,
        "damage.reported",
        subject_kind="order",
        subject=order.number,
        by=by,
        at=at,
        data={"damage": damage.number, "item": item, "photos": list(photos)},
    )
    alerts.raise_alert(
        session,
        "damage.reported",
        subject_kind="order",
        subject=order.number,
        audience=[Role.CS_MANAGER, Role.GPM],
        rule="R-063",
        by=by,
        at=at,
        data={"damage": damage.number, "item": item},
    )
    return damage


def find_incident(session: Session, number: str, *, by: Actor) -> Incident:
    """One incident, locked. Raises NotFound."""
    incident = session.scalar(
        sa.select(Incident)
        .where(Incident.estate_id == by.estate_id, Incident.number == number)
        .with_for_update()
    )
    if incident is None:
        raise _no_such_incident()
    return incident


def get_incident(session: Session, estate_id: uuid.UUID, number: str) -> Incident:
    """One incident, to be read. Raises NotFound."""
    incident = session.scalar(
        sa.select(Incident).where(Incident.estate_id == estate_id, Incident.number == number)
    )
    if incident is None:
        raise _no_such_incident()
    return incident


def reported_by_event(session: Session, device_id: str, event_id: str) -> Incident | None:
    """The incident that this event of this handheld reported; None where it reported none."""
    return session.scalar(
        sa.select(Incident).where(Incident.device_id == device_id, Incident.event_id == event_id)
    )


def incidents_of_order(session: Session, order_number: str) -> list[Incident]:
    """Incidents that began on an order."""
    return list(
        session.scalars(
            sa.select(Incident)
            .where(Incident.order_number == order_number)
            .order_by(Incident.found_at)
        )
    )


def _ask_to_rebook(session: Session, incident: Incident, *, by: Actor, at: dt.datetime) -> None:
    """Staying at the incident wins: the desk asks the next customers for another time (A-46)."""
    waiting = session.scalars(
        sa.select(WorkOrder.number).where(
            WorkOrder.technician_id == incident.found_by,
            WorkOrder.state.in_(_ON_THE_WAY),
            WorkOrder.appointment_at >= incident.found_at,
            WorkOrder.appointment_at < incident.found_at + KEPT,
        )
    )
    for number in waiting if incident.found_by else ():
        alerts.raise_alert(
            session,
            "incident.keeps_technician",
            subject_kind=ORDER,
            subject=number,
            audience=[role.value for role in _DESK],
            rule="R-044",
            by=by,
            at=at,
            data={"incident": incident.number, "technician": by.name},
        )


def _no_such_incident() -> NotFound:
    return NotFound("no-such-incident", "没有这条事件。", "There is no such incident.")


def record(
    session: Session,
    kind: str,
    incident: Incident,
    by: Actor,
    at: dt.datetime,
    data: dict[str, Any],
) -> None:
    """A row in the incident's history."""
    history.record(
        session, kind, subject_kind=SUBJECT, subject=incident.number, by=by, at=at, data=data
    )


def _text(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
