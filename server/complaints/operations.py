"""C1 and C2: a complaint is recorded from a request and put into the right queue."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.complaints.models import Complaint
from server.estate.operations import next_number
from server.history import Actor
from server.requests.models import ServiceRequest
from server.settings import Settings


def record_from_request(
    session: Session,
    settings: Settings,
    request: ServiceRequest,
    *,
    target: str,
    by: Actor,
    at: dt.datetime,
) -> Complaint:
    """SR2, C1, C2: same data; against the CS centre it goes to Administration & HR (R-034).

    Doing it twice gives the same complaint.
    """
    known = session.scalar(sa.select(Complaint).where(Complaint.request_id == request.id))
    if known is not None:
        return known
    complaint = Complaint(
        estate_id=request.estate_id,
        number=next_number(session, request.estate_id, "TS", at, settings.zone),
        request_id=request.id,
        person_id=request.person_id,
        unit_id=request.unit_id,
        channel=request.channel,
        target=target,
        content=request.content,
        state="judging",
        recorded_at=at,
    )
    session.add(complaint)
    session.flush()
    history.record(
        session,
        "complaint.recorded",
        subject_kind="complaint",
        subject=complaint.number,
        by=by,
        at=at,
        data={"request": request.number, "target": target},
    )
    audience = [Role.ADMIN_HR] if target == "cs_centre" else [Role.DISPATCH_DUTY, Role.CS_MANAGER]
    alerts.raise_alert(
        session,
        "complaint.recorded",
        subject_kind="complaint",
        subject=complaint.number,
        audience=[role.value for role in audience],
        rule="R-034",
        by=by,
        at=at,
        data={"request": request.number},
    )
    return complaint
