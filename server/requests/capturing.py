"""Any employee or contractor takes in what a customer says and relays it to the desk (R-022).

Nobody is sent to look for the right department (R-023): what was captured has an owner, the desk
on duty, until it stands in the register.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.alerts.models import Alert
from server.errors import Conflict, NotFound
from server.estate import operations as estate
from server.history import Actor
from server.requests.operations import Caller

SUBJECT = "capture"
KIND = "request.captured"
OWNERS = (Role.DISPATCH_DUTY.value, Role.CONTROL_DUTY.value, Role.CS_MANAGER.value)


def capture(
    session: Session,
    *,
    caller: Caller,
    content: str,
    kind: str,
    urgency: str,
    appointment_at: dt.datetime | None,
    by: Actor,
    at: dt.datetime,
) -> Alert:
    """Relay it completely (R-036): a task for the desk. Raises Invalid for an unknown unit."""
    unit = estate.find_unit(session, by.estate_id, caller.unit_code)
    return alerts.raise_alert(
        session,
        KIND,
        subject_kind=SUBJECT,
        subject=str(uuid7()),
        audience=OWNERS,
        rule="R-022",
        by=by,
        at=at,
        data={
            "name": caller.name,
            "unit_code": unit.code,
            "phone": caller.phone,
            "relation": caller.relation,
            "content": content,
            "kind": kind,
            "urgency": urgency,
            "appointment_at": appointment_at.isoformat() if appointment_at else None,
            "taken_by": by.name,
        },
    )


def find(session: Session, alert_id: uuid.UUID, *, by: Actor, lock: bool = True) -> Alert:
    """What was captured under this id and still waits, locked for a change.

    Raises NotFound, also for another estate's, and Conflict where it was dealt with already: what
    is relayed once is registered once (R-001).
    """
    alert = session.get(Alert, alert_id, with_for_update=lock or None, populate_existing=True)
    if alert is None or alert.kind != KIND or alert.estate_id != by.estate_id:
        raise NotFound("no-such-capture", "没有这条转来的诉求。", "There is no such capture.")
    if alert.resolved_at is not None:
        raise Conflict(
            "capture-dealt-with",
            f"这条转来的诉求已处理:{alert.resolution}。",
            f"This capture was dealt with: {alert.resolution}.",
            rule="R-022",
            extra={"resolution": alert.resolution},
        )
    return alert


def registered(session: Session, alert: Alert, *, request: str, by: Actor, at: dt.datetime) -> None:
    """It stands in the register now, under the number `request`."""
    alerts.dismiss(session, alert.id, how=request, by=by, at=at)
