"""What may happen to an order next: the table of transitions asked, its guards heard. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.work_orders.guards import CASES, GUARDS, Facts, Reason
from server.work_orders.labels import ACTION_LABELS_ZH, LABELS_ZH
from server.work_orders.states import State
from server.work_orders.transitions import ACTIONS, TRANSITIONS, Transition


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
