"""What can be done about a complaint now, by whoever looks, and why something cannot. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from server.complaints.guards import Facts, Reason
from server.complaints.lifecycle import ComplaintState, Refusal, decide, possible
from server.complaints.who import Case, Person, why_not

#: what is offered -> the table's action that says when, and who is asked
OFFERS: dict[str, tuple[str, str]] = {
    "take_on": ("take_on", "record"),
    "judge": ("judge_invalid", "judge"),
    "retarget": ("retarget", "judge"),
    "issue_order": ("issue_order", "issue_order"),
    "explain": ("explain", "explain"),
    "note": ("note", "handle"),
    "tell": ("tell", "tell"),
    "name_delegate": ("note", "name_delegate"),
    "refer": ("refer", "refer"),
    "report_done": ("report_done", "handle"),
    "verify": ("verify", "verify"),
    "visit": ("visited_satisfied", "visit"),
    "rectified": ("rectified", "handle"),
}
#: Of these the guards can be asked before anybody has typed a word.
_ASKED = frozenset({"report_done", "issue_order"})


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing that the state allows; `reason` says why this person cannot do it."""

    action: str
    reason: Reason | None


def options(
    state: ComplaintState,
    case: Case,
    facts: Facts,
    person: Person,
    *,
    owner_id: uuid.UUID | None = None,
) -> list[Option]:
    """Everything that the state allows, in the order of a complaint's life.

    `owner_id`: who was set to put it right now; that person may, whoever else may not.
    """
    found = []
    for offer, (action, asked) in OFFERS.items():
        if not possible(action, state) or (offer == "name_delegate" and not case.major):
            continue
        reason = why_not(asked, person, case)
        if offer == "rectified" and owner_id is not None and owner_id == person.id:
            reason = None
        if reason is None and offer in _ASKED:
            row = decide(action, state, facts)
            reason = row.reasons[0] if isinstance(row, Refusal) else None
        found.append(Option(action=offer, reason=reason))
    return found
