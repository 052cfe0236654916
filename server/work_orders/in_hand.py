"""What the counter has to do now, and what everybody has in hand (R-058, R-072, K-19)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.estate.models import Unit
from server.stores import operations as stores
from server.stores.ledger import is_out
from server.stores.lifecycle import TOOL_BACK_WITHIN, Kind
from server.stores.models import OldPart, StockLine
from server.work_orders.models import WorkOrder
from server.work_orders.operations.supplying import SHUT
from server.work_orders.states import State

OPEN = tuple(state.value for state in State if state not in SHUT)
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A line of which the storekeeper has something to hand out."""

    line: StockLine
    order_number: str
    order_version: int
    unit: str
    technician: str
    #: how many are still to be handed out
    qty: Decimal

    @property
    def is_there(self) -> bool:
        """Whether the warehouse has that many."""
        return self.line.item.stock_qty >= self.qty


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that somebody has in hand: material, a tool or an old part."""

    kind: str
    #: None for an old part
    line: StockLine | None
    part: OldPart | None
    item: str | None
    name: str
    unit: str
    qty: Decimal
    #: of these: said to be lying at the counter
    at_counter: Decimal
    since: dt.datetime
    holder_id: uuid.UUID
    holder: str
    username: str
    order_number: str
    order_version: int

    @property
    def due_at(self) -> dt.datetime | None:
        """By when a tool is to be back (K-19); material and old parts have no time."""
        return self.since + TOOL_BACK_WITHIN if self.kind == Kind.TOOL else None

    def is_overdue(self, at: dt.datetime) -> bool:
        """Whether it is a tool that is out for more than a day."""
        return self.due_at is not None and at > self.due_at


@dataclass(frozen=True, kw_only=True)
class StockFacts:
    """K-19: what is still open, and tools that are out for more than a day. The target is none."""

    open_lines: int
    tools_overdue: int


def asked_for(session: Session, estate_id: uuid.UUID) -> list[Asked]:
    """What waits to be handed out, by technician and order, the first asked for first; at most
    `MOST`. Read through the orders that are open: what was asked for and never drawn stays on
    closed ones for ever."""
    rows = session.execute(
        sa.select(StockLine, WorkOrder.number, WorkOrder.version, Unit.code, User.name)
        .select_from(WorkOrder)
        .join(StockLine, StockLine.order_id == WorkOrder.id)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .join(User, User.id == StockLine.technician_id)
        .where(
            WorkOrder.estate_id == estate_id,
            WorkOrder.state.in_(OPEN),
            StockLine.issued_qty < StockLine.requested_qty,
        )
        .order_by(StockLine.requested_at, StockLine.number)
        .limit(MOST)
    )
    found = [
        Asked(
            line=line,
            order_number=number,
            order_version=version,
            unit=unit,
            technician=technician,
            qty=line.requested_qty - line.issued_qty,
        )
        for line, number, version, unit, technician in rows
    ]
    return sorted(found, key=lambda one: (one.technician, one.order_number))


def in_hand(
    session: Session, estate_id: uuid.UUID, *, holder_id: uuid.UUID | None = None
) -> list[Thing]:
    """Everything that is with somebody (with one person), by the indices of what is out; a person's
    things together, tools first, the longest out first."""
    lines = sa.select(StockLine, User, WorkOrder.number, WorkOrder.version).where(
        StockLine.estate_id == estate_id, is_out()
    )
    parts = sa.select(OldPart, User, WorkOrder.number, WorkOrder.version).where(
        OldPart.estate_id == estate_id, OldPart.handed_in_at.is_(None)
    )
    if holder_id is not None:
        lines = lines.where(StockLine.technician_id == holder_id)
        parts = parts.where(OldPart.holder_id == holder_id)
    found = [
        _drawn(*row)
        for row in session.execute(
            lines.join(User, User.id == StockLine.technician_id).join(
                WorkOrder, WorkOrder.id == StockLine.order_id
            )
        )
    ]
    found += [
        _taken_out(*row)
        for row in session.execute(
            parts.join(User, User.id == OldPart.holder_id).join(
                WorkOrder, WorkOrder.id == OldPart.order_id
            )
        )
    ]
    order = {Kind.TOOL: 0, Kind.MATERIAL: 1, Kind.OLD_PART: 2}
    return sorted(
        found, key=lambda one: (one.holder, one.username, order[Kind(one.kind)], one.since)
    )


def facts(things: Iterable[Thing], at: dt.datetime) -> StockFacts:
    """K-19 over what is in hand. Pure."""
    out: Sequence[Thing] = [one for one in things if one.line is not None]
    return StockFacts(
        open_lines=len(out), tools_overdue=sum(1 for one in out if one.is_overdue(at))
    )


def _drawn(line: StockLine, holder: User, number: str, version: int) -> Thing:
    now = stores.quantities(line)
    return Thing(
        kind=line.item.kind,
        line=line,
        part=None,
        item=line.item.code,
        name=line.item.name,
        unit=line.item.unit,
        qty=now.out,
        at_counter=now.awaited,
        since=line.issued_at or line.requested_at,
        holder_id=holder.id,
        holder=holder.name,
        username=holder.username,
        order_number=number,
        order_version=version,
    )


def _taken_out(part: OldPart, holder: User, number: str, version: int) -> Thing:
    return Thing(
        kind=Kind.OLD_PART,
        line=None,
        part=part,
        item=None,
        name=part.description,
        unit="",
        qty=part.qty,
        at_counter=Decimal(0),
        since=part.taken_out_at,
        holder_id=holder.id,
        holder=holder.name,
        username=holder.username,
        order_number=number,
        order_version=version,
    )
