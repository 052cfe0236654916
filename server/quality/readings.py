"""Earlier readings of the same thing: what this unit's lamp, tap or pipe read before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.checklist_runs.models import StepResult
from server.work_orders.models import WorkOrder

#: From how many earlier orders a reading is shown.
LOOK_BACK = 5


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What one earlier order read at a step, as the instrument showed it."""

    order_number: str
    value: str
    unit: str
    at: dt.datetime


def earlier_readings(
    session: Session, order: WorkOrder, steps: Collection[str]
) -> dict[str, list[Earlier]]:
    """Readings of `steps` from the last orders of the same unit and category, newest first.

    Of each order the attempt that counted; work grows with LOOK_BACK, not with what is stored.
    """
    if not steps:
        return {}
    before = (
        sa.select(WorkOrder.id, WorkOrder.number)
        .where(
            WorkOrder.unit_id == order.unit_id,
            WorkOrder.category == order.category,
            WorkOrder.id != order.id,
            WorkOrder.issued_at < order.issued_at,
            WorkOrder.finished_at.is_not(None),
        )
        .order_by(WorkOrder.updated_at.desc(), WorkOrder.id.desc())
        .limit(LOOK_BACK)
    )
    numbers = {row.id: row.number for row in session.execute(before)}
    if not numbers:
        return {}
    rows = session.scalars(
        sa.select(StepResult)
        .where(StepResult.order_id.in_(numbers), StepResult.step.in_(steps))
        .order_by(StepResult.order_id, StepResult.step, StepResult.attempt)
    )
    last = {(row.order_id, row.step): row for row in rows}
    found: dict[str, list[Earlier]] = defaultdict(list)
    for (order_id, step), row in last.items():
        if "value" in row.answer:
            found[step].append(
                Earlier(
                    order_number=numbers[order_id],
                    value=str(row.answer["value"]),
                    unit=str(row.answer.get("unit") or ""),
                    at=row.device_at,
                )
            )
    return {
        step: sorted(readings, key=lambda one: one.at, reverse=True)
        for step, readings in found.items()
    }
