"""The work order's state machine WO1–WO22 as one printable table. Pure.

A row says: from these states, this action leads to that state, for whoever holds this
permission, when every named guard has nothing against it. Where several rows share action and
source, `case` picks one. `target` None means: the state stays, the version rises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.work_orders.states import IN_THE_FIELD, State

S = State


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of the table."""

    id: str
    action: str
    sources: frozenset[State]
    target: State | None
    permission: str
    guards: tuple[str, ...] = ()
    case: str | None = None
    #: history kind that is written
    event: str
    #: goes back to where it was suspended from
    returns: bool = False


def _row(
    row_id: str,
    action: str,
    sources: Iterable[State],
    target: State | None,
    permission: str,
    event: str,
    *guards: str,
    case: str | None = None,
    returns: bool = False,
) -> Transition:
    return Transition(
        id=row_id,
        action=action,
        sources=frozenset(sources),
        target=target,
        permission=permission,
        guards=guards,
        case=case,
        event=event,
        returns=returns,
    )


FIELD = "order.fieldwork"

TRANSITIONS: tuple[Transition, ...] = (
    _row("WO1", "issue", (), S.CREATED, "order.issue", "order.issued"),
    _row(
        "WO2",
        "dispatch",
        [S.CREATED],
        S.DISPATCHED,
        "order.dispatch",
        "order.dispatched",
        "qualified",
        "checklist_attached",
        "slot_confirmed",
    ),
    _row(
        "WO3",
        "acknowledge",
        [S.DISPATCHED],
        S.ACKNOWLEDGED,
        FIELD,
        "order.acknowledged",
        "own_order",
    ),
    _row(
        "WO4",
        "recall",
        [S.DISPATCHED, S.ACKNOWLEDGED],
        S.CREATED,
        "order.recall",
        "order.recalled",
        "reason_given",
    ),
    _row(
        "WO4",
        "return",
        [S.DISPATCHED, S.ACKNOWLEDGED],
        S.CREATED,
        FIELD,
        "order.returned",
        "own_order",
        "reason_given",
    ),
    _row("WO5", "arrive", [S.ACKNOWLEDGED], S.ON_SITE, FIELD, "order.arrived", "own_order"),
    _row(
        "WO6",
        "inspect",
        [S.ON_SITE, S.QUOTED, S.IN_PROGRESS],
        None,
        FIELD,
        "order.inspected",
        "own_order",
    ),
    _row(
        "P-06",
        "request_price",
        [S.ON_SITE, S.QUOTED, S.IN_PROGRESS],
        None,
        FIELD,
        "price.requested",
        "own_order",
        "reason_given",
    ),
    _row(
        "WO6",
        "quote",
        [S.ON_SITE, S.QUOTED],
        S.QUOTED,
        FIELD,
        "order.quoted",
        "own_order",
        "inspected",
        "on_the_price_list",
        "total_agrees",
    ),
    _row(
        "WO7",
        "confirm_quote",
        [S.QUOTED],
        S.IN_PROGRESS,
        FIELD,
        "quote.confirmed",
        "own_order",
        "quote_given",
        "price_signed",
    ),
    _row(
        "WO7",
        "confirm_remotely",
        [S.QUOTED],
        S.IN_PROGRESS,
        "order.confirm",
        "quote.confirmed",
        "quote_given",
        "price_signed",
    ),
    _row(
        "WO8",
        "quote",
        [S.IN_PROGRESS],
        S.QUOTED,
        FIELD,
        "order.quoted",
        "own_order",
        "inspected",
        "on_the_price_list",
        "total_agrees",
    ),
    _row(
        "WO9",
        "request_cancel",
        [S.DISPATCHED, S.ACKNOWLEDGED, S.ON_SITE, S.QUOTED],
        S.CANCEL_PENDING,
        FIELD,
        "order.cancel_requested",
        "own_order",
        "reason_given",
    ),
    _row(
        "WO10",
        "request_cancel",
        [S.IN_PROGRESS],
        S.CANCEL_PENDING,
        FIELD,
        "order.cancel_requested",
        "own_order",
        "reason_given",
    ),
    _row(
        "WO9",
        "cancel",
        [S.CREATED, S.DISPATCHED, S.ACKNOWLEDGED, S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.SUSPENDED],
        S.CANCEL_PENDING,
        "order.recall",
        "order.cancel_requested",
        "reason_given",
        "hazard_cancelled_by_manager",
    ),
    _row(
        "WO11",
        "write_off",
        [S.CANCEL_PENDING],
        S.CANCELLED,
        "order.write_off",
        "order.written_off",
        "slip_handed_in",
        "stock_settled",
    ),
    _row(
        "WO12",
        "suspend",
        [S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.REWORK],
        S.SUSPENDED,
        FIELD,
        "order.suspended",
        "own_order",
        "reason_given",
    ),
    _row(
        "WO12",
        "resume",
        [S.SUSPENDED],
        None,
        FIELD,
        "order.resumed",
        "own_order",
        "hazard_cleared_by_manager",
        returns=True,
    ),
    _row(
        "P-22",
        "clear_hazard",
        [S.SUSPENDED],
        None,
        "order.decide",
        "order.resumed",
        "hazard_cleared_by_manager",
        returns=True,
    ),
    _row(
        "P-22",
        "alarm",
        IN_THE_FIELD - {S.CANCEL_PENDING},
        S.SUSPENDED,
        FIELD,
        "hazard.alarm",
        "own_order",
    ),
    _row(
        "P-19",
        "hand_over",
        [S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.REWORK, S.SUSPENDED],
        None,
        "order.dispatch",
        "order.handed_over",
        "qualified",
        "reason_given",
    ),
    _row(
        "WO13",
        "ready",
        [S.IN_PROGRESS],
        S.AWAITING_ACCEPTANCE,
        FIELD,
        "order.ready",
        "own_order",
        "no_hazard",
        "evidence_complete",
    ),
    _row(
        "WO14",
        "accept",
        [S.AWAITING_ACCEPTANCE],
        S.ACCEPTED,
        FIELD,
        "order.accepted",
        "own_order",
        "tried_and_signed",
    ),
    _row(
        "WO15",
        "reject",
        [S.AWAITING_ACCEPTANCE],
        S.REWORK,
        FIELD,
        "order.rework",
        "own_order",
        "apologised",
        "reason_given",
        case="first_time",
    ),
    _row(
        "WO16",
        "ready",
        [S.REWORK],
        S.AWAITING_ACCEPTANCE,
        FIELD,
        "order.ready",
        "own_order",
        "no_hazard",
        "redone",
        "evidence_complete",
    ),
    _row(
        "WO17",
        "reject",
        [S.AWAITING_ACCEPTANCE],
        S.REWORK,
        FIELD,
        "order.rework",
        "own_order",
        "apologised",
        "reason_given",
        case="second_time",
    ),
    _row(
        "WO18",
        "reject",
        [S.AWAITING_ACCEPTANCE],
        S.ESCALATED,
        FIELD,
        "order.escalated",
        "own_order",
        "apologised",
        "reason_given",
        case="from_third_time",
    ),
    _row(
        "WO18",
        "refuse_signature",
        [S.AWAITING_ACCEPTANCE],
        S.ESCALATED,
        FIELD,
        "order.escalated",
        "own_order",
        "reason_given",
        "witnessed",
    ),
    _row(
        "WO19",
        "decide_rework",
        [S.ESCALATED],
        S.REWORK,
        "order.decide",
        "order.decided",
        "reason_given",
        "qualified",
    ),
    _row(
        "WO19",
        "decide_accept",
        [S.ESCALATED],
        S.ACCEPTED,
        "order.decide",
        "order.decided",
        "reason_given",
    ),
    _row(
        "WO20",
        "write_off",
        [S.ACCEPTED],
        S.CLOSED,
        "order.write_off",
        "order.written_off",
        "slip_handed_in",
        "stock_settled",
        "signature_arrived",
    ),
    _row(
        "WO21",
        "archive",
        [S.CLOSED],
        S.ARCHIVED,
        "order.archive",
        "order.archived",
        "visited_and_reconciled",
    ),
    _row(
        "WO22",
        "void",
        [S.CREATED, S.DISPATCHED],
        S.VOID,
        "order.void",
        "order.voided",
        "reason_given",
    ),
)

ACTIONS = frozenset(row.action for row in TRANSITIONS)
