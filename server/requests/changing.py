"""How a request changes: ask the table, raise the version, write history, stop its clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server import history
from server.deadlines import timers
from server.errors import Conflict
from server.history import Actor
from server.requests.lifecycle import RequestState, next_state
from server.requests.models import ServiceRequest

SUBJECT = "request"
REPLY_CLOCKS = ("reply_warning", "reply")


def move(request: ServiceRequest, action: str) -> None:
    """Take the step that the table allows. Raises Conflict where it allows none."""
    target = next_state(action, RequestState(request.state))
    if target is None:
        raise Conflict(
            "request-state",
            f"登记单处于“{request.state}”,不能这样做。",
            f"A request that is {request.state} cannot be {action}.",
            extra={"state": request.state},
        )
    request.state = target
    request.version += 1


def record(
    session: Session,
    kind: str,
    request: ServiceRequest,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any],
) -> None:
    """Write into the request's chain."""
    history.record(
        session, kind, subject_kind=SUBJECT, subject=request.number, by=by, at=at, data=data
    )


def stop_clocks(session: Session, request: ServiceRequest, at: dt.datetime) -> None:
    """The customer has heard from us, or nothing is owed any more (R-051)."""
    timers.stop(session, REPLY_CLOCKS, subject_kind=SUBJECT, subject=request.number, at=at)


def judged(
    session: Session,
    request: ServiceRequest,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any],
) -> None:
    """Somebody has judged it, and how (R-041)."""
    request.judged_by, request.judged_at = by.user_id, at
    record(session, "request.judged", request, by, at, data)
