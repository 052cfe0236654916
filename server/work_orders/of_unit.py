"""What stands about one unit, and about its riser: its orders, their warranty, the neighbours."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.assets.months import months_after
from server.estate.models import Unit
from server.prices.models import PriceItem
from server.requests.lifecycle import OPEN
from server.requests.models import ServiceRequest
from server.requests.repeats import SAME_WITHIN, Report
from server.work_orders.models import JoinedRequest, Quote, QuoteLine, WorkOrder
from server.work_orders.states import JOINABLE, TERMINAL, State

#: More reports than this within a day on one entrance tell nothing that the first ones did not.
MOST_REPORTS = 200
OVER = TERMINAL | {State.CLOSED}


@dataclass(frozen=True, kw_only=True)
class Warranty:
    """One priced thing of a done order, with how long the price list vouches for it."""

    order: WorkOrder
    item: str
    description: str
    months: int
    until: dt.date

    def covers(self, day: dt.date) -> bool:
        """Whether the months of the price list have not run out on a day."""
        return day <= self.until


def open_orders(session: Session, unit_id: uuid.UUID, *, limit: int = 20) -> list[WorkOrder]:
    """A unit's orders that are not over, last changed first."""
    wanted = WorkOrder.state.not_in([state.value for state in OVER])
    return _orders(session, unit_id, wanted, limit=limit)


def done_orders(
    session: Session, unit_id: uuid.UUID, *, since: dt.datetime, limit: int = 10
) -> list[WorkOrder]:
    """A unit's orders that came to their end since a moment, last changed first."""
    over = WorkOrder.state.in_([state.value for state in OVER])
    return _orders(session, unit_id, over, WorkOrder.updated_at >= since, limit=limit)


def warranties(session: Session, orders: Sequence[WorkOrder], zone: ZoneInfo) -> list[Warranty]:
    """What the price list vouches for of these orders, by the months that stood on it then."""
    closed = {order.id: order for order in orders if order.closed_at is not None}
    rows = session.execute(
        sa.select(
            Quote.order_id,
            QuoteLine.item,
            QuoteLine.description,
            PriceItem.warranty_months,
        )
        .join(QuoteLine, QuoteLine.quote_id == Quote.id)
        .join(WorkOrder, WorkOrder.id == Quote.order_id)
        .join(
            PriceItem,
            sa.and_(
                PriceItem.estate_id == WorkOrder.estate_id,
                PriceItem.list_version == Quote.price_list_version,
                PriceItem.code == QuoteLine.item,
            ),
        )
        .where(
            Quote.order_id.in_(list(closed)),
            Quote.confirmed_at.is_not(None),
            PriceItem.warranty_months > 0,
        )
        .order_by(Quote.order_id, Quote.revision, QuoteLine.position)
    )
    found: dict[tuple[uuid.UUID, str], Warranty] = {}
    for order_id, item, description, months in rows:
        order = closed[order_id]
        day = (order.closed_at or order.updated_at).astimezone(zone).date()
        found[order_id, item] = Warranty(
            order=order,
            item=item,
            description=description,
            months=months,
            until=months_after(day, months),
        )
    return list(found.values())


def reports_near(session: Session, unit: Unit, *, at: dt.datetime) -> list[Report]:
    """What the unit's building and entrance reported within a day, newest first."""
    own, master = WorkOrder, aliased(WorkOrder)
    same_entrance = sa.select(Unit.id).where(
        Unit.building_id == unit.building_id,
        Unit.entrance.is_(None) if unit.entrance is None else Unit.entrance == unit.entrance,
    )
    rows = session.execute(
        sa.select(
            ServiceRequest.number,
            ServiceRequest.state,
            ServiceRequest.unit_id,
            Unit.code,
            ServiceRequest.category,
            ServiceRequest.content,
            ServiceRequest.registered_at,
            sa.func.coalesce(own.number, master.number).label("order"),
            sa.func.coalesce(own.state, master.state).label("order_state"),
        )
        .join(Unit, Unit.id == ServiceRequest.unit_id)
        .outerjoin(own, own.request_id == ServiceRequest.id)
        .outerjoin(JoinedRequest, JoinedRequest.request_id == ServiceRequest.id)
        .outerjoin(master, master.id == JoinedRequest.order_id)
        .where(
            ServiceRequest.unit_id.in_(same_entrance),
            ServiceRequest.registered_at >= at - SAME_WITHIN,
        )
        .order_by(ServiceRequest.registered_at.desc())
        .limit(MOST_REPORTS)
    )
    return [
        Report(
            number=row.number,
            state=row.state,
            unit_id=row.unit_id,
            unit_code=row.code,
            category=row.category,
            content=row.content,
            registered_at=row.registered_at,
            under_way=row.order_state in JOINABLE if row.order else row.state in OPEN,
            order=row.order,
            order_state=row.order_state,
        )
        for row in rows
    ]


def orders_of_request(session: Session, request_id: uuid.UUID) -> list[WorkOrder]:
    """The orders by which a request is done: its own, and one that it joined."""
    joined = sa.select(JoinedRequest.order_id).where(JoinedRequest.request_id == request_id)
    return list(
        session.scalars(
            sa.select(WorkOrder)
            .where(sa.or_(WorkOrder.request_id == request_id, WorkOrder.id.in_(joined)))
            .order_by(WorkOrder.number)
        )
    )


def requests_joined(session: Session, order_id: uuid.UUID) -> list[ServiceRequest]:
    """The requests of other households that are done by an order, oldest first."""
    return list(
        session.scalars(
            sa.select(ServiceRequest)
            .join(JoinedRequest, JoinedRequest.request_id == ServiceRequest.id)
            .where(JoinedRequest.order_id == order_id)
            .order_by(ServiceRequest.registered_at)
        )
    )


def _orders(
    session: Session, unit_id: uuid.UUID, *where: sa.ColumnElement[bool], limit: int
) -> list[WorkOrder]:
    return list(
        session.scalars(
            sa.select(WorkOrder)
            .where(WorkOrder.unit_id == unit_id, *where)
            .order_by(WorkOrder.updated_at.desc(), WorkOrder.id.desc())
            .limit(limit)
        )
    )
