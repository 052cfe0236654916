"""Reading plans, what is due, and how far plans are kept (X-007). No rules in here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.assets.models import Asset
from server.errors import Invalid
from server.estate.models import Person, Unit
from server.preventive.calendar import Kind
from server.preventive.models import PreventivePlan, PreventiveRun
from server.work_orders.models import WorkOrder
from server.work_orders.states import State


class Outcome(StrEnum):
    """What became of one time of a plan."""

    DONE = "done"
    OPEN = "open"
    MISSED = "missed"


_OVER = frozenset({State.VOID, State.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A plan with whom and what it is about."""

    plan: PreventivePlan
    asset: Asset
    person: Person
    unit_code: str


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One time of a plan, its order where there is one, and what became of it."""

    run: PreventiveRun
    plan: PreventivePlan
    asset: Asset
    person: Person
    unit_code: str
    order_number: str | None
    order_state: str | None
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many times of one kind of plan fell due in a span, and what became of them."""

    kind: Kind
    due: int
    done: int
    open: int
    missed: int

    @property
    def percent(self) -> int | None:
        """Done of due, in percent, rounded down; None where nothing was due."""
        return 100 * self.done // self.due if self.due else None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of plans and where the next one begins."""

    rows: list[PlanRow]
    next_cursor: str | None


