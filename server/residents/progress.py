"""How far a request has come, as the customer is told: five stages and one plain sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from server.requests.lifecycle import RequestState
from server.work_orders.states import State

R, S = RequestState, State

#: what the progress line shows, from left to right
STAGES = ("received", "arranged", "on_site", "working", "done")
#: the work is done; the customer may say what he thinks of it (R-147)
DONE = frozenset({S.ACCEPTED, S.CLOSED, S.ARCHIVED})
#: ended without work: no progress line any more
ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where it stands. `stage` is one of STAGES or ENDED; `word` names the sentence."""

    stage: str
    word: str

    def passed(self, stage: str) -> bool:
        """Whether the line has reached `stage`."""
        return self.stage != ENDED and STAGES.index(stage) <= STAGES.index(self.stage)


_OF_ORDER: dict[State, tuple[str, str]] = {
    S.CREATED: ("received", "accepted"),
    S.DISPATCHED: ("arranged", "dispatched"),
    S.ACKNOWLEDGED: ("arranged", "acknowledged"),
    S.ON_SITE: ("on_site", "on_site"),
    S.QUOTED: ("on_site", "quoted"),
    S.IN_PROGRESS: ("working", "working"),
    S.SUSPENDED: ("on_site", "suspended"),
    S.REWORK: ("working", "rework"),
    S.AWAITING_ACCEPTANCE: ("working", "to_accept"),
    S.ESCALATED: ("working", "escalated"),
    S.ACCEPTED: ("done", "done"),
    S.CLOSED: ("done", "done"),
    S.ARCHIVED: ("done", "done"),
    S.CANCEL_PENDING: (ENDED, "cancelled"),
    S.CANCELLED: (ENDED, "cancelled"),
    S.VOID: (ENDED, "cancelled"),
}
_OF_REQUEST: dict[RequestState, tuple[str, str]] = {
    R.REGISTERED: ("received", "received"),
    R.TIME_PENDING: ("received", "time_pending"),
    R.ACCEPTED: ("received", "accepted"),
    R.CONVERTED: ("received", "accepted"),
    R.DECLINED: (ENDED, "declined"),
    R.WITHDRAWN: (ENDED, "withdrawn"),
    R.ANSWERED: (ENDED, "answered"),
    R.TO_COMPLAINT: (ENDED, "to_complaint"),
}


#: what one household is asked to do, to the others that joined its order
_OF_OTHERS = {"quoted": "on_site", "to_accept": "working"}


def standing(
    request: RequestState,
    order: State | None = None,
    *,
    set_out: bool = False,
    joined: bool = False,
) -> Standing:
    """Where a request stands, by its own state and that of its order. `set_out`: the technician
    said that he is on the way; `joined`: the order was written for another household."""
    stage, word = _OF_REQUEST[request] if order is None else _OF_ORDER[order]
    if order is S.ACKNOWLEDGED and set_out:
        word = "set_out"
    if joined:
        word = _OF_OTHERS.get(word, word)
    return Standing(stage=stage, word=word)
