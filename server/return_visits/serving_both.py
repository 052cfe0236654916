"""One conversation for a complaint and the order that it is linked to (A-28).

Both keep a visit of their own, and each is closed by itself: what was said is written down in both.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import Complaint
from server.errors import Conflict, Invalid
from server.history import Actor
from server.return_visits.models import ReturnVisit
from server.return_visits.operations import ON_SITE, record_visit
from server.return_visits.states import ASSIGNED, PENDING
from server.settings import Settings


def order_visit_of(
    session: Session, complaint: Complaint, *, locked: bool = False
) -> ReturnVisit | None:
    """The visit that is still to be made of the order a complaint is linked to, if there is one."""
    if complaint.linked_order_id is None:
        return None
    query = sa.select(ReturnVisit).where(
        ReturnVisit.order_id == complaint.linked_order_id,
        ReturnVisit.state.in_([PENDING, ASSIGNED]),
    )
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def serve_order(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    *,
    method: str,
    satisfied: bool,
    comment: str,
    customer_signature: str | None,
    signer_name: str | None,
    cause: str | None,
    fixed: bool | None,
    by: Actor,
    at: dt.datetime,
) -> ReturnVisit:
    """What was said at the visit of a complaint is what was said about its order, too (A-28).

    The stricter rule holds: an order that was drawn to be visited at the door (R-086) is not
    visited by telephone because the complaint may be. Raises Conflict where no visit of the order
    is to be made, Invalid where this one is not strict enough.
    """
    visit = order_visit_of(session, complaint, locked=True)
    if visit is None:
        raise Conflict(
            "no-order-visit",
            "这条投诉没有待回访的关联工单。",
            "No order that this complaint is linked to waits for a visit.",
            rule="A-28",
        )
    if visit.on_site_wanted and method != ON_SITE:
        raise Invalid(
            "visit-too-lenient",
            "关联工单抽中上门回访,电话不能代替。",
            "The linked order was drawn to be visited at the door; a call does not serve it.",
            rule="A-28",
            errors={"method": ["须上门 at the door"]},
        )
    record_visit(
        session,
        settings,
        visit,
        method=method,
        satisfied=satisfied,
        fixed=fixed,
        comment=comment.strip(),
        cause=None if satisfied else cause,
        customer_signature=customer_signature,
        signer_name=signer_name,
        by=by,
        at=at,
    )
    return visit