def page(
    session: Session,
    estate_id: uuid.UUID,
    *,
    active: bool = True,
    asset_id: uuid.UUID | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page:
    """Plans, the next one due first. Raises Invalid for a cursor that is not one of ours."""
    wanted = [PreventivePlan.estate_id == estate_id, PreventivePlan.active == active]
    if asset_id is not None:
        wanted.append(PreventivePlan.asset_id == asset_id)
    if cursor is not None:
        day, last = _read(cursor)
        wanted += [
            PreventivePlan.next_on >= day,
            sa.or_(
                PreventivePlan.next_on > day,
                sa.and_(PreventivePlan.next_on == day, PreventivePlan.id > last),
            ),
        ]
    rows = _plans(session, wanted, limit=limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    last_plan = rows[-1].plan if rows else None
    cut = f"{last_plan.next_on:%Y%m%d}_{last_plan.id.hex}" if more and last_plan else None
    return Page(rows=rows, next_cursor=cut)


def one(session: Session, plan_id: uuid.UUID) -> PlanRow:
    """A plan that is known to be there, with whom and what it is about."""
    (row,) = _plans(session, [PreventivePlan.id == plan_id], limit=1)
    return row


def of_asset(session: Session, asset_id: uuid.UUID) -> list[PlanRow]:
    """The plans of one asset, paused ones too."""
    return _plans(session, [PreventivePlan.asset_id == asset_id], limit=100)


def open_runs(session: Session, estate_id: uuid.UUID, *, limit: int) -> list[RunRow]:
    """What fell due and is not done, the oldest first, of the plans that are in use."""
    wanted = [PreventiveRun.estate_id == estate_id, PreventiveRun.done_at.is_(None)]
    # The newest time of each plan: what came before it was missed.
    later = aliased(PreventiveRun)
    wanted.append(~_superseded(later))
    # An order goes on though its plan is paused; a call of it is not made any more.
    wanted.append(sa.or_(PreventivePlan.active, PreventiveRun.order_id.is_not(None)))
    wanted.append(
        sa.or_(
            PreventiveRun.order_id.is_(None),
            sa.and_(
                WorkOrder.accepted_at.is_(None),
                WorkOrder.state.not_in([state.value for state in _OVER]),
            ),
        )
    )
    return _runs(session, wanted, order=(PreventiveRun.due_on, PreventiveRun.id), limit=limit)


def runs_of(session: Session, plan_id: uuid.UUID, *, limit: int = 60) -> list[RunRow]:
    """The times of one plan, the newest first."""
    newest = (PreventiveRun.due_on.desc(),)
    return _runs(session, [PreventiveRun.plan_id == plan_id], order=newest, limit=limit)


def kept(
    session: Session, estate_id: uuid.UUID, *, from_on: dt.date, until_on: dt.date
) -> list[Kept]:
    """How far plans were kept between two days, both included."""
    later = aliased(PreventiveRun)
    rows = session.execute(
        sa.select(
            PreventivePlan.kind,
            PreventiveRun.done_at,
            WorkOrder.accepted_at,
            WorkOrder.state,
            _superseded(later).label("superseded"),
        )
        .join(PreventivePlan, PreventivePlan.id == PreventiveRun.plan_id)
        .outerjoin(WorkOrder, WorkOrder.id == PreventiveRun.order_id)
        .where(
            PreventivePlan.estate_id == estate_id,
            PreventiveRun.due_on.between(from_on, until_on),
        )
    )
    counted = Counter(
        (
            row.kind,
            outcome_of(
                done=row.done_at is not None or row.accepted_at is not None,
                called_off=row.state in _OVER,
                superseded=bool(row.superseded),
            ),
        )
        for row in rows
    )
    return [
        Kept(
            kind=kind,
            due=sum(counted[kind, outcome] for outcome in Outcome),
            done=counted[kind, Outcome.DONE],
            open=counted[kind, Outcome.OPEN],
            missed=counted[kind, Outcome.MISSED],
        )
        for kind in Kind
    ]


def outcome_of(*, done: bool, called_off: bool, superseded: bool) -> Outcome:
    """Done; else missed where the order was called off or the next time is due; else open."""
    if done:
        return Outcome.DONE
    return Outcome.MISSED if called_off or superseded else Outcome.OPEN


def _superseded(later: type[PreventiveRun]) -> sa.Exists:
    return sa.exists().where(
        later.plan_id == PreventiveRun.plan_id, later.due_on > PreventiveRun.due_on
    )


def _plans(
    session: Session, wanted: Sequence[sa.ColumnElement[bool]], *, limit: int
) -> list[PlanRow]:
    found = session.execute(
        sa.select(PreventivePlan, Asset, Person, Unit.code)
        .join(Asset, Asset.id == PreventivePlan.asset_id)
        .join(Person, Person.id == PreventivePlan.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(*wanted)
        .order_by(PreventivePlan.next_on, PreventivePlan.id)
        .limit(limit)
    )
    return [
        PlanRow(plan=plan, asset=asset, person=who, unit_code=code)
        for plan, asset, who, code in found
    ]


def _runs(
    session: Session,
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    order: Sequence[sa.ColumnExpressionArgument[object]],
    limit: int,
) -> list[RunRow]:
    later = aliased(PreventiveRun)
    found = session.execute(
        sa.select(
            PreventiveRun,
            PreventivePlan,
            Asset,
            Person,
            Unit.code,
            WorkOrder.number,
            WorkOrder.state,
            WorkOrder.accepted_at,
            _superseded(later),
        )
        .join(PreventivePlan, PreventivePlan.id == PreventiveRun.plan_id)
        .join(Asset, Asset.id == PreventivePlan.asset_id)
        .join(Person, Person.id == PreventivePlan.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(WorkOrder, WorkOrder.id == PreventiveRun.order_id)
        .where(*wanted)
        .order_by(*order)
        .limit(limit)
    )
    return [
        RunRow(
            run=run,
            plan=plan,
            asset=asset,
            person=person,
            unit_code=code,
            order_number=number,
            order_state=state,
            outcome=outcome_of(
                done=run.done_at is not None or accepted_at is not None,
                called_off=state in _OVER,
                superseded=superseded,
            ),
        )
        for run, plan, asset, person, code, number, state, accepted_at, superseded in found
    ]


def _read(cursor: str) -> tuple[dt.date, uuid.UUID]:
    try:
        day, last = cursor.split("_")
        return dt.datetime.strptime(day, "%Y%m%d").date(), uuid.UUID(last)  # noqa: DTZ007  # a day
    except ValueError as error:
        raise Invalid(
            "bad-cursor", "分页位置无效。", "The place in the list is not one of ours."
        ) from error
