"""What concerns charges is passed on to Finance at once (SR11, R-143)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.history import Actor
from server.requests.models import ServiceRequest


def tell_finance(session: Session, request: ServiceRequest, *, by: Actor, at: dt.datetime) -> None:
    """A task for Finance, and when it was told."""
    request.finance_notified_at = at
    history.record(
        session,
        "request.finance_notified",
        subject_kind="request",
        subject=request.number,
        by=by,
        at=at,
    )
    alerts.raise_alert(
        session,
        "request.concerns_charges",
        subject_kind="request",
        subject=request.number,
        audience=[Role.FINANCE.value],
        rule="R-143",
        by=by,
        at=at,
        data={"content": request.content[:200]},
    )
