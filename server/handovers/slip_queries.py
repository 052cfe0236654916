"""Reading slips and their lists: what came back, what was handed over, what a month's numbers are."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import starmap
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.estate.models import Unit
from server.handovers.models import SlipHandover
from server.handovers.slip_days import Number, next_month
from server.history import Actor
from server.work_orders.models import WorkOrder

#: Of one day; a front desk that takes in more has other troubles.
MOST_A_DAY = 1000


class Slip(NamedTuple):
    """One slip that came back at the front desk."""

    number: str
    state: str
    unit: str
    content: str
    written_off_at: dt.datetime
    oral_report_at: dt.datetime | None
    version: int


def returned_at_front_desk(
    session: Session, estate_id: uuid.UUID, between: tuple[dt.datetime, dt.datetime]
) -> list[Slip]:
    """The slips that came back at the front desk from the first moment until before the second."""
    from_at, until_at = between
    rows = session.execute(
        sa.select(
            WorkOrder.number,
            WorkOrder.state,
            Unit.code,
            WorkOrder.content,
            WorkOrder.written_off_at,
            WorkOrder.oral_report_at,
            WorkOrder.version,
        )
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .where(
            WorkOrder.estate_id == estate_id,
            WorkOrder.written_off_at >= from_at,
            WorkOrder.written_off_at < until_at,
            WorkOrder.return_point == "front_desk",
        )
        .order_by(WorkOrder.written_off_at, WorkOrder.id)
        .limit(MOST_A_DAY)
    )
    return list(starmap(Slip, rows))


def find_list(
    session: Session, estate_id: uuid.UUID, kind: str, period_on: dt.date, *, lock: bool = False
) -> SlipHandover | None:
    """The list of a day or month, where it was handed over."""
    query = sa.select(SlipHandover).where(
        SlipHandover.estate_id == estate_id,
        SlipHandover.kind == kind,
        SlipHandover.period_on == period_on,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def find(session: Session, number: str, *, by: Actor, lock: bool = False) -> SlipHandover:
    """One list by its number. Raises NotFound, also for another estate's."""
    query = sa.select(SlipHandover).where(
        SlipHandover.estate_id == by.estate_id, SlipHandover.number == number
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound("no-such-list", "没有这份回单清单。", "There is no such list of slips.")
    return found


def numbers_of_month(
    session: Session, estate_id: uuid.UUID, month: dt.date, zone: ZoneInfo
) -> list[Number]:
    """Every order number that was allotted or closed in a month (F-11)."""
    columns = (WorkOrder.number, WorkOrder.state, WorkOrder.month, WorkOrder.written_off_at)
    of_estate = sa.select(*columns).where(WorkOrder.estate_id == estate_id)
    allotted = of_estate.where(
        WorkOrder.issued_at >= _midnight(month, zone),
        WorkOrder.issued_at < _midnight(next_month(month), zone),
    )
    closed = of_estate.where(WorkOrder.month == month)
    return [Number(*row) for query in (allotted, closed) for row in session.execute(query)]


def page(
    session: Session, estate_id: uuid.UUID, kind: str, *, limit: int, before: dt.date | None
) -> list[SlipHandover]:
    """Lists of a kind, the newest period first; one more than `limit` where there are more."""
    query = sa.select(SlipHandover).where(
        SlipHandover.estate_id == estate_id, SlipHandover.kind == kind
    )
    if before is not None:
        query = query.where(SlipHandover.period_on < before)
    return list(session.scalars(query.order_by(SlipHandover.period_on.desc()).limit(limit + 1)))


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, zone).astimezone(dt.UTC)
