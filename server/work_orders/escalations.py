"""The register of escalations (F-15): what went up to whom, by when, and what was decided."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.keyset import Leaf, Place, aside, beyond, direction, leaf
from server.work_orders.models import Escalation, WorkOrder


def escalations(
    session: Session,
    estate_id: uuid.UUID,
    *,
    decided: bool | None = None,
    level: str | None = None,
    limit: int = 50,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page of escalations with their orders' numbers, those opened last first."""
    newer, place = before is not None, after or before
    asked = (
        sa.select(Escalation, WorkOrder.number.label("order_number"), WorkOrder.state)
        .join(WorkOrder, WorkOrder.id == Escalation.order_id)
        .where(Escalation.estate_id == estate_id)
    )
    if decided is not None:
        known = Escalation.decided_at.is_not(None)
        asked = asked.where(known if decided else sa.not_(known))
    if level is not None:
        asked = asked.where(aside(Escalation.level) == level)
    if place is not None:
        asked = asked.where(beyond(Escalation.opened_at, Escalation.id, place, newer=newer))
    rows = session.execute(
        asked.order_by(*direction(Escalation.opened_at, Escalation.id, newer=newer)).limit(
            limit + 1
        )
    ).all()
    return leaf(
        list(rows),
        limit=limit,
        place_of=lambda row: Place(at=row[0].opened_at, id=row[0].id),
        after=after,
        before=before,
    )


def get_escalation(
    session: Session, estate_id: uuid.UUID, number: str
) -> tuple[Escalation, WorkOrder]:
    """One escalation and its order. Raises NotFound."""
    row = session.execute(
        sa.select(Escalation, WorkOrder)
        .join(WorkOrder, WorkOrder.id == Escalation.order_id)
        .where(Escalation.estate_id == estate_id, Escalation.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("no-such-escalation", "没有这条上报。", "There is no such escalation.")
    escalation, order = row
    return escalation, order
