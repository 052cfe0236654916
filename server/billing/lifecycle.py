"""Money after the slip, B1–B6, as a table over the states of an entry of the ledger. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntryState(StrEnum):
    """Where copy 3 of an order stands with finance."""

    UNBILLED = "unbilled"
    REGISTERED = "registered"
    REPORTED = "reported"
    APPROVED = "approved"
    NOTICED = "noticed"
    PAID = "paid"
    OVERDUE = "overdue"
    WAIVED = "waived"


class ReportState(StrEnum):
    """Where the charge report of a month stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class NoticeState(StrEnum):
    """Where a fee notice stands."""

    NOTICED = "noticed"
    PAID = "paid"
    OVERDUE = "overdue"


MONTHLY = "monthly_notice"
FREE = "free_of_charge"
#: paid to the technician or at the counter, before anything is registered (A-17)
AT_ONCE = ("cash", "transfer", "mobile_pay")
#: every way of paying, in the order of the ledger (A-17)
METHODS = (MONTHLY, *AT_ONCE, FREE)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row of the table: what is done, from which states, to which, and by which right."""

    id: str
    action: str
    sources: frozenset[EntryState]
    target: EntryState
    permission: str
    rule: str


_S = EntryState
_OPEN = frozenset({_S.UNBILLED, _S.REGISTERED})

STEPS: tuple[Step, ...] = (
    Step(
        id="B1",
        action="register",
        sources=frozenset({_S.UNBILLED}),
        target=_S.REGISTERED,
        permission="billing.register",
        rule="R-074",
    ),
    Step(
        id="B1",
        action="register_paid",
        sources=frozenset({_S.UNBILLED}),
        target=_S.PAID,
        permission="billing.register",
        rule="R-074",
    ),
    Step(
        id="B1",
        action="register_free",
        sources=frozenset({_S.UNBILLED}),
        target=_S.WAIVED,
        permission="billing.register",
        rule="R-074",
    ),
    Step(
        id="B2",
        action="report",
        sources=frozenset({_S.REGISTERED}),
        target=_S.REPORTED,
        permission="billing.register",
        rule="R-075",
    ),
    Step(
        id="B3",
        action="approve",
        sources=frozenset({_S.REPORTED}),
        target=_S.APPROVED,
        permission="billing.review",
        rule="R-075",
    ),
    Step(
        id="B3",
        action="give_back",
        sources=frozenset({_S.REPORTED, _S.APPROVED}),
        target=_S.REGISTERED,
        permission="billing.review",
        rule="R-075",
    ),
    Step(
        id="B4",
        action="notify",
        sources=frozenset({_S.APPROVED}),
        target=_S.NOTICED,
        permission="fee_notice.issue",
        rule="R-077",
    ),
    Step(
        id="B5",
        action="pay",
        sources=frozenset({_S.NOTICED, _S.OVERDUE}),
        target=_S.PAID,
        permission="fee_notice.issue",
        rule="R-077",
    ),
    Step(
        id="B5",
        action="fall_due",
        sources=frozenset({_S.NOTICED}),
        target=_S.OVERDUE,
        permission="fee_notice.issue",
        rule="R-009",
    ),
    # B6 says "any": what has been reported comes back first, for the month must still add up, and
    # what has been paid would be given back, not waived.
    Step(
        id="B6",
        action="waive",
        sources=_OPEN,
        target=_S.WAIVED,
        permission="order.approve_price",
        rule="R-062",
    ),
)
BY_ACTION: dict[str, Step] = {step.action: step for step in STEPS}

#: Registered, and not told to anybody above: the method may still be corrected (R-074).
CORRECTABLE = frozenset({_S.REGISTERED, _S.PAID, _S.WAIVED})
#: Finance is through with the order: what is left is the household's to do. What is paid by the
#: month goes on a notice first; nothing that comes to no charge stays `registered` (WO21).
SETTLED = frozenset({_S.NOTICED, _S.PAID, _S.OVERDUE, _S.WAIVED})
#: The household was told what it owes, or has paid it: that figure stands (R-077).
OUT = frozenset({_S.NOTICED, _S.OVERDUE, _S.PAID})
#: A report in one of these holds its month fast.
HOLDS_FAST = frozenset({ReportState.SUBMITTED, ReportState.APPROVED})


def allowed(action: str, state: EntryState) -> bool:
    """Whether `action` leads anywhere from `state`."""
    return state in BY_ACTION[action].sources


def after(action: str, state: EntryState) -> EntryState:
    """Where `action` leads from `state`. Raises ValueError where it does not lead anywhere."""
    if not allowed(action, state):
        raise ValueError(f"{action} from {state}")
    return BY_ACTION[action].target


def registering(method: str) -> str:
    """Which row of the table registers copy 3 that is paid in this way (R-074, A-17)."""
    if method == FREE:
        return "register_free"
    return "register_paid" if method in AT_ONCE else "register"


def proposed_method(stated: str, charge_fen: int) -> str:
    """How an order is paid as far as the slip tells: nothing is paid where nothing is charged."""
    if charge_fen == 0:
        return FREE
    return MONTHLY if stated == FREE else stated


def does_not_fit(method: str, charge_fen: int) -> bool:
    """Whether a way of paying contradicts the charge: free with a charge, or paid without one."""
    return (method == FREE) != (charge_fen == 0)


def billable(order_state: str, *, charge_fen: int, held: bool) -> bool:
    """Whether an order belongs in the ledger: what is closed, and of what was called off that for
    which a manager has left a charge or has still to decide (P-20)."""
    if order_state == "cancelled":
        return charge_fen > 0 or held
    return order_state in {"closed", "archived"}
