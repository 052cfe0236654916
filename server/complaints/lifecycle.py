"""The complaint's state machine C1–C16 as a table, asked by `decide`. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


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
class Facts:
    """What the guards look at: what stands on the record, and what is being said now."""

    channel: str = "phone"
    major: bool = False
    referred: bool = False
    #: an explanation stands on the record, or is being given
    explained: bool = False
    has_handler: bool = False
    target_on: dt.date | None = None
    order_linked: bool = False
    #: the linked order is over, however it ended
    order_over: bool = False
    #: the order that is being named is of the complainant's dwelling, or one that it has joined
    order_theirs: bool = True
    #: and is still to be done
    order_ahead: bool = True
    #: how the complainant is being visited
    method: str | None = None
    #: who puts it right, and by when
    has_owner: bool = False
    due_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something cannot be done, in both languages."""

    slug: str
    rule: str | None
    zh: str
    en: str
    #: the field that is missing or wrong, where it is one
    field: str | None = None


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


def explained(facts: Facts) -> Reason | None:
    """R-110: an invalid complaint closes with the explanation that was given."""
    if facts.explained:
        return None
    return Reason(
        slug="not-explained",
        rule="R-110",
        zh="先礼貌地说明理由并记录,才能结案。",
        en="Explain politely, and record it, before it is closed.",
        field="text",
    )


def no_petition(facts: Facts) -> Reason | None:
    """R-108: a valid complaint that went to a higher authority is major, and nothing less."""
    if facts.channel != "petition":
        return None
    return Reason(
        slug="petition-is-major",
        rule="R-108",
        zh="上访且有效的投诉一律为重大投诉。",
        en="A petition that is valid is a major complaint.",
        field="major",
    )


def handler_named(facts: Facts) -> Reason | None:
    """C6: somebody deals with it."""
    if facts.has_handler:
        return None
    return Reason(
        slug="no-handler",
        rule="R-106",
        zh="请指定处理人。",
        en="Name who deals with it.",
        field="handler",
    )


def target_date(facts: Facts) -> Reason | None:
    """C6: and by when."""
    if facts.target_on is not None:
        return None
    return Reason(
        slug="no-target-date",
        rule="R-106",
        zh="请定下处理期限。",
        en="Set a day by which it is dealt with.",
        field="target_on",
    )


def order_linked(facts: Facts) -> Reason | None:
    """R-114: what is about a paid service runs through the service procedure, with its order."""
    if facts.order_linked:
        return None
    return Reason(
        slug="no-order",
        rule="R-114",
        zh="转特约服务须关联工单。",
        en="It runs through the service procedure by an order; name it.",
        field="order",
    )


def order_theirs(facts: Facts) -> Reason | None:
    """R-114: what somebody complains of is put right where they live."""
    if facts.order_theirs:
        return None
    return Reason(
        slug="order-of-another-unit",
        rule="R-114",
        zh="关联的工单不是这一户的。",
        en="The order is not of this dwelling.",
        field="order",
    )


def order_ahead(facts: Facts) -> Reason | None:
    """R-114, A-28: the order that was complained of puts nothing right; one still to be done does."""
    if facts.order_ahead:
        return None
    return Reason(
        slug="order-over-already",
        rule="R-114",
        zh="这张工单已经结束;请另开返工工单再关联。",
        en="That order is over already; issue one that puts it right, and name that.",
        field="order",
    )


def order_over(facts: Facts) -> Reason | None:
    """R-114, A-28: the order ends by its own procedure first."""
    if facts.order_over:
        return None
    return Reason(
        slug="order-open",
        rule="R-114",
        zh="关联的工单还没有核销或取消。",
        en="The order that it runs through is not over yet.",
    )


def major_on_site(facts: Facts) -> Reason | None:
    """R-123: a major complaint is visited on site."""
    if not facts.major or facts.method == "on_site":
        return None
    return Reason(
        slug="major-on-site",
        rule="R-123",
        zh="重大投诉必须上门回访。",
        en="A major complaint is visited on site.",
        field="method",
    )


def owner_named(facts: Facts) -> Reason | None:
    """R-128: somebody is set to put it right."""
    if facts.has_owner:
        return None
    return Reason(
        slug="no-owner",
        rule="R-128",
        zh="客户不满意,请指定整改人。",
        en="The complainant is dissatisfied: name who puts it right.",
        field="owner",
    )


def dated(facts: Facts) -> Reason | None:
    """R-128, A-31: by a day that is stated."""
    if facts.due_on is not None:
        return None
    return Reason(
        slug="no-due-date",
        rule="R-128",
        zh="限期整改必须写明期限。",
        en="It is put right by a day that is stated; state it.",
        field="due_on",
    )


GUARDS: Mapping[str, Callable[[Facts], Reason | None]] = {
    guard.__name__: guard
    for guard in (
        explained,
        no_petition,
        handler_named,
        target_date,
        order_linked,
        order_theirs,
        order_ahead,
        order_over,
        major_on_site,
        owner_named,
        dated,
    )
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
