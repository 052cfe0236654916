"""A call about what stands in the register already: on record, without a second slip (R-001)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.errors import Conflict
from server.estate import operations as estate
from server.history import Actor
from server.requests import changing
from server.requests import operations as requests
from server.requests.lifecycle import OPEN, RequestState
from server.requests.models import Reply, ServiceRequest
from server.requests.operations import Caller

#: What may still be added to: open, or with its order.
TAKES_MORE = OPEN | {RequestState.CONVERTED}


def called_again(
    session: Session,
    request: ServiceRequest,
    *,
    caller: Caller,
    content: str,
    channel: str,
    told: str,
    by: Actor,
    at: dt.datetime,
) -> Reply:
    """The customer calls again: who, what and how stand in the request's history, and what they
    were told is a reply (R-051).

    `told`: how it stands, as the desk said it during the call. Raises Conflict for a request that
    has ended, or of another unit; Invalid for an unknown unit.
    """
    unit = estate.find_unit(session, by.estate_id, caller.unit_code)
    if unit.id != request.unit_id or RequestState(request.state) not in TAKES_MORE:
        raise Conflict(
            "not-the-same-matter",
            f"不能并入 {request.number}:不是同一房号,或已结束。请另行登记。",
            f"{request.number} is of another unit or has ended. Register the call by itself.",
            extra={"state": request.state},
        )
    person = estate.person_for(
        session, unit, name=caller.name, phone=caller.phone, relation=caller.relation
    )
    changing.record(
        session,
        "request.called_again",
        request,
        by,
        at,
        {
            "text": content,
            "channel": channel,
            "name": person.name,
            "phone": person.phone,
            "relation": caller.relation,
        },
    )
    return requests.reply(session, request, channel=channel, text=told, by=by, at=at)


def join(
    session: Session, request: ServiceRequest, *, order: str, by: Actor, at: dt.datetime
) -> None:
    """SR8: it is done by an order under way for the same fault; the reply is owed as ever (R-051).

    Raises Conflict where the request is past that.
    """
    changing.move(request, "join")
    changing.record(session, "request.joined", request, by, at, {"order": order})
