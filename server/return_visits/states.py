"""The states of a return visit, and which of them mean what (RV1–RV7)."""

from __future__ import annotations

#: What history and alerts call a visit.
SUBJECT = "visit"

PENDING = "pending"
ASSIGNED = "assigned"
SATISFIED = "satisfied"
#: only where a complaint's visit passes through it; an order's goes on to `rectifying` at once
DISSATISFIED = "dissatisfied"
UNREACHABLE = "unreachable"
RECTIFYING = "rectifying"
DONE = "done"

STATES = (PENDING, ASSIGNED, SATISFIED, DISSATISFIED, UNREACHABLE, RECTIFYING, DONE)
#: Still to be made, the second round after a correction included.
OPEN = frozenset({PENDING, ASSIGNED, DISSATISFIED, RECTIFYING})
#: Made, and the customer is satisfied; `unreachable` is over but never counts as made (P-11).
MADE = frozenset({SATISFIED, DONE})
#: Nothing of it is still to be done: made, or closed by the manager as out of reach (RV4).
OVER = MADE | {UNREACHABLE}
