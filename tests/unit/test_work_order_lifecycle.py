"""Every cell of the work order's table: each state with each action, each guard with each row."""

from dataclasses import dataclass, replace

import pytest

from server.accounts.permissions import MATRIX
from server.work_orders import guards
from server.work_orders.labels import ACTION_LABELS_ZH, LABELS_ZH
from server.work_orders.lifecycle import Refusal, decide, printable
from server.work_orders.states import State
from server.work_orders.transitions import ACTIONS, TRANSITIONS

RESUMES = "(resumes)"
STAYS = "(stays)"

# action: from, from … > to. What is not here is refused in that state.
MOVES = """
dispatch: created > dispatched
acknowledge: dispatched > acknowledged
recall: dispatched acknowledged > created
return: dispatched acknowledged > created
arrive: acknowledged > on_site
inspect: on_site quoted in_progress > (stays)
request_price: on_site quoted in_progress > (stays)
quote: on_site quoted in_progress > quoted
confirm_quote: quoted > in_progress
confirm_remotely: quoted > in_progress
request_cancel: dispatched acknowledged on_site quoted in_progress > cancel_pending
cancel: created dispatched acknowledged on_site quoted in_progress suspended > cancel_pending
write_off: cancel_pending > cancelled
write_off: accepted > closed
suspend: on_site quoted in_progress rework > suspended
resume: suspended > (resumes)
clear_hazard: suspended > (resumes)
alarm: dispatched acknowledged on_site quoted in_progress rework awaiting_acceptance escalated accepted suspended > suspended
hand_over: on_site quoted in_progress rework suspended > (stays)
ready: in_progress rework > awaiting_acceptance
accept: awaiting_acceptance > accepted
sign_again: accepted closed > awaiting_acceptance
reject: awaiting_acceptance > rework
refuse_signature: awaiting_acceptance > escalated
decide_rework: escalated > rework
decide_accept: escalated > accepted
archive: closed > archived
void: created dispatched > void
issue: > created
"""


def moves():
    """(action, state) -> where it leads."""
    cells = {}
    for line in MOVES.strip().splitlines():
        action, rest = line.split(":")
        sources, target = rest.split(">")
        for source in sources.split():
            cells[action, State(source)] = target.strip()
    return cells


TARGETS = moves()


@dataclass(frozen=True, kw_only=True)
class Fine:
    """An order about which nothing speaks against any act."""

    is_own: bool = True
    by_manager: bool = False
    reason: str = "客户要求"
    rework_round: int = 0
    lacking_qualifications: tuple[str, ...] = ()
    has_checklist: bool = True
    needs_checklist: bool = True
    slot_unconfirmed: bool = False
    has_inspection_note: bool = True
    has_before_photo: bool = True
    off_list_items: tuple[str, ...] = ()
    quoted_total_differs: bool = False
    has_quote: bool = True
    hazard: bool = False
    nothing_redone: bool = False
    missing_evidence: tuple[str, ...] = ()
    signature_named: bool = True
    signature_held: bool = True
    signer_name: str = "王丽华"
    decided_unsigned: bool = False
    apologised: bool = True
    witness: str = "杨帆"
    unsettled_stock: tuple[str, ...] = ()
    return_point: str = "dispatch"
    return_visit_done: bool = True
    month_reconciled: bool = True


FINE = Fine()

#: What can be wrong, and the word with which it is refused.
WRONG = {
    "somebody else's order": (replace(FINE, is_own=False), "not-your-order"),
    "no reason": (replace(FINE, reason="  "), "reason-missing"),
    "no licence": (replace(FINE, lacking_qualifications=("gas",)), "not-qualified"),
    "no checklist": (replace(FINE, has_checklist=False), "no-checklist"),
    "later than agreed": (replace(FINE, slot_unconfirmed=True), "slot-not-reconfirmed"),
    "not inspected": (replace(FINE, has_inspection_note=False), "not-inspected"),
    "no before photo": (replace(FINE, has_before_photo=False), "before-photo-missing"),
    "off the list": (replace(FINE, off_list_items=("L-MOVE",)), "not-on-price-list"),
    "other total": (replace(FINE, quoted_total_differs=True), "quote-total-differs"),
    "no quote": (replace(FINE, has_quote=False), "no-quote"),
    "no signer": (replace(FINE, signer_name=" "), "signer-missing"),
    "hazard": (replace(FINE, hazard=True, by_manager=True), "hazard-open"),
    "hazard, no manager": (replace(FINE, hazard=True), "hazard-manager-only"),
    "steps missing": (replace(FINE, missing_evidence=("LAMP-19",)), "evidence-missing"),
    "nothing done anew": (replace(FINE, nothing_redone=True), "nothing-redone"),
    "no signature": (replace(FINE, signature_named=False), "signature-missing"),
    "signature not here": (replace(FINE, signature_held=False), "signature-not-held"),
    "no apology": (replace(FINE, apologised=False), "apology-missing"),
    "no witness": (replace(FINE, witness=""), "witness-missing"),
    "tool out": (replace(FINE, unsettled_stock=("摇表 LJ-1",)), "stock-open"),
    "slip not in": (replace(FINE, return_point=""), "return-point-missing"),
    "not visited": (replace(FINE, return_visit_done=False), "return-visit-open"),
    "month open": (replace(FINE, month_reconciled=False), "month-open"),
}

