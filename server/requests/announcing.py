"""Telling those who were declined that what they asked for can be had now (SR10)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.history import Actor
from server.requests.models import Decline, ServiceRequest
from server.requests.operations import SUBJECT


def open_wishes(session: Session, estate_id: uuid.UUID) -> list[str]:
    """What was asked for in vain, in the words of whoever declined it, and is not announced yet."""
    return list(
        session.scalars(
            sa.select(Decline.demand_item)
            .where(Decline.estate_id == estate_id, Decline.announced_at.is_(None))
            .distinct()
            .order_by(Decline.demand_item)
        )
    )


def waiting_for(session: Session, estate_id: uuid.UUID, demand_item: str) -> list[ServiceRequest]:
    """The requests that were declined for want of an item, the first to ask first."""
    return list(
        session.scalars(
            sa.select(ServiceRequest)
            .join(Decline, Decline.request_id == ServiceRequest.id)
            .where(
                Decline.estate_id == estate_id,
                Decline.demand_item == demand_item,
                Decline.announced_at.is_(None),
            )
            .order_by(ServiceRequest.registered_at)
        )
    )


def announce_item(
    session: Session, *, demand_item: str, notice: str, by: Actor, at: dt.datetime
) -> list[ServiceRequest]:
    """SR10: an item that was asked for in vain exists now; who waits for it (R-032)."""
    rows = session.execute(
        sa.select(Decline, ServiceRequest)
        .join(ServiceRequest, ServiceRequest.id == Decline.request_id)
        .where(
            Decline.estate_id == by.estate_id,
            Decline.demand_item == demand_item,
            Decline.announced_at.is_(None),
        )
        .order_by(ServiceRequest.registered_at)
    ).all()
    for decline, request in rows:
        decline.announced_at = at
        request.version += 1
        history.record(
            session,
            "request.announced",
            subject_kind=SUBJECT,
            subject=request.number,
            by=by,
            at=at,
            data={"notice": notice},
        )
    return [request for _, request in rows]
