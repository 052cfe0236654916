"""Carrying out an undo: by the operations of every day, with their guards and their history."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.errors import Conflict
from server.history import Actor, history_of
from server.settings import Settings
from server.work_orders import candidates, queries
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.operations import dispatching, moving
from server.work_orders.states import State
from server.work_orders.undoing import REASON, Now, Undo, undoable


def undo(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> Undo:
    """Take back one's own last dispatch or recall; an appointment that was changed with it stays.

    `order` must be locked. Raises Conflict where there is nothing (any more) to be taken back, or
    the technician from whom it was taken is not free for it now.
    """
    now = Now(state=State(order.state), version=order.version)
    rows = history_of(session, moving.SUBJECT, order.number)
    what = undoable(rows, now, by=by.ref, at=at)
    if what is None:
        raise Conflict(
            "nothing-to-undo",
            "已不能撤销:时间已过,或工单已有变化。",
            "It can no longer be undone: too late, or the order has changed since.",
        )
    if what is Undo.RECALL:
        dispatching.recall(session, settings, order, reason=REASON, by=by, at=at)
        return what
    technician = given_before(queries.assignments_of(session, order.id), what)
    found = candidates.candidates(session, order, settings.zone, at=at)
    free = any(one.offered and one.standing.technician_id == technician for one in found)
    user = session.get(User, technician) if free else None
    if user is None:
        raise Conflict(
            "no-longer-free",
            "原来的技工现在没空,请另行派工。",
            "The technician who had it is not free now; give it to somebody else.",
        )
    dispatching.dispatch(session, settings, order, user, reassign=True, reason=REASON, by=by, at=at)
    return what


def given_before(assignments: Sequence[Assignment], what: Undo) -> uuid.UUID | None:
    """The technician to whom the order goes back, of those who had it in order of time."""
    place = {Undo.GIVE_BACK: 1, Undo.GIVE_BACK_TO_FIRST: 2}.get(what, 0)
    return assignments[-place].technician_id if 0 < place <= len(assignments) else None
