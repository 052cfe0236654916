"""What follows from what happened, a moment later: history kind -> functions, and their loop.

Each function runs in its own transaction and may run twice: it finds what it did the first time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session

from server import follow_ups
from server.db import claim, postpone, transaction, utcnow
from server.history import HistoryRow, PendingReaction
from server.outgoing import events
from server.settings import Settings

BATCH = 20

# Assessing comes first: it locks the order, and all others lock an order before its history.
_OF_KIND: dict[str, tuple[Callable[[follow_ups.Cause], None], ...]] = {
    "order.issued": (follow_ups.hand_out,),
    "order.returned": (follow_ups.hand_out,),
    "clock.fired": (
        follow_ups.climb_the_ladder,
        follow_ups.chase_fees,
        follow_ups.wake_a_plan,
        follow_ups.propose_replacement,
        follow_ups.announce_new_items,
        follow_ups.watch_the_month,
    ),
    "order.voided": (follow_ups.tell_joined_customers,),
    "order.ready": (follow_ups.assess_evidence,),
    "order.accepted": (follow_ups.assess_evidence,),
    "order.escalated": (follow_ups.assess_evidence, follow_ups.propose_replacement),
    "order.rework": (follow_ups.propose_replacement,),
    "order.asset_linked": (follow_ups.propose_replacement,),
    "order.written_off": (
        follow_ups.assess_evidence,
        follow_ups.open_return_visit,
        follow_ups.tell_joined_customers,
        follow_ups.keep_the_ledger,
        follow_ups.wait_for_the_slips,
    ),
    "request.judged_to_complaint": (follow_ups.record_complaint,),
    "complaint.recorded": (follow_ups.gather_alike,),
    "complaint.retargeted": (follow_ups.gather_alike,),
    "complaint.verified": (follow_ups.open_complaint_visit,),
    "device.revoked": (follow_ups.recall_orders_of_lost_device,),
    "photo.stored": (
        follow_ups.assess_evidence,
        follow_ups.flag_photo_times,
        follow_ups.push_new_evidence,
    ),
    "photo.flagged": (follow_ups.assess_evidence,),
    "qa.steps_redone": (follow_ups.assess_evidence,),
    "order.dispatched": (follow_ups.ring_the_technician,),
    "order.handed_over": (follow_ups.ring_the_technician,),
    # A manager's decision may send somebody else to do the work again (WO19).
    "order.decided": (
        follow_ups.assess_evidence,
        follow_ups.ring_the_technician,
        follow_ups.keep_the_ledger,
    ),
    "qa.returned": (follow_ups.tell_of_review,),
    "qa.failed": (follow_ups.tell_of_review, follow_ups.weigh_visit_again),
    "report.returned": (follow_ups.tell_of_returned_report,),
    "summary.read": (follow_ups.tell_of_read_summary,),
    "rectification.opened": (follow_ups.tell_of_rectification,),
    "rectification.changed": (follow_ups.tell_of_rectification,),
    "asset.operator_changed": (follow_ups.tell_of_retraining,),
    "complaint.judged": (follow_ups.tell_the_handler,),
    "complaint.delegated": (follow_ups.tell_the_handler,),
    "visit.made": (follow_ups.close_satisfied_visit,),
    "rectification.done": (follow_ups.ask_the_customer_again,),
    "order.rated": (follow_ups.weigh_visit_again,),
    "qa.steps_returned": (follow_ups.weigh_visit_again,),
}
#: What follows here, and what is told outside.
REACTIONS: dict[str, tuple[Callable[[follow_ups.Cause], None], ...]] = {
    kind: (
        *_OF_KIND.get(kind, ()),
        *((follow_ups.tell_neighbours,) if kind in events.KINDS else ()),
    )
    for kind in {*_OF_KIND, *events.KINDS}
}


def run_once(settings: Settings, now: dt.datetime | None = None) -> bool:
    """Carry out pending reactions, one transaction each. True when there may be more.

    Raises the first failure, after all that is due has had its turn.
    """
    at = now or utcnow()
    with transaction() as session:
        due = [row.history_id for row in claim(session, PendingReaction, at=at, limit=BATCH)]
    failure: Exception | None = None
    for history_id in due:
        try:
            with transaction() as session:
                _react(session, settings, history_id, at)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is raised below
            with transaction() as session:
                if (pending := session.get(PendingReaction, history_id)) is not None:
                    postpone(pending, error, at)
            failure = failure or error  # the others of this turn are not held up by it
    if failure is not None:
        raise failure
    return len(due) == BATCH


def _react(session: Session, settings: Settings, history_id: int, at: dt.datetime) -> None:
    pending = session.get(PendingReaction, history_id, with_for_update=True)
    row = session.get(HistoryRow, history_id)
    if pending is None or row is None:
        return
    cause = follow_ups.Cause(session=session, settings=settings, row=row, at=at)
    for function in REACTIONS[row.kind]:
        function(cause)
    session.delete(pending)
