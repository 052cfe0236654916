"""Proposing that an asset is exchanged, from what its orders tell (X-010, X-011, X-012)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.assets import proposals
from server.assets.models import ReplacementProposal
from server.assets.replacing import FAILURES, Repair, Why, days_in_repair, failed_repairs
from server.history import Actor
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.operations.covering import ROUTINE, SETTLED
from server.work_orders.states import State

ALERT = "replacement.proposed"
#: What one appliance has had; more says nothing new.
MOST_REPAIRS = 100
_NO_REPAIR = (State.VOID, State.CANCELLED, State.CANCEL_PENDING)


def consider(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    """X-010: the same fault was repaired in vain twice. `order` must be locked."""
    if order.asset_id is None or order.nature == ROUTINE or State(order.state) in _NO_REPAIR:
        return
    repairs = repairs_of(session, order.asset_id)
    if order.number not in {one.number for one in repairs}:
        return
    failed = failed_repairs(repairs, order.number, within_days=settings.repeat_repair_days)
    if failed >= FAILURES:
        _propose(session, settings, order, Why.REPEAT_REPAIR, repairs, by=by, at=at)


def stands_too_long(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> None:
    """X-011: the repair is open for sixty days. `order` must be locked."""
    if order.asset_id is None or State(order.state) in SETTLED:
        return
    repairs = repairs_of(session, order.asset_id)
    _propose(session, settings, order, Why.OPEN_60_DAYS, repairs, by=by, at=at)


def decide(
    session: Session,
    row: ReplacementProposal,
    *,
    decision: str,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """A manager decides a proposal, which must be locked. Raises Conflict a second time."""
    proposals.decide(session, row, decision=decision, text=text, by=by, at=at)
    if not proposals.waits(session, row.estate_id, row.order_number):
        alerts.resolve(
            session,
            subject_kind=moving.SUBJECT,
            subject=row.order_number,
            kinds=[ALERT],
            at=at,
            how=text,
        )


def repairs_of(session: Session, asset_id: uuid.UUID) -> list[Repair]:
    """The repairs of an asset, the newest first; neither what was called off nor routine work."""
    rows = session.execute(
        sa.select(
            WorkOrder.number,
            WorkOrder.category,
            WorkOrder.issued_at,
            WorkOrder.accepted_at,
            WorkOrder.rework_round,
        )
        .where(
            WorkOrder.asset_id == asset_id,
            WorkOrder.nature != ROUTINE,
            WorkOrder.state.not_in([state.value for state in _NO_REPAIR]),
        )
        .order_by(WorkOrder.issued_at.desc(), WorkOrder.id.desc())
        .limit(MOST_REPAIRS)
    )
    return [
        Repair(
            number=row.number,
            category=row.category,
            reported_at=row.issued_at,
            restored_at=row.accepted_at,
            turned_down=row.rework_round,
        )
        for row in rows
    ]


def orders_of(session: Session, asset_id: uuid.UUID, *, limit: int = 50) -> list[WorkOrder]:
    """All orders about an asset, the newest first."""
    return list(
        session.scalars(
            sa.select(WorkOrder)
            .where(WorkOrder.asset_id == asset_id)
            .order_by(WorkOrder.issued_at.desc(), WorkOrder.id.desc())
            .limit(limit)
        )
    )


def _propose(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    why: Why,
    repairs: list[Repair],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    days = days_in_repair(repairs, settings.zone, at=at)
    row = proposals.propose(
        session,
        why=why,
        asset_id=order.asset_id,
        order_number=order.number,
        days_in_repair=days,
        by=by,
        at=at,
    )
    if row is not None:
        alerts.raise_alert(
            session,
            ALERT,
            subject_kind=moving.SUBJECT,
            subject=order.number,
            audience=[Role.CS_MANAGER, Role.GPM],
            rule=proposals.RULES[why],
            by=by,
            at=at,
            data={"why": why, "days": days},
        )
