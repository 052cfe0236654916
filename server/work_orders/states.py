"""Names of the work order's states, and the groups that rules speak of."""

from __future__ import annotations

from contracts.vocabulary import OrderState as State

__all__ = [
    "AT_WORK",
    "GOODWILL",
    "IN_THE_FIELD",
    "JOINABLE",
    "READ_ONLY",
    "STILL_TO_VISIT",
    "TERMINAL",
    "State",
]

TERMINAL = frozenset({State.ARCHIVED, State.CANCELLED, State.VOID})
#: The warranty code of an order that a manager made free of charge.
GOODWILL = "goodwill"
#: Nothing about these changes any more, not even the charge.
READ_ONLY = frozenset({State.ARCHIVED, State.VOID})
#: On a technician's handheld. After write-off only steps that QA sent back bring an order back.
IN_THE_FIELD = frozenset(State) - TERMINAL - {State.CREATED, State.CLOSED}
#: Still being worked on: a household with the same fault is helped by joining.
JOINABLE = frozenset(State) - TERMINAL - {State.ACCEPTED, State.CLOSED, State.CANCEL_PENDING}
#: In which checklist steps are recorded in the ordinary course.
AT_WORK = frozenset({State.ON_SITE, State.QUOTED, State.IN_PROGRESS, State.REWORK})
#: The customer still expects the technician.
STILL_TO_VISIT = frozenset({State.DISPATCHED, State.ACKNOWLEDGED, State.SUSPENDED, State.REWORK})
