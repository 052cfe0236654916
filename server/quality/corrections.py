"""What QA wants put right: carried out by its owner, verified by somebody else (QA3, R-005)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import may
from server.errors import Conflict, Denied, NotFound
from server.history import Actor
from server.quality.models import CorrectiveAction
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
    action.done_at = at
    _record(session, "correction.done", action, by=by, at=at)


def verify(session: Session, action: CorrectiveAction, *, by: Actor, at: dt.datetime) -> None:
    """QA has seen that it is right. Raises Conflict before it is done, Denied for one's own."""
    if by.user_id == action.owner_id or had_the_order(session, action.order_id, by):
        raise Denied(
            "own-work", "不能验证自己的整改。", "Nobody verifies his own correction.", rule="R-005"
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


def _record(
    session: Session, kind: str, action: CorrectiveAction, *, by: Actor, at: dt.datetime
) -> None:
    order = session.get_one(WorkOrder, action.order_id)
    history.record(
        session,
        kind,
        subject_kind="order",
        subject=order.number,
        by=by,
        at=at,
        data={"correction": str(action.id), "text": action.text},
    )
