"""Reading a month's rows for the measures."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.reports.measures import Intake
from server.requests.models import ServiceRequest


def intakes_of_month(
    session: Session, estate_id: uuid.UUID, month: dt.date, zone: ZoneInfo
) -> list[Intake]:
    """Every request registered in a month of the estate's calendar."""
    first = dt.datetime(month.year, month.month, 1, tzinfo=zone)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    rows = session.execute(
        sa.select(
            ServiceRequest.number,
            ServiceRequest.registered_at,
            ServiceRequest.reply_due_at,
            ServiceRequest.replied_at,
        )
        .where(
            ServiceRequest.estate_id == estate_id,
            ServiceRequest.registered_at >= first,
            ServiceRequest.registered_at < following,
        )
        .order_by(ServiceRequest.registered_at)
    )
    return [
        Intake(number=n, registered_at=registered, reply_due_at=due, replied_at=replied)
        for n, registered, due, replied in rows
    ]
