"""What is known of a closed order, read for `risk`: one question for each table."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.checklist_runs import queries as runs
from server.quality.models import Assessment
from server.residents import queries as residents
from server.return_visits.risk import REPEAT_DAYS, Facts
from server.settings import Settings
from server.work_orders.models import WorkOrder

#: How many of the last accepted orders of a category say what is usual.
USUAL_FROM = 20
#: A dwelling with more orders of one kind than this is risky enough.
MOST_REPEATS = 5


def facts_of(session: Session, settings: Settings, order: WorkOrder) -> Facts:
    """Everything that `risk` asks of one order."""
    rating = residents.rating_of(session, order.id)
    assessment = session.get(Assessment, order.id)
    return Facts(
        category=order.category,
        charge_fen=order.charge_fen,
        usual_fen=_usual_fen(session, order),
        stars=rating.scores if rating else {},
        repeats=_repeats(session, order),
        evidence_score=assessment.score if assessment else 0,
        weak_score=settings.qa_weak_score,
        qa_failed=order.qa_state == "failed",
        qa_returned=bool(runs.returned(session, order.id, open_only=False)),
        rework_rounds=order.rework_round,
        unsigned_reason=order.unsigned_reason,
        closed_by_decision=order.closed_by_decision,
    )


def _repeats(session: Session, order: WorkOrder) -> list[str]:
    """Numbers of earlier orders of the same kind in the same dwelling, newest first."""
    since = order.issued_at - dt.timedelta(days=REPEAT_DAYS)
    return list(
        session.scalars(
            sa.select(WorkOrder.number)
            .where(
                WorkOrder.unit_id == order.unit_id,
                # Nothing is issued after it was last touched: this half is what the index begins at.
                WorkOrder.updated_at >= since,
                WorkOrder.category == order.category,
                WorkOrder.issued_at >= since,
                WorkOrder.issued_at < order.issued_at,
                WorkOrder.accepted_at.is_not(None),
                WorkOrder.id != order.id,
            )
            .order_by(WorkOrder.issued_at.desc())
            .limit(MOST_REPEATS)
        )
    )


def _usual_fen(session: Session, order: WorkOrder) -> list[int]:
    """Charges of the last accepted orders of the category, this one apart."""
    return list(
        session.scalars(
            sa.select(WorkOrder.charge_fen)
            .where(
                WorkOrder.estate_id == order.estate_id,
                WorkOrder.category == order.category,
                WorkOrder.accepted_at.is_not(None),
                WorkOrder.id != order.id,
            )
            .order_by(WorkOrder.accepted_at.desc())
            .limit(USUAL_FROM)
        )
    )
