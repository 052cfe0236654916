"""A new time for a visit that was agreed on before, once the slip is written (R-044)."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from server import history
from server.history import Actor
from server.requests.models import ServiceRequest
from server.requests.operations import SUBJECT


def confirm_slot(
    session: Session, request_id: uuid.UUID, *, slot: dt.datetime, by: Actor, at: dt.datetime
) -> None:
    """The customer was asked again and agrees: from here on this is the time agreed on."""
    request = session.get_one(
        ServiceRequest, request_id, with_for_update={"of": ServiceRequest}, populate_existing=True
    )
    request.appointment_at, request.customer_reconfirmed_at = slot, at
    request.version += 1
    history.record(
        session,
        "request.slot_confirmed",
        subject_kind=SUBJECT,
        subject=request.number,
        by=by,
        at=at,
        data={"appointment_at": slot.isoformat()},
    )
