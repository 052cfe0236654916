"""What QA wants put right: carried out by its owner, verified by somebody else (QA3, R-005)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import may
from server.errors import Conflict, Denied, NotFound
from server.history import Actor
from server.quality import inspections
from server.quality.models import CorrectiveAction, Inspection, InspectionPlan
from server.quality.operations import had_the_order
from server.work_orders.models import WorkOrder


def carry_out(session: Session, action: CorrectiveAction, *, by: Actor, at: dt.datetime) -> None:
    """Its owner, or QA for him, says that it is done. Raises Denied for anybody else."""
    if by.user_id != action.owner_id and not may("quality.review", by.roles):
        raise Denied(
            "not-your-correction", "不是您的整改项。", "It is not yours to carry out.", rule="R-005"
        )
    if action.done_at is not None:
        raise Conflict("correction-done", "已完成。", "It is done already.", rule="R-005")
    action.done_at, action.done_by = at, by.user_id
    _record(session, "correction.done", action, by=by, at=at)


def verify(session: Session, action: CorrectiveAction, *, by: Actor, at: dt.datetime) -> None:
    """QA has seen that it is right. Raises Conflict before it is done, Denied for one's own and for
    whoever said that it is done."""
    on_order = action.order_id is not None and had_the_order(session, action.order_id, by)
    if by.user_id in {action.owner_id, action.done_by} or on_order:
        raise Denied(
            "own-work",
            "不能验证自己的整改,也不能验证自己记为完成的。",
            "Nobody verifies what is his own or what he has said is done.",
            rule="R-005",
        )
    if action.done_at is None or action.verified_at is not None:
        raise Conflict(
            "correction-not-open",
            "尚未完成,或已验证。",
            "It is not done yet, or was verified before.",
            rule="R-005",
        )
    action.verified_at, action.verified_by = at, by.user_id
    _record(session, "correction.verified", action, by=by, at=at)


def find(session: Session, action_id: uuid.UUID, *, by: Actor) -> CorrectiveAction:
    """One corrective action of the estate, locked. Raises NotFound."""
    action = session.scalar(
        sa.select(CorrectiveAction)
        .where(CorrectiveAction.estate_id == by.estate_id, CorrectiveAction.id == action_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if action is None:
        raise NotFound("no-such-correction", "没有这条整改。", "There is no such correction.")
    return action


def of_order(session: Session, order_id: uuid.UUID) -> list[CorrectiveAction]:
    """What has to be put right on an order, soonest first."""
    return list(
        session.scalars(
            sa.select(CorrectiveAction)
            .where(CorrectiveAction.order_id == order_id)
            .order_by(CorrectiveAction.due_on, CorrectiveAction.id)
        )
    )


def open_ones(
    session: Session, estate_id: uuid.UUID, *, limit: int, after: tuple[dt.date, uuid.UUID] | None
) -> list[CorrectiveAction]:
    """What is not verified yet, soonest due first, after a place in this order where one is named."""
    query = sa.select(CorrectiveAction).where(
        CorrectiveAction.estate_id == estate_id, CorrectiveAction.verified_at.is_(None)
    )
    if after is not None:
        key = sa.tuple_(CorrectiveAction.due_on, CorrectiveAction.id)
        query = query.where(key > sa.tuple_(*map(sa.literal, after)))
    order = (CorrectiveAction.due_on, CorrectiveAction.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a correction follows from: an order by its number, or a plan by its title."""

    order_number: str | None
    plan_title: str | None


def sources_of(session: Session, actions: Collection[CorrectiveAction]) -> dict[uuid.UUID, Source]:
    """Where each of these comes from, by its id, in one query."""
    rows = session.execute(
        sa.select(CorrectiveAction.id, WorkOrder.number, InspectionPlan.title)
        .outerjoin(WorkOrder, WorkOrder.id == CorrectiveAction.order_id)
        .outerjoin(Inspection, Inspection.id == CorrectiveAction.inspection_id)
        .outerjoin(InspectionPlan, InspectionPlan.id == Inspection.plan_id)
        .where(CorrectiveAction.id.in_([action.id for action in actions]))
    )
    return {row[0]: Source(order_number=row[1], plan_title=row[2]) for row in rows}


def _record(
    session: Session, kind: str, action: CorrectiveAction, *, by: Actor, at: dt.datetime
) -> None:
    kind_of_subject, subject = _subject(session, action)
    history.record(
        session,
        kind,
        subject_kind=kind_of_subject,
        subject=subject,
        by=by,
        at=at,
        data={"correction": str(action.id), "text": action.text},
    )


def _subject(session: Session, action: CorrectiveAction) -> tuple[str, str]:
    """In whose chain of history it stands: the order's, or that of the plan that found it."""
    if action.order_id is not None:
        return "order", session.get_one(WorkOrder, action.order_id).number
    return inspections.SUBJECT, str(session.get_one(Inspection, action.inspection_id).plan_id)
