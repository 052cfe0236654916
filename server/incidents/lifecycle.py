"""Incidents PA1–PA4 and damage DM1–DM2 as tables: state, action → state, who, what is missing. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Fields = Mapping[str, list[str]]
REQUIRED = "必填 required"
COMES_FIRST = "重大事件须先有负责人员到场 the responsible staff have to arrive first"
#: The four parts of the analysis of a damage (X-024).
PARTS = ("technology", "cost", "risk", "opinion")


class IncidentState(StrEnum):
    """The states of an incident."""

    FOUND = "found"
    NOTIFIED = "notified"
    DEPT_ARRIVED = "dept_arrived"
    HANDLED = "handled"
    REPORTED = "reported"
    RAISED = "raised"
    CLOSED = "closed"


class DamageState(StrEnum):
    """The states of a damage report."""

    REPORTED = "reported"
    ASSESSING = "assessing"
    NEGOTIATING = "negotiating"
    SETTLED = "settled"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is known when an action is asked for; what was not said is empty."""

    major: bool = False
    arrived_at: dt.datetime | None = None
    handled_text: str = ""
    superior_report: str = ""
    decision: str = ""
    #: part of the analysis -> what was found
    analysis: Mapping[str, str] = field(default_factory=dict)
    claim_fen: int | None = None
    amount_fen: int | None = None
    agreement: str = ""
    signer_name: str = ""


Guard = Callable[[Said], Fields]
S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Step(Generic[S]):
    """One row: in one of `sources`, `action` leads to `target` where `guard` misses nothing."""

    id: str
    action: str
    sources: frozenset[S]
    target: S
    permission: str
    guard: Guard | None = None
    rule: str


def _wanted(**told: str | int | dt.datetime | None) -> Fields:
    """Every field that says nothing; nought is an amount."""
    return {
        name: [REQUIRED]
        for name, value in told.items()
        if value is None or (isinstance(value, str) and not value.strip())
    }


def somebody_came(said: Said) -> Fields:
    """PA2: the responsible staff have arrived."""
    return _wanted(dept_arrived_at=said.arrived_at)


def it_is_said_what_was_done(said: Said) -> Fields:
    """PA3: how it was put right."""
    return _wanted(handled_text=said.handled_text)


def the_superior_was_told(said: Said) -> Fields:
    """R-028: nothing is closed before the superior knows what happened."""
    return _wanted(superior_report=said.superior_report)


def the_superior_knows_and_somebody_came(said: Said) -> Fields:
    """R-028, R-029: what it was; and no major one ends before the responsible staff were there."""
    alone = said.major and said.arrived_at is None
    first = {"dept_arrived_at": [COMES_FIRST]} if alone else {}
    return {**the_superior_was_told(said), **first}


def the_superior_says_why(said: Said) -> Fields:
    """PA4: a decision has its words."""
    return _wanted(decision=said.decision)


def all_four_parts(said: Said) -> Fields:
    """X-024: technology, cost, risk and opinion, and what the customer asks for."""
    return _wanted(
        **{part: said.analysis.get(part, "") for part in PARTS}, claim_fen=said.claim_fen
    )


def agreed_and_signed(said: Said) -> Fields:
    """DM2: an amount (nought where nothing is paid), the agreement, and who signed it."""
    return _wanted(
        amount_fen=said.amount_fen, agreement=said.agreement, signer_name=said.signer_name
    )


In, Da = IncidentState, DamageState

INCIDENT: tuple[Step[IncidentState], ...] = (
    Step(
        id="PA1",
        action="notify",
        sources=frozenset({In.FOUND}),
        target=In.NOTIFIED,
        permission="incident.report",
        rule="R-026",
    ),
    Step(
        id="PA2",
        action="arrive",
        sources=frozenset({In.NOTIFIED}),
        target=In.DEPT_ARRIVED,
        permission="incident.handle",
        guard=somebody_came,
        rule="R-027",
    ),
    Step(
        id="PA3",
        action="handle",
        sources=frozenset({In.DEPT_ARRIVED}),
        target=In.HANDLED,
        permission="incident.handle",
        guard=it_is_said_what_was_done,
        rule="R-028",
    ),
    Step(
        id="PA3",
        action="report",
        sources=frozenset({In.HANDLED}),
        target=In.REPORTED,
        permission="incident.report",
        guard=the_superior_was_told,
        rule="R-028",
    ),
    Step(
        id="PA4",
        action="raise",
        sources=frozenset({In.REPORTED}),
        target=In.RAISED,
        permission="incident.decide",
        guard=the_superior_says_why,
        rule="R-028",
    ),
    Step(
        id="PA4",
        action="close",
        sources=frozenset({In.REPORTED, In.RAISED}),
        target=In.CLOSED,
        permission="incident.decide",
        guard=the_superior_says_why,
        rule="R-028",
    ),
    # The superior was told by word of mouth and wants nothing more: he reports and ends in one.
    Step(
        id="PA4",
        action="report_and_close",
        sources=frozenset({In.NOTIFIED, In.DEPT_ARRIVED, In.HANDLED}),
        target=In.CLOSED,
        permission="incident.decide",
        guard=the_superior_knows_and_somebody_came,
        rule="R-028",
    ),
)

DAMAGE: tuple[Step[DamageState], ...] = (
    Step(
        id="DM2",
        action="assess",
        sources=frozenset({Da.REPORTED, Da.ASSESSING}),
        target=Da.ASSESSING,
        permission="damage.settle",
        rule="R-063",
    ),
    Step(
        id="DM2",
        action="negotiate",
        sources=frozenset({Da.ASSESSING, Da.NEGOTIATING}),
        target=Da.NEGOTIATING,
        permission="damage.settle",
        guard=all_four_parts,
        rule="R-063",
    ),
    Step(
        id="DM2",
        action="settle",
        sources=frozenset({Da.NEGOTIATING}),
        target=Da.SETTLED,
        permission="damage.settle",
        guard=agreed_and_signed,
        rule="R-063",
    ),
)


def next_state(table: tuple[Step[S], ...], action: str, state: S) -> Step[S] | None:
    """The row that `action` takes from `state`; None where it is refused.

    Raises KeyError for an action that is not in the table: that is a mistake of the caller.
    """
    rows = [step for step in table if step.action == action]
    if not rows:
        raise KeyError(action)
    return next((step for step in rows if state in step.sources), None)


def possible(table: tuple[Step[S], ...], state: S) -> frozenset[str]:
    """The actions that the table knows for this state."""
    return frozenset(step.action for step in table if state in step.sources)


def missing(step: Step[S], said: Said) -> Fields:
    """What the guard of a row misses, by field; empty where nothing is."""
    return step.guard(said) if step.guard else {}


def left_early(arrived_at: dt.datetime | None, left_at: dt.datetime | None) -> bool:
    """PA2: whether the discoverer left before the responsible staff had arrived (R-027, K-21)."""
    return left_at is not None and (arrived_at is None or left_at < arrived_at)
