"""The customer's signature on a visit made at the door: kept with the order's pictures (R-087)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.evidence import signed_here
from server.evidence.models import ON_RETURN_VISIT, ORDER, Photo
from server.evidence.sent_along import Picture
from server.evidence.uploads import Subject
from server.history import Actor
from server.return_visits import queries
from server.return_visits.operations import order_of
from server.work_orders.operations import moving


def keep(
    session: Session,
    number: str,
    picture: Picture,
    media_type: str,
    *,
    by: Actor,
    at: dt.datetime,
) -> Photo:
    """Make a received picture the signature of this visit. It locks the order, so it comes before
    the visit is found for a change. Raises NotFound, Conflict (P-17, R-149)."""
    visit = queries.get_visit(session, number, by=by)
    order = moving.find_order(session, order_of(session, visit).number, by=by)
    subject = Subject(kind=ORDER, id=order.id, number=order.number)
    return signed_here.attach(
        session, picture, media_type, subject, step=ON_RETURN_VISIT, by=by, at=at
    )
