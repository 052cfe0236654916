"""After the signature: write-off, the steps QA sends back, the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from server.checklist_runs import operations as runs
from server.checklist_runs import queries as run_queries
from server.deadlines import policy, timers
from server.errors import Invalid
from server.history import Actor
from server.settings import Settings
from server.work_orders import queries
from server.work_orders.facts import Given, context_of, run_of
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching, moving, supplying
from server.work_orders.signing import changed_since
from server.work_orders.states import State


def write_off(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    return_point: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO11, WO20: the slip is handed in, checked and closed in the book (R-057, R-071, R-072)."""
    row = moving.move(
        session,
        settings,
        order,
        "write_off",
        by=by,
        at=at,
        given=Given(return_point=return_point),
        data={"return_point": return_point},
    )
    order.return_point = return_point
    order.written_off_at, order.written_off_by = at, by.user_id
    # cancelled work is sampled by QA; where nobody had come there is none.
    if row.id == "WO11" and order.arrived_at is not None and order.qa_state == "none":
        order.qa_state = "pending"
    if row.id == "WO20":
        order.closed_at = at
        order.month = policy.month_of(at, settings.zone)
        supplying.flag_unbilled(session, order, by=by, at=at)
    timers.stop(
        session,
        dispatching.ORDER_CLOCKS,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        at=at,
    )
    session.flush()


def send_back(
    session: Session, order: WorkOrder, reasons: Mapping[str, str], *, by: Actor, at: dt.datetime
) -> None:
    """QA2: these steps are demanded anew, with a reason each (R-005).

    Raises Invalid for a step that the order's checklist does not have or that has no result.
    """
    run = run_of(session, order)
    results = run.results if run else ()
    done = {result.step for result in results}
    if unknown := sorted(set(reasons) - done):
        raise Invalid(
            "unknown-step",
            "清单里没有这些已完成的步骤。",
            "No such recorded steps.",
            errors={"steps": unknown},
        )
    # Also pictures that were named and are still on their way: they show what was sent back.
    named = {(r.step, photo.tag, photo.sha256) for r in results for photo in r.photos}
    held = context_of(session, order).held_photos | named
    runs.send_back(session, order.id, reasons, by=by, at=at, held=held)
    moving.changed(session, order, "qa.steps_returned", by=by, at=at, data={"steps": dict(reasons)})


def ask_to_sign_again(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """QA2, R-060: what was sent back is done anew; where it reads otherwise than the customer
    signed for, the order waits for the customer once more. New pictures alone ask for nothing.
    """
    if State(order.state) not in {State.ACCEPTED, State.CLOSED}:
        return
    signed = queries.acceptance_of(session, order.id)
    if signed is None:  # accepted by a manager's decision: nobody signed for anything
        return
    recorded = run_queries.results_of(session, order.id)
    if not (steps := changed_since(signed.covers_results, recorded)):
        return
    moving.move(
        session,
        settings,
        order,
        "sign_again",
        by=by,
        at=at,
        device_at=device_at,
        data={"changed": list(steps)},
    )
    # A written-off order is written off once more when it is signed; until then it is in no month.
    order.closed_at = order.month = None
    session.flush()


def archive(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    return_visit_done: bool,
    month_reconciled: bool,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO21: read-only from here on (R-084, R-130)."""
    moving.move(
        session,
        settings,
        order,
        "archive",
        by=by,
        at=at,
        given=Given(return_visit_done=return_visit_done, month_reconciled=month_reconciled),
    )
    order.archived_at = at
    if order.qa_state == "pending":  # nothing in the archive waits for a judgement
        order.qa_state = "none"
    session.flush()
