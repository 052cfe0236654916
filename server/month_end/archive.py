"""Into the archive: orders that are visited and settled (WO21), complaints that are told of (C16)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.billing.lifecycle import SETTLED
from server.billing.models import BillingEntry
from server.complaints.models import Complaint
from server.history import Actor
from server.reports.measures.span import Span
from server.return_visits.models import ReturnVisit
from server.return_visits.states import OVER
from server.work_orders.models import WorkOrder
from server.work_orders.operations.archiving import archive_orders
from server.work_orders.states import State

#: So many in one transaction: others wait for their turn no longer than that takes.
CHUNK = 500


class Archived(NamedTuple):
    """How many went into the archive."""

    orders: int
    complaints: int


def visit_done() -> sa.ColumnElement[bool]:
    """The visit of an order came to its end: satisfied, done, or closed by the manager (RV4)."""
    return (
        sa.select(ReturnVisit.id)
        .where(
            ReturnVisit.order_id == WorkOrder.id,
            ReturnVisit.state.in_(sorted(OVER)),
        )
        .correlate(WorkOrder)
        .exists()
    )


def settled() -> sa.ColumnElement[bool]:
    """Finance is through with an order: its fee is on a notice, paid, or let go of (B4–B6)."""
    return (
        sa.select(BillingEntry.id)
        .where(BillingEntry.order_id == WorkOrder.id, BillingEntry.state.in_(sorted(SETTLED)))
        .correlate(WorkOrder)
        .exists()
    )


def closed_orders(estate_id: uuid.UUID, month: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    """The orders of a month that are not in the archive, by index."""
    return (
        WorkOrder.estate_id == estate_id,
        WorkOrder.month == month,
        WorkOrder.state == State.CLOSED,
    )


def archive_some_orders(
    session: Session, month: dt.date, *, by: Actor, at: dt.datetime
) -> list[str]:
    """WO21: up to CHUNK orders of the month whose visit is done and whose fee is settled."""
    ids = session.scalars(
        sa.select(WorkOrder.id)
        .where(
            *closed_orders(by.estate_id, month),
            WorkOrder.qa_state != "returned",
            visit_done(),
            settled(),
        )
        .limit(CHUNK)
    ).all()
    return archive_orders(session, ids, by=by, at=at) if ids else []


def closed_complaints(estate_id: uuid.UUID, span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    """Complaints that were closed by the end of the month and are not in the archive."""
    return (
        Complaint.estate_id == estate_id,
        Complaint.closed_at >= span.from_at,
        Complaint.closed_at < span.until_at,
        Complaint.state == "closed",
    )


def archive_some_complaints(
    session: Session, span: Span, *, by: Actor, at: dt.datetime
) -> list[str]:
    """C16: up to CHUNK complaints that were closed in the month; its statistics are made (R-130)."""
    rows = session.execute(
        sa.select(Complaint.id, Complaint.number, Complaint.version)
        .where(*closed_complaints(by.estate_id, span))
        .order_by(Complaint.number)
        .limit(CHUNK)
        .with_for_update(of=Complaint)
    ).all()
    if not rows:
        return []
    session.execute(
        sa.update(Complaint)
        .where(Complaint.id.in_([row.id for row in rows]))
        .values(state="archived", archived_at=at, version=Complaint.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    history.record_many(
        session,
        "complaint.archived",
        subject_kind="complaint",
        subjects={row.number: {"transition": "C16", "version": row.version + 1} for row in rows},
        by=by,
        at=at,
    )
    return [row.number for row in rows]
