"""Judging the evidence of an order (QA1–QA3, R-005)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.checklist_runs import queries as runs
from server.errors import Conflict, Denied, Invalid
from server.estate.operations import next_number
from server.history import Actor
from server.quality.models import CorrectiveAction, Review
from server.search import index
from server.settings import Settings
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import closing, moving
from server.work_orders.states import State

#: From the moment the work is said to be done; cancelled orders are sampled too (A-13).
REVIEWABLE = frozenset(
    {State.AWAITING_ACCEPTANCE, State.ESCALATED, State.ACCEPTED, State.CLOSED, State.CANCELLED}
)


def review(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    outcome: str,
    steps: Mapping[str, str],
    note: str | None,
    by: Actor,
    at: dt.datetime,
    correction: str | None = None,
    due_on: dt.date | None = None,
) -> Review:
    """QA2: pass the evidence, send steps back with a reason each, or fail it (QA3).

    Raises Denied for the order's own technician (separation of duties), Conflict where there is
    nothing to judge yet, Invalid for a return without steps or a failure without a due date.
    """
    _not_ones_own(session, order, by)
    if State(order.state) not in REVIEWABLE:
        raise Conflict(
            "not-reviewable",
            "还没有可评审的完工记录。",
            "There is no finished work to judge yet.",
            rule="R-005",
            extra={"state": order.state, "version": order.version},
        )
    _complete(outcome, steps, correction, due_on)
    if outcome == "passed" and runs.returned(session, order.id):
        raise Conflict(
            "returned-steps-open",
            "退回的步骤尚未重做。",
            "Steps that were sent back are not done anew yet.",
            rule="R-005",
        )
    row = Review(
        estate_id=order.estate_id,
        number=next_number(session, order.estate_id, "QC", at, settings.zone),
        order_id=order.id,
        outcome=outcome,
        findings=[{"step": step, "reason": reason} for step, reason in steps.items()],
        note=note,
        order_version=order.version,
        technician_id=order.technician_id,
        reviewer_id=by.user_id,
        reviewed_at=at,
    )
    session.add(row)
    session.flush()
    index.put_number(session, order.estate_id, index.REVIEW, row.number)
    order.qa_state = outcome
    if outcome == "returned":
        closing.send_back(session, order, steps, by=by, at=at)
    if outcome == "failed" and correction is not None and due_on is not None:
        session.add(
            CorrectiveAction(
                estate_id=order.estate_id,
                order_id=order.id,
                review_id=row.id,
                text=correction,
                owner_id=order.technician_id,
                due_on=due_on,
            )
        )
    moving.changed(
        session,
        order,
        f"qa.{outcome}",
        by=by,
        at=at,
        data={"review": row.number, "steps": dict(steps), "note": note},
    )
    return row


def reviews_of(session: Session, order_id: uuid.UUID) -> list[Review]:
    """All judgements of an order, oldest first."""
    return list(
        session.scalars(
            sa.select(Review)
            .where(Review.order_id == order_id)
            .order_by(Review.reviewed_at, Review.id)
        )
    )


def had_the_order(session: Session, order_id: uuid.UUID, by: Actor) -> bool:
    """Whether the order is or ever was somebody's, which bars him from judging it (5.1)."""
    return by.user_id is not None and orders.was_assigned(session, order_id, by.user_id)


def _not_ones_own(session: Session, order: WorkOrder, by: Actor) -> None:
    if had_the_order(session, order.id, by):
        raise Denied(
            "own-work",
            "不能评审自己做过的工单。",
            "Nobody judges an order that was once theirs.",
            rule="R-005",
        )


def _complete(
    outcome: str, steps: Mapping[str, str], correction: str | None, due_on: dt.date | None
) -> None:
    errors: dict[str, list[str]] = {}
    if outcome == "returned" and not steps:
        errors["steps"] = ["退回须指明步骤和原因 name the steps and why"]
    if any(not reason.strip() for reason in steps.values()):
        errors["steps"] = ["每步须有原因 a reason for each step"]
    if outcome == "failed" and not (correction and due_on):
        errors["correction"] = ["不合格须有纠正措施和期限 a correction and its due date"]
    if errors:
        raise Invalid(
            "review-incomplete",
            "评审内容不完整。",
            "The review is not complete.",
            rule="R-005",
            errors=errors,
        )
