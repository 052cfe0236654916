"""SR2: what was asked for turns out to be a complaint."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.history import Actor
from server.requests import changing
from server.requests.models import ServiceRequest


def judge_to_complaint(
    session: Session,
    request: ServiceRequest,
    *,
    target: str,
    apology: bool = False,
    improvement: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """SR2: it is a complaint; a reaction opens it with the same data (R-033, R-144, R-145).

    The complaint keeps the apology, what `improvement` was told of, and who judged (R-102, R-103,
    R-105). Raises Conflict for a request that was judged already.
    """
    changing.move(request, "to_complaint")
    request.kind = "complaint"
    changing.judged(session, request, by, at, {"outcome": "to_complaint"})
    told = {
        "target": target,
        "apology": apology,
        "improvement": improvement,
        "judged_by": str(by.user_id) if by.user_id else None,
    }
    changing.record(session, "request.judged_to_complaint", request, by, at, told)
