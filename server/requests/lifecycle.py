"""The service request's state machine SR1–SR11 as a table. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RequestState(StrEnum):
    """The states of a request."""

    REGISTERED = "registered"
    TIME_PENDING = "time_pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CONVERTED = "converted"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"
    TO_COMPLAINT = "to_complaint"


S = RequestState
OPEN = frozenset({S.REGISTERED, S.TIME_PENDING, S.ACCEPTED})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row: in one of `sources`, `action` leads to `target` (None: stays as it is)."""

    id: str
    action: str
    sources: frozenset[RequestState]
    target: RequestState | None
    permission: str


STEPS: tuple[Step, ...] = (
    Step(
        id="SR1",
        action="register",
        sources=frozenset(),
        target=S.REGISTERED,
        permission="request.register",
    ),
    Step(
        id="SR2",
        action="to_complaint",
        sources=frozenset({S.REGISTERED}),
        target=S.TO_COMPLAINT,
        permission="request.judge",
    ),
    Step(
        id="SR3",
        action="answered",
        sources=frozenset({S.REGISTERED}),
        target=S.ANSWERED,
        permission="request.judge",
    ),
    Step(
        id="SR4",
        action="accepted",
        sources=frozenset({S.REGISTERED}),
        target=S.ACCEPTED,
        permission="request.judge",
    ),
    Step(
        id="SR5",
        action="time_pending",
        sources=frozenset({S.REGISTERED}),
        target=S.TIME_PENDING,
        permission="request.judge",
    ),
    Step(
        id="SR6",
        action="confirm_time",
        sources=frozenset({S.TIME_PENDING}),
        target=S.ACCEPTED,
        permission="request.judge",
    ),
    Step(
        id="SR6",
        action="refuse_time",
        sources=frozenset({S.TIME_PENDING}),
        target=S.WITHDRAWN,
        permission="request.judge",
    ),
    Step(
        id="SR7",
        action="declined",
        sources=frozenset({S.REGISTERED}),
        target=S.DECLINED,
        permission="request.judge",
    ),
    Step(
        id="SR8",
        action="issue",
        sources=frozenset({S.ACCEPTED}),
        target=S.CONVERTED,
        permission="order.issue",
    ),
    # One order for many households: the request goes onto it instead of a slip of its own.
    Step(
        id="SR8",
        action="join",
        sources=frozenset({S.REGISTERED, S.ACCEPTED}),
        target=S.CONVERTED,
        permission="order.issue",
    ),
    Step(id="SR9", action="withdraw", sources=OPEN, target=S.WITHDRAWN, permission="request.judge"),
    Step(
        id="SR10",
        action="announce",
        sources=frozenset({S.DECLINED}),
        target=None,
        permission="price_list.publish",
    ),
    Step(
        id="SR11",
        action="notify_finance",
        sources=frozenset(S),
        target=None,
        permission="request.register",
    ),
)

BY_ACTION: dict[str, Step] = {step.action: step for step in STEPS}


def next_state(action: str, state: RequestState) -> RequestState | None:
    """The state that `action` leads to; None where it is not possible now.

    Raises KeyError for an action that is not in the table.
    """
    step = BY_ACTION[action]
    if state not in step.sources:
        return None
    return step.target or state
