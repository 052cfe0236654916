"""Assessing the evidence of an order: what speaks against it, and who has to look (QA1, R-005)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.quality import sampling, suspicion
from server.quality.gathering import facts_of
from server.quality.models import Assessment, Review
from server.settings import Settings
from server.work_orders.models import WorkOrder


def assess(session: Session, settings: Settings, order: WorkOrder, *, at: dt.datetime) -> None:
    """Assess an order whose work is done; before that there is nothing to assess.

    May be called as often as one likes: what is found replaces what was found before, the draw of
    an order stays. The order must be locked. Its version does not rise: nobody at a desk or in
    the field did anything.
    """
    if order.qa_state == "none":
        return
    found = suspicion.findings(facts_of(session, settings, order))
    score = suspicion.score(found)
    must_review = score >= settings.qa_weak_score or _sent_back_before(session, order)
    row = session.get(Assessment, order.id)
    if row is None:
        share, number = _draw(session, settings, order)
        row = Assessment(
            order_id=order.id,
            estate_id=order.estate_id,
            share_percent=share,
            draw=number,
            sampled=sampling.drawn(number, share),
        )
        session.add(row)
    row.score, row.findings = score, [one.to_json() for one in found]
    row.must_review, row.assessed_at = must_review, at
    order.qa_place = suspicion.MOST - score
    order.qa_chosen = must_review or row.sampled
    session.flush()


def assessment_of(session: Session, order_id: uuid.UUID) -> Assessment | None:
    """What was found in the evidence of an order; None before its work was done."""
    return session.get(Assessment, order_id)


def record_of(session: Session, technician_id: uuid.UUID) -> list[str]:
    """Outcomes of the last judgements of a technician's work, newest first."""
    return list(
        session.scalars(
            sa.select(Review.outcome)
            .where(Review.technician_id == technician_id)
            .order_by(Review.reviewed_at.desc())
            .limit(sampling.RECORD)
        )
    )


def _draw(session: Session, settings: Settings, order: WorkOrder) -> tuple[int, int]:
    outcomes = record_of(session, order.technician_id) if order.technician_id else []
    share = sampling.share_percent(outcomes, base_percent=settings.qa_share_percent)
    return share, sampling.draw(settings.secret_key(), order.id)


def _sent_back_before(session: Session, order: WorkOrder) -> bool:
    """Whoever sent steps back, or failed the work, sees what came of it."""
    judged = sa.select(Review.id).where(Review.order_id == order.id, Review.outcome != "passed")
    return session.scalar(judged.limit(1)) is not None
