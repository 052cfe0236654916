"""Names of the work order's states, and the groups that rules speak of."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """States of domain.md 1.5."""

    CREATED = "created"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    ON_SITE = "on_site"
    QUOTED = "quoted"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    REWORK = "rework"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    ARCHIVED = "archived"
    CANCEL_PENDING = "cancel_pending"
    CANCELLED = "cancelled"
    VOID = "void"


TERMINAL = frozenset({State.ARCHIVED, State.CANCELLED, State.VOID})
#: The warranty code of an order that a manager made free of charge.
GOODWILL = "goodwill"
#: Nothing about these changes any more, not even the charge.
READ_ONLY = frozenset({State.ARCHIVED, State.VOID})
#: On a technician's handheld. After write-off only steps that QA sent back bring an order back.
IN_THE_FIELD = frozenset(State) - TERMINAL - {State.CREATED, State.CLOSED}
#: In which checklist steps are recorded in the ordinary course.
AT_WORK = frozenset({State.ON_SITE, State.QUOTED, State.IN_PROGRESS, State.REWORK})
#: From which hands an order may pass to another technician (P-19).
TRANSFERABLE = AT_WORK | {State.SUSPENDED}
