"""What follows an incident: it is handled, the superior is told, and decides (PA3, PA4)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from contracts.vocabulary import IncidentSeverity
from server.accounts.permissions import Role, level, may
from server.alerts import operations as alerts
from server.errors import Conflict, Denied
from server.history import Actor
from server.incidents import lifecycle
from server.incidents.lifecycle import IncidentState, Said
from server.incidents.models import Incident
from server.incidents.operations import SUBJECT, record
from server.incidents.refusing import asked
from server.requests.operations import Caller
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations.issuing import Wanted, issue_at_once

RAISED = "incident.raised"
TOLD = "incident.reported"
#: To whom it goes up, and who alone ends what went up (R-003).
ABOVE = frozenset({Role.GPM.value, Role.SITE_PM.value})


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What an order that puts an incident right is to say."""

    caller: Caller
    category: str
    content: str
    urgency: str
    appointment_at: dt.datetime | None


def note_handling(
    session: Session, incident: Incident, *, handled_text: str, by: Actor, at: dt.datetime
) -> None:
    """PA3: how it was put right. Raises Conflict before the responsible staff have come."""
    step = asked(
        lifecycle.INCIDENT,
        "handle",
        IncidentState(incident.state),
        Said(handled_text=handled_text),
    )
    incident.state, incident.handled_text, incident.handled_at = step.target, handled_text, at
    record(session, "incident.handled", incident, by, at, {"text": handled_text})


def report_to_superior(
    session: Session, incident: Incident, *, superior_report: str, by: Actor, at: dt.datetime
) -> None:
    """PA3: the discoverer, or whoever handles it, tells the superior what happened (R-028)."""
    step = asked(
        lifecycle.INCIDENT,
        "report",
        IncidentState(incident.state),
        Said(superior_report=superior_report),
    )
    incident.state = step.target
    _told(incident, superior_report, by, at)
    record(session, "incident.reported", incident, by, at, {"report": superior_report})
    alerts.raise_alert(
        session,
        TOLD,
        subject_kind=SUBJECT,
        subject=incident.number,
        audience=[Role.CS_MANAGER, Role.DEPT_HEAD],
        rule="R-028",
        by=by,
        at=at,
        data={"place": incident.place},
    )


