"""Which events neighbour systems may ask to hear of, and how they are told. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

#: Kinds of history. What is told names the subject; details are asked for over the API, by whoever
#: may see them.
KINDS: frozenset[str] = frozenset(
    {
        "request.registered",
        "order.issued",
        "order.dispatched",
        "order.accepted",
        "order.written_off",
        "order.voided",
        "order.escalated",
        "complaint.recorded",
        "complaint.closed",
        "visit.made",
        "incident.found",
    }
)
#: Tells that a neighbour hears us; sent by hand.
PING = "ping"


def payload(kind: str, subject_kind: str, subject: str, at: dt.datetime) -> dict[str, Any]:
    """The body of a message: nothing about a person, only what happened to what and when."""
    return {
        "type": kind,
        "timestamp": at.astimezone(dt.UTC).isoformat(),
        "data": {"subject_kind": subject_kind, "number": subject},
    }
