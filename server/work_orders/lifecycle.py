"""The work order's state machine WO1–WO22 (domain.md 2.1.2) as one printable table. Pure.

A row says: from these states, this action leads to that state, for whoever holds this
permission, when every named guard has nothing against it. Where several rows share action and
source, `case` picks one. `target` None means: the state stays, the version rises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from server.work_orders.guards import CASES, GUARDS, Facts, Reason
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


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why an action is not possible: no row for this state, or guards that object."""

    reasons: tuple[Reason, ...]
    #: the state itself forbids it: whoever acted saw an older order
    by_state: bool


def decide(action: str, state: State, facts: Facts) -> Transition | Refusal:
    """The one row by which `action` goes on from `state`, or why it does not.

    Raises KeyError for an action that is not in the table.
    """
    if action not in ACTIONS:
        raise KeyError(action)
    rows = [row for row in TRANSITIONS if row.action == action and state in row.sources]
    for row in rows:
        if row.case is not None and not CASES[row.case](facts):
            continue
        reasons = tuple(reason for name in row.guards for reason in GUARDS[name](facts))
        return Refusal(reasons=reasons, by_state=False) if reasons else row
    wrong_state = Reason(
        slug="wrong-state",
        rule="+".join(sorted({row.id for row in TRANSITIONS if row.action == action})),
        zh=f"工单处于“{LABELS_ZH[state]}”,不能{ACTION_LABELS_ZH[action]}。",
        en=f"An order that is {state} cannot {action.replace('_', ' ')}.",
    )
    return Refusal(reasons=(wrong_state,), by_state=True)


def printable() -> Iterator[tuple[str, str, str, str, str, str]]:
    """The table as text: id, from, action, to, permission, guards."""
    for row in TRANSITIONS:
        sources = " ".join(sorted(row.sources)) or "–"
        target = "(resumes)" if row.returns else (row.target or "(stays)")
        guards = ", ".join((*((row.case,) if row.case else ()), *row.guards))
        yield row.id, sources, row.action, target, row.permission, guards


def with_target(row: Transition, target: State) -> Transition:
    """The row with the state it really leads to (resuming goes back to where it was)."""
    return replace(row, target=target)


LABELS_ZH: dict[State, str] = {
    S.CREATED: "已开单",
    S.DISPATCHED: "已派工",
    S.ACKNOWLEDGED: "已接单",
    S.ON_SITE: "已到场",
    S.QUOTED: "已报价",
    S.IN_PROGRESS: "施工中",
    S.SUSPENDED: "已暂停",
    S.AWAITING_ACCEPTANCE: "待客户验收",
    S.REWORK: "返工中",
    S.ESCALATED: "已上报",
    S.ACCEPTED: "已验收签名",
    S.CLOSED: "已核销",
    S.ARCHIVED: "已归档",
    S.CANCEL_PENDING: "取消待核销",
    S.CANCELLED: "已取消",
    S.VOID: "已作废",
}

ACTION_LABELS_ZH: dict[str, str] = {
    "issue": "开单",
    "dispatch": "派工",
    "acknowledge": "接单",
    "recall": "召回",
    "return": "退单",
    "arrive": "到场",
    "inspect": "勘查",
    "quote": "报价",
    "confirm_quote": "确认价格",
    "request_cancel": "申请取消",
    "cancel": "取消",
    "write_off": "核销",
    "suspend": "暂停",
    "resume": "恢复",
    "clear_hazard": "解除隐患",
    "alarm": "报警",
    "hand_over": "转单",
    "ready": "报完工",
    "accept": "验收",
    "reject": "拒收",
    "refuse_signature": "记录拒签",
    "decide_rework": "决定返工",
    "decide_accept": "决定结单",
    "archive": "归档",
    "void": "作废",
}