OWN = "somebody else's order"
#: What each action must refuse, in whatever state it is possible.
REFUSES = {
    "dispatch": {"no licence", "no checklist", "later than agreed"},
    "acknowledge": {OWN},
    "recall": {"no reason"},
    "return": {OWN, "no reason"},
    "arrive": {OWN},
    "inspect": {OWN},
    "request_price": {OWN, "no reason"},
    "quote": {OWN, "not inspected", "no before photo", "off the list", "other total"},
    "confirm_quote": {OWN, "no quote", "no signer"},
    "confirm_remotely": {"no quote", "no signer"},
    "request_cancel": {OWN, "no reason"},
    "cancel": {"no reason", "hazard, no manager"},
    "write_off": {"slip not in", "tool out"},
    "suspend": {OWN, "no reason"},
    "resume": {OWN, "hazard, no manager"},
    "clear_hazard": {"hazard, no manager"},
    "alarm": {OWN},
    "hand_over": {"no licence", "no reason"},
    "ready": {OWN, "hazard", "hazard, no manager", "steps missing"},
    "accept": {OWN, "no signature", "no signer"},
    "sign_again": {OWN},
    "reject": {OWN, "no apology", "no reason"},
    "refuse_signature": {OWN, "no reason", "no witness"},
    "decide_rework": {"no reason", "no licence"},
    "decide_accept": {"no reason"},
    "archive": {"not visited", "month open"},
    "void": {"no reason"},
}

#: What it must refuse in one state besides.
REFUSES_IN = {
    ("write_off", State.ACCEPTED): {"signature not here"},
    ("ready", State.REWORK): {"nothing done anew"},
}

PERMISSIONS = {
    "issue": "order.issue",
    "dispatch": "order.dispatch",
    "hand_over": "order.dispatch",
    "recall": "order.recall",
    "cancel": "order.recall",
    "confirm_remotely": "order.confirm",
    "write_off": "order.write_off",
    "clear_hazard": "order.decide",
    "decide_rework": "order.decide",
    "decide_accept": "order.decide",
    "archive": "order.archive",
    "void": "order.void",
}


def test_the_table_has_exactly_these_actions():
    assert {action for action, _ in TARGETS} | {"issue"} == ACTIONS


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("state", State)
def test_each_action_in_each_state(action, state):
    answer = decide(action, state, FINE)
    target = TARGETS.get((action, state))
    if target is None:
        assert isinstance(answer, Refusal)
        assert answer.by_state
        assert [reason.slug for reason in answer.reasons] == ["wrong-state"]
        return
    assert not isinstance(answer, Refusal)
    assert answer.returns == (target == RESUMES)
    assert answer.target == (None if target in {RESUMES, STAYS} else State(target))


@pytest.mark.parametrize(("action", "state"), sorted(TARGETS))
def test_each_guard_refuses_where_it_must_and_only_there(action, state):
    refused = {}
    for wrong, (facts, word) in WRONG.items():
        answer = decide(action, state, facts)
        if isinstance(answer, Refusal):
            assert not answer.by_state
            assert all(reason.zh and reason.en and reason.rule for reason in answer.reasons)
            refused[wrong] = [reason.slug for reason in answer.reasons]
            assert refused[wrong] == [
                "hazard-open" if action == "ready" and "hazard" in wrong else word
            ]
    assert set(refused) == REFUSES[action] | REFUSES_IN.get((action, state), set())


def test_every_guard_and_case_is_asked_somewhere():
    asked = {name for row in TRANSITIONS for name in row.guards}
    assert asked == set(guards.GUARDS)
    assert {row.case for row in TRANSITIONS if row.case} == set(guards.CASES)


@pytest.mark.parametrize(
    ("rework_round", "row", "target"),
    [
        (0, "WO15", State.REWORK),
        (1, "WO17", State.REWORK),
        (2, "WO18", State.ESCALATED),
        (3, "WO18", State.ESCALATED),
    ],
)
def test_dissatisfaction_goes_up_after_two_failed_reworks(rework_round, row, target):
    answer = decide("reject", State.AWAITING_ACCEPTANCE, replace(FINE, rework_round=rework_round))
    assert (answer.id, answer.target) == (row, target)


def test_an_order_decided_without_signature_can_be_written_off():
    facts = replace(FINE, signature_held=False, decided_unsigned=True)
    assert decide("write_off", State.ACCEPTED, facts).target is State.CLOSED


@pytest.mark.parametrize("action", ["resume", "clear_hazard", "cancel"])
def test_a_manager_may_act_on_a_hazard(action):
    facts = replace(FINE, hazard=True, by_manager=True)
    assert not isinstance(decide(action, State.SUSPENDED, facts), Refusal)


def test_all_reasons_are_told_at_once():
    facts = replace(FINE, is_own=False, signature_named=False, signer_name="")
    answer = decide("accept", State.AWAITING_ACCEPTANCE, facts)
    assert [reason.slug for reason in answer.reasons] == [
        "not-your-order",
        "signature-missing",
        "signer-missing",
    ]


def test_an_action_that_is_not_in_the_table_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        decide("teleport", State.CREATED, FINE)


def test_each_row_names_a_permission_of_the_matrix():
    for row in TRANSITIONS:
        assert row.permission == PERMISSIONS.get(row.action, "order.fieldwork")
        assert row.permission in MATRIX


def test_nothing_leads_out_of_an_end_and_every_state_can_be_reached():
    ends = {State.ARCHIVED, State.CANCELLED, State.VOID}
    assert not any(row.sources & ends for row in TRANSITIONS)
    assert {row.target for row in TRANSITIONS if row.target} == set(State)


def test_every_state_and_action_has_a_chinese_name():
    assert set(LABELS_ZH) == set(State)
    assert set(ACTION_LABELS_ZH) == ACTIONS


def test_the_printed_table_has_a_line_for_each_row():
    lines = list(printable())
    assert len(lines) == len(TRANSITIONS)
    assert ("WO3", "dispatched", "acknowledge", "acknowledged", "order.fieldwork", "own_order") in (
        lines
    )
