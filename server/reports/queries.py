"""Reading what the measures are formed from: a span's rows by index, and only their few columns."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from functools import cached_property
from itertools import starmap
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.history import HistoryRow
from server.incidents.models import Incident
from server.reports.measures.intakes import Intake
from server.reports.measures.on_the_way import Arrival, Dispatched, Issued, Stay
from server.reports.measures.outcomes import Accepted, Cancelled
from server.reports.measures.span import DAY, Span
from server.requests.lifecycle import RequestState
from server.requests.models import Decline, ServiceRequest
from server.work_orders.models import Assignment, Escalation, WorkOrder

#: An incident may have begun before the day on which it made somebody late.
_STAYS_AT_MOST = DAY


def intakes_of_month(
    session: Session, estate_id: uuid.UUID, month: dt.date, zone: ZoneInfo
) -> list[Intake]:
    """Every request registered in a month of the estate's calendar."""
    following = (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    span = Span(first=month.replace(day=1), last=following - DAY, zone=zone)
    return Rows(session, estate_id, span).intakes


class Rows:
    """The rows of one estate and span. Each kind is read once, when a measure first asks."""

    def __init__(self, session: Session, estate_id: uuid.UUID, span: Span) -> None:
        self.session = session
        self.estate_id = estate_id
        self.span = span

    @cached_property
    def intakes(self) -> list[Intake]:
        """Requests by when they were registered."""
        rows = self.session.execute(
            sa.select(
                ServiceRequest.number,
                ServiceRequest.registered_at,
                ServiceRequest.reply_due_at,
                ServiceRequest.replied_at,
            )
            .where(*self._in_span(ServiceRequest.estate_id, ServiceRequest.registered_at))
            .order_by(ServiceRequest.registered_at)
        )
        return list(starmap(Intake, rows))

    @cached_property
    def declined_items(self) -> dict[str, str]:
        """Number of a declined request -> what was asked for (R-032)."""
        rows = self.session.execute(
            sa.select(ServiceRequest.number, Decline.demand_item)
            .join(Decline, Decline.request_id == ServiceRequest.id)
            .where(
                *self._in_span(ServiceRequest.estate_id, ServiceRequest.registered_at),
                ServiceRequest.state == RequestState.DECLINED,
            )
        )
        return {row.number: row.demand_item for row in rows}

    @cached_property
    def issued(self) -> list[Issued]:
        """Orders by when they were issued, with their first dispatch."""
        first = (
            sa.select(sa.func.min(Assignment.from_at))
            .where(Assignment.order_id == WorkOrder.id)
            .correlate(WorkOrder)
            .scalar_subquery()
        )
        rows = self.session.execute(
            sa.select(
                WorkOrder.number,
                WorkOrder.issued_at,
                ServiceRequest.registered_at,
                first,
                WorkOrder.state,
            )
            .outerjoin(ServiceRequest, ServiceRequest.id == WorkOrder.request_id)
            .where(*self._in_span(WorkOrder.estate_id, WorkOrder.issued_at))
        )
        return list(starmap(Issued, rows))

    @cached_property
    def dispatched(self) -> list[Dispatched]:
        """Orders by when they were last given to somebody."""
        rows = self.session.execute(
            sa.select(
                WorkOrder.number,
                WorkOrder.dispatched_at,
                WorkOrder.acknowledged_at,
                WorkOrder.state,
            ).where(*self._in_span(WorkOrder.estate_id, WorkOrder.dispatched_at))
        )
        return list(starmap(Dispatched, rows))

    @cached_property
    def arrivals(self) -> list[Arrival]:
        """Visits that had an appointment, by when they began; of late ones also whose."""
        late = WorkOrder.arrived_at > WorkOrder.appointment_at
        rows = self.session.execute(
            sa.select(
                WorkOrder.number,
                WorkOrder.arrived_at,
                WorkOrder.appointment_at,
                # Only who came late is asked about, and an id costs more than the rest together.
                sa.case((late, WorkOrder.technician_id)),
            ).where(
                *self._in_span(WorkOrder.estate_id, WorkOrder.arrived_at),
                WorkOrder.appointment_at.is_not(None),
            )
        )
        return list(starmap(Arrival, rows))

    @cached_property
    def stays(self) -> list[Stay]:
        """Incidents that may have kept somebody (A-46)."""
        relieved = sa.func.coalesce(Incident.left_at, Incident.dept_arrived_at)
        rows = self.session.execute(
            sa.select(Incident.order_number, Incident.found_by, Incident.found_at, relieved)
            .join(
                HistoryRow,
                (HistoryRow.subject == Incident.number)
                & (HistoryRow.estate_id == Incident.estate_id),
            )
            .where(
                HistoryRow.kind == "incident.found",
                HistoryRow.at >= self.span.from_at - _STAYS_AT_MOST,
                HistoryRow.at < self.span.until_at,
                Incident.estate_id == self.estate_id,
            )
        )
        return list(starmap(Stay, rows))

    @cached_property
    def accepted(self) -> list[Accepted]:
        """Orders by when the customer, or a manager for him, accepted."""
        rows = self.session.execute(
            sa.select(
                WorkOrder.number,
                WorkOrder.accepted_at,
                WorkOrder.rework_round,
                WorkOrder.closed_by_decision,
            ).where(*self._in_span(WorkOrder.estate_id, WorkOrder.accepted_at))
        )
        return list(starmap(Accepted, rows))

    @cached_property
    def escalation_levels(self) -> dict[str, frozenset[str]]:
        """Number of an accepted order -> how far it had gone up."""
        rows = self.session.execute(
            sa.select(WorkOrder.number, Escalation.level)
            .join(Escalation, Escalation.order_id == WorkOrder.id)
            .where(*self._in_span(WorkOrder.estate_id, WorkOrder.accepted_at))
        )
        found: dict[str, set[str]] = defaultdict(set)
        for number, level in rows:
            found[number].add(level)
        return {number: frozenset(levels) for number, levels in found.items()}

    @cached_property
    def cancelled(self) -> list[Cancelled]:
        """Orders by when the house learned that they were called off."""
        rows = self.session.execute(
            sa.select(WorkOrder.number, HistoryRow.at, WorkOrder.written_off_at)
            .join(
                WorkOrder,
                (WorkOrder.number == HistoryRow.subject)
                & (WorkOrder.estate_id == HistoryRow.estate_id),
            )
            .where(
                HistoryRow.kind == "order.cancel_requested",
                *self._in_span(HistoryRow.estate_id, HistoryRow.at),
            )
        )
        return list(starmap(Cancelled, rows))

    def _in_span(
        self, estate_id: InstrumentedAttribute[uuid.UUID], at: InstrumentedAttribute[Any]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            estate_id == self.estate_id,
            at >= self.span.from_at,
            at < self.span.until_at,
        )
