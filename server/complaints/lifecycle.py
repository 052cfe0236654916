"""The complaint's state machine C1–C16 as a table, asked by `decide`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.complaints.guards import GUARDS, Facts, Reason


class ComplaintState(StrEnum):
    """The states of a complaint."""

    RECORDED = "recorded"
    JUDGING = "judging"
    JUDGING_BY_MANAGER = "judging_by_manager"
    EXPLAINING = "explaining"
    HANDLING = "handling"
    GPM_HANDLING = "gpm_handling"
    VIA_SERVICE = "via_service"
    REFERRED_COMPANY = "referred_company"
    VERIFYING = "verifying"
    VISIT_PENDING = "visit_pending"
    RECTIFYING = "rectifying"
    CLOSED = "closed"
    ARCHIVED = "archived"


S = ComplaintState
OVER = frozenset({S.CLOSED, S.ARCHIVED})
OPEN = frozenset(S) - OVER
TO_JUDGE = frozenset({S.JUDGING, S.JUDGING_BY_MANAGER})
#: Somebody is doing something about it.
IN_HAND = frozenset({S.HANDLING, S.VIA_SERVICE, S.GPM_HANDLING, S.REFERRED_COMPANY})
#: By which way a complaint came (R-101).
CHANNELS = ("phone", "visit", "letter", "online", "petition", "other")
TARGETS = ("service", "staff", "facility", "cs_centre", "other")
MAJOR_REASONS = ("higher_authority", "reputation", "economic")
#: How somebody is asked again (R-122).
VISIT_METHODS = ("on_site", "phone", "other")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row: in one of `sources`, where `case` holds, `action` leads to `target`.

    Without a target the state stays as it is.
    """

    id: str
    action: str
    sources: frozenset[ComplaintState]
    target: ComplaintState | None
    case: str | None = None
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why an action is not possible."""

    reasons: tuple[Reason, ...]
    #: the state itself forbids it
    by_state: bool


STEPS: tuple[Step, ...] = (
    Step(id="C1", action="record", sources=frozenset(), target=S.JUDGING),
    Step(id="C1", action="relay", sources=frozenset(), target=S.RECORDED),
    Step(id="C2", action="take_on", sources=frozenset({S.RECORDED}), target=S.JUDGING),
    Step(id="C2", action="retarget", sources=TO_JUDGE, target=None),
    Step(id="C3", action="judge_invalid", sources=TO_JUDGE, target=S.EXPLAINING),
    Step(id="C4", action="explain", sources=frozenset({S.EXPLAINING}), target=None),
    Step(
        id="C4",
        action="close_explained",
        sources=frozenset({S.EXPLAINING}),
        target=S.CLOSED,
        guards=("explained",),
    ),
    Step(
        id="C5",
        action="hand_to_manager",
        sources=frozenset({S.JUDGING}),
        target=S.JUDGING_BY_MANAGER,
    ),
    Step(
        id="C6",
        action="judge_valid",
        sources=TO_JUDGE,
        target=S.HANDLING,
        guards=("no_petition", "handler_named", "target_date"),
    ),
    Step(
        id="C7",
        action="judge_service",
        sources=TO_JUDGE,
        target=S.VIA_SERVICE,
        guards=("no_petition", "order_linked", "order_theirs", "order_ahead"),
    ),
    Step(
        id="C8",
        action="judge_major",
        sources=TO_JUDGE,
        target=S.GPM_HANDLING,
        guards=("order_theirs",),
    ),
    Step(
        id="WO1",
        action="issue_order",
        sources=TO_JUDGE | {S.VIA_SERVICE},
        target=None,
        guards=("no_order_running",),
    ),
    Step(id="C9", action="refer", sources=frozenset({S.GPM_HANDLING}), target=S.REFERRED_COMPANY),
    Step(
        id="C10",
        action="report_done",
        sources=frozenset({S.VIA_SERVICE}),
        target=S.VERIFYING,
        guards=("order_over",),
    ),
    Step(id="C10", action="report_done", sources=IN_HAND - {S.VIA_SERVICE}, target=S.VERIFYING),
    Step(id="C11", action="tell", sources=OPEN, target=None),
    Step(id="C11", action="note", sources=OPEN, target=None),
    Step(id="C12", action="verify", sources=frozenset({S.VERIFYING}), target=S.VISIT_PENDING),
    Step(
        id="C12",
        action="reject",
        sources=frozenset({S.VERIFYING}),
        target=S.REFERRED_COMPANY,
        case="referred",
    ),
    Step(
        id="C12",
        action="reject",
        sources=frozenset({S.VERIFYING}),
        target=S.GPM_HANDLING,
        case="major",
    ),
    Step(
        id="C12",
        action="reject",
        sources=frozenset({S.VERIFYING}),
        target=S.VIA_SERVICE,
        case="via_order",
    ),
    Step(id="C12", action="reject", sources=frozenset({S.VERIFYING}), target=S.HANDLING),
    Step(
        id="C13",
        action="visited_satisfied",
        sources=frozenset({S.VISIT_PENDING}),
        target=S.CLOSED,
        guards=("major_on_site",),
    ),
    Step(
        id="C14",
        action="visited_dissatisfied",
        sources=frozenset({S.VISIT_PENDING}),
        target=S.RECTIFYING,
        guards=("major_on_site", "owner_named", "dated"),
    ),
    Step(id="C14", action="rectified", sources=frozenset({S.RECTIFYING}), target=S.VERIFYING),
    Step(id="C16", action="archive", sources=frozenset({S.CLOSED}), target=S.ARCHIVED),
)
ACTIONS = frozenset(step.action for step in STEPS)

#: What decides between rows of one action; the first row whose case holds is taken.
CASES: Mapping[str, Callable[[Facts], bool]] = {
    "referred": lambda facts: facts.referred,
    "major": lambda facts: facts.major,
    "via_order": lambda facts: facts.order_linked,
}


def decide(action: str, state: ComplaintState, facts: Facts) -> Step | Refusal:
    """The one row by which `action` goes on from `state`, or why it does not.

    Raises KeyError for an action that is not in the table.
    """
    if action not in ACTIONS:
        raise KeyError(action)
    for row in STEPS:
        if row.action != action or state not in row.sources:
            continue
        if row.case is not None and not CASES[row.case](facts):
            continue
        found = (GUARDS[name](facts) for name in row.guards)
        reasons = tuple(reason for reason in found if reason is not None)
        return Refusal(reasons=reasons, by_state=False) if reasons else row
    return Refusal(
        reasons=(
            Reason(
                slug="complaint-state",
                rule="+".join(sorted({row.id for row in STEPS if row.action == action})),
                zh="投诉现在的状态不能这样做。",
                en=f"A complaint that is {state.value} cannot go on by this.",
            ),
        ),
        by_state=True,
    )


def possible(action: str, state: ComplaintState) -> bool:
    """Whether the table has a row for this at all, whatever its guards say."""
    return any(row.action == action and state in row.sources for row in STEPS)