def decide(
    session: Session,
    incident: Incident,
    *,
    goes_up: bool,
    decision: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """PA4: the superior sends it further up or closes it (R-028).

    Raises Denied for somebody who was not told of it, for whoever reported it, and where it went
    up to the general property manager already (R-003).
    """
    _may_decide(incident, by)
    step = asked(
        lifecycle.INCIDENT,
        "raise" if goes_up else "close",
        IncidentState(incident.state),
        Said(decision=decision),
    )
    incident.state = step.target
    incident.decision, incident.decided_by = decision, by.user_id
    if goes_up:
        incident.raised_at = at
        record(session, RAISED, incident, by, at, {"text": decision})
        alerts.raise_alert(
            session,
            RAISED,
            subject_kind=SUBJECT,
            subject=incident.number,
            audience=ABOVE,
            rule="R-028",
            by=by,
            at=at,
            data={"place": incident.place},
        )
        _settle_alerts(session, incident, [TOLD], at, "raised")
        return
    _end(session, incident, at)
    record(session, "incident.closed", incident, by, at, {"text": decision})


def close_incident(
    session: Session, incident: Incident, *, superior_report: str, by: Actor, at: dt.datetime
) -> None:
    """PA3, PA4 in one, by the superior who was told by word of mouth (R-028, R-001).

    Raises Denied for anybody else and for whoever found it, Invalid for a major one to which
    nobody came yet (R-029).
    """
    step = asked(
        lifecycle.INCIDENT,
        "report_and_close",
        IncidentState(incident.state),
        _told_of(incident, superior_report),
    )
    _may_end(incident, by)
    incident.state = step.target
    _told(incident, superior_report, by, at)
    _end(session, incident, at)
    record(session, "incident.closed", incident, by, at, {"report": superior_report})


def issue_order(
    session: Session,
    settings: Settings,
    incident: Incident,
    wanted: FollowUp,
    *,
    by: Actor,
    at: dt.datetime,
) -> WorkOrder:
    """A-32: the record came first; the slip that puts it right is registered and issued as any other.

    Raises Conflict where one was issued already or the incident is closed.
    """
    if incident.follow_up_number is not None or incident.state == IncidentState.CLOSED:
        raise Conflict(
            "order-already-issued" if incident.follow_up_number else "already-closed",
            "已经开过工单,或事件已关闭。",
            "Its order was issued already, or the incident is closed.",
            extra={"order_number": incident.follow_up_number},
        )
    order = issue_at_once(
        session,
        settings,
        Wanted(
            caller=wanted.caller,
            content=wanted.content,
            category=wanted.category,
            nature="routine",
            urgency=wanted.urgency,
            appointment_at=wanted.appointment_at,
        ),
        by=by,
        at=at,
    )
    incident.follow_up_number = order.number
    record(session, "incident.order_issued", incident, by, at, {"order": order.number})
    return order


def may_decide(incident: Incident, by: Actor) -> bool:
    """Whether this superior may decide this incident (R-003, R-028)."""
    try:
        _may_decide(incident, by)
    except Denied:
        return False
    return True


def may_end(incident: Incident, by: Actor) -> bool:
    """Whether this superior may report and end this incident in one, as it stands (R-028, R-029)."""
    step = lifecycle.next_state(
        lifecycle.INCIDENT, "report_and_close", IncidentState(incident.state)
    )
    if step is None or "dept_arrived_at" in lifecycle.missing(step, _told_of(incident, "")):
        return False
    try:
        _may_end(incident, by)
    except Denied:
        return False
    return True


def _may_decide(incident: Incident, by: Actor) -> None:
    held = level("incident.decide", by.roles)
    # Level O: heads of department decide what was made known to them.
    if held is None or (held == "O" and not by.roles & set(incident.notified)):
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    if incident.state == IncidentState.RAISED and not by.roles & ABOVE:
        raise Denied(
            "above-your-level",
            "已上报总物业经理,由其决定。",
            "It went up to the general property manager, who decides.",
            rule="R-003",
        )
    _not_ones_own(incident.reported_by, by)


def _may_end(incident: Incident, by: Actor) -> None:
    if not may("incident.decide", by.roles):
        raise Denied(
            "not-allowed",
            "由上级决定是否结束。",
            "Whether it is over is for the superior to decide.",
            rule="R-003",
        )
    _may_decide(incident, by)
    _not_ones_own(incident.found_by, by)  # his word is the report


def _not_ones_own(reporter: uuid.UUID | None, by: Actor) -> None:
    if reporter is not None and reporter == by.user_id:
        raise Denied(
            "own-report",
            "报告人不能自己决定,由上级决定。",
            "Whoever reported it does not decide; the superior does.",
            rule="R-028",
        )


def _told_of(incident: Incident, report: str) -> Said:
    return Said(
        superior_report=report,
        major=incident.severity == IncidentSeverity.MAJOR,
        arrived_at=incident.dept_arrived_at,
    )


def _told(incident: Incident, report: str, by: Actor, at: dt.datetime) -> None:
    incident.superior_report = report
    incident.reported_at, incident.reported_by = at, by.user_id


def _end(session: Session, incident: Incident, at: dt.datetime) -> None:
    incident.closed_at = at
    _settle_alerts(session, incident, ["incident.found", TOLD, RAISED], at, "closed")


def _settle_alerts(
    session: Session, incident: Incident, kinds: list[str], at: dt.datetime, how: str
) -> None:
    alerts.resolve(
        session, subject_kind=SUBJECT, subject=incident.number, kinds=kinds, at=at, how=how
    )
