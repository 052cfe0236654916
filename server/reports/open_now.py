"""What is open now, what waits for a manager's word, and what should have been put right."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import starmap
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import OPEN as COMPLAINT_OPEN
from server.complaints.models import Complaint
from server.history import HistoryRow
from server.incidents.models import Incident
from server.quality.models import CorrectiveAction
from server.reports.measures.case import COMPLAINT, INCIDENT, ORDER, REQUEST
from server.reports.measures.open_items import Life, OpenItem
from server.requests.lifecycle import OPEN
from server.requests.models import ServiceRequest
from server.work_orders.models import Escalation, WorkOrder
from server.work_orders.states import TERMINAL, State

#: A closed order has its outcome; it only waits for the archive.
UNDER_WAY = tuple(state.value for state in State if state not in TERMINAL | {State.CLOSED})
_REQUEST_ENDS = ("request.converted", "request.judged", "request.withdrawn")


class Waiting(NamedTuple):
    """An escalation that nobody has decided yet (R-062, P-08)."""

    number: str
    order_number: str
    level: str
    reason: str
    opened_at: dt.datetime
    due_at: dt.datetime | None


class Overdue(NamedTuple):
    """A correction past its date that QA has not verified yet (QA3)."""

    #: None where it follows from a check of a plan
    order_number: str | None
    text: str
    owner_id: uuid.UUID | None
    due_on: dt.date
    done_at: dt.datetime | None


def open_items(session: Session, estate_id: uuid.UUID) -> list[OpenItem]:
    """Every request, order, complaint and incident without an outcome, oldest first (R-001)."""
    asked = (
        sa.select(
            sa.literal(REQUEST),
            ServiceRequest.number,
            ServiceRequest.state,
            ServiceRequest.registered_at,
        ).where(
            ServiceRequest.estate_id == estate_id,
            ServiceRequest.state.in_([state.value for state in OPEN]),
        ),
        sa.select(sa.literal(ORDER), WorkOrder.number, WorkOrder.state, WorkOrder.issued_at).where(
            WorkOrder.estate_id == estate_id, WorkOrder.state.in_(UNDER_WAY)
        ),
        sa.select(
            sa.literal(INCIDENT), Incident.number, Incident.state, Incident.notified_at
        ).where(Incident.estate_id == estate_id, Incident.state != "closed"),
        sa.select(
            sa.literal(COMPLAINT), Complaint.number, Complaint.state, Complaint.recorded_at
        ).where(Complaint.estate_id == estate_id, sa.text(f"complaint.{COMPLAINT_OPEN}")),
    )
    found = [one for query in asked for one in starmap(OpenItem, session.execute(query))]
    return sorted(found, key=lambda one: (one.opened_at, one.number))


def lives_ended(session: Session, estate_id: uuid.UUID, since: dt.datetime) -> list[Life]:
    """From when to when those were open that have come to an end since a moment."""
    written_off = sa.select(WorkOrder.issued_at, WorkOrder.written_off_at).where(
        WorkOrder.estate_id == estate_id, WorkOrder.written_off_at >= since
    )
    voided = (
        sa.select(WorkOrder.issued_at, HistoryRow.at)
        .join(HistoryRow, HistoryRow.subject == WorkOrder.number)
        .where(*_happened(estate_id, since, "order.voided"), WorkOrder.estate_id == estate_id)
    )
    requests = (
        sa.select(ServiceRequest.registered_at, sa.func.max(HistoryRow.at))
        .join(HistoryRow, HistoryRow.subject == ServiceRequest.number)
        .where(
            *_happened(estate_id, since, *_REQUEST_ENDS),
            ServiceRequest.estate_id == estate_id,
            ServiceRequest.state.not_in([state.value for state in OPEN]),
        )
        .group_by(ServiceRequest.id, ServiceRequest.registered_at)
    )
    incidents = (
        sa.select(Incident.notified_at, HistoryRow.at)
        .join(HistoryRow, HistoryRow.subject == Incident.number)
        .where(*_happened(estate_id, since, "incident.closed"), Incident.estate_id == estate_id)
    )
    complaints = sa.select(Complaint.recorded_at, Complaint.closed_at).where(
        Complaint.estate_id == estate_id, Complaint.closed_at >= since
    )
    asked = (written_off, voided, requests, incidents, complaints)
    return [life for query in asked for life in starmap(Life, session.execute(query))]


def undecided(session: Session, estate_id: uuid.UUID) -> list[Waiting]:
    """Escalations that wait for a decision, the one due first at the top.

    By the orders under way: an order that has come to its end needs none any more.
    """
    rows = session.execute(
        sa.select(
            Escalation.number,
            WorkOrder.number,
            Escalation.level,
            Escalation.reason,
            Escalation.opened_at,
            Escalation.due_at,
        )
        .join(WorkOrder, WorkOrder.id == Escalation.order_id)
        .where(
            WorkOrder.estate_id == estate_id,
            WorkOrder.state.in_(UNDER_WAY),
            Escalation.decided_at.is_(None),
        )
    )
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    found = starmap(Waiting, rows)
    return sorted(found, key=lambda one: (one.due_at or far, one.opened_at, one.number))


def overdue_corrections(session: Session, estate_id: uuid.UUID, today: dt.date) -> list[Overdue]:
    """Corrections whose date has passed, the oldest first; the date itself is still in time."""
    rows = session.execute(
        sa.select(
            WorkOrder.number,
            CorrectiveAction.text,
            CorrectiveAction.owner_id,
            CorrectiveAction.due_on,
            CorrectiveAction.done_at,
        )
        .outerjoin(WorkOrder, WorkOrder.id == CorrectiveAction.order_id)
        .where(
            CorrectiveAction.estate_id == estate_id,
            CorrectiveAction.verified_at.is_(None),
            CorrectiveAction.due_on < today,
        )
        .order_by(CorrectiveAction.due_on, CorrectiveAction.id)
    )
    return list(starmap(Overdue, rows))


def _happened(
    estate_id: uuid.UUID, since: dt.datetime, *kinds: str
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        HistoryRow.kind.in_(kinds),
        HistoryRow.at >= since,
        HistoryRow.estate_id == estate_id,
    )
