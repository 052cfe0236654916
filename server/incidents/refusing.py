"""Asking the tables of `lifecycle`, and refusing in words."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from server.errors import Conflict, Invalid
from server.incidents import lifecycle
from server.incidents.lifecycle import Said, Step

S = TypeVar("S", bound=StrEnum)


def asked(table: tuple[Step[S], ...], action: str, state: S, said: Said) -> Step[S]:
    """The row that `action` takes. Raises Conflict in another state, Invalid for what is missing."""
    step = lifecycle.next_state(table, action, state)
    if step is None:
        raise Conflict(
            "already-closed" if state in {"closed", "settled"} else "not-in-this-state",
            "已经了结。" if state in {"closed", "settled"} else "现在的状态不能这样做。",
            "It is closed already."
            if state in {"closed", "settled"}
            else "That is not possible in its present state.",
            rule=next(row.rule for row in table if row.action == action),
            extra={"state": state.value},
        )
    fields = lifecycle.missing(step, said)
    if fields:
        told = "superior_report" in fields
        raise Invalid(
            "superior-report-missing" if told else "something-missing",
            "须先向上级报告。" if told else "还缺少必填的内容。",
            "The report to the superior comes first." if told else "Something is still missing.",
            rule=step.rule,
            errors=dict(fields),
        )
    return step
