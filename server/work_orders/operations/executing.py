"""The technician's part from the first action step to the customer's signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from checklists.evaluate import Answer, Photo, Result, consequence
from server.checklist_runs import operations as runs
from server.checklist_runs import queries as run_queries
from server.deadlines import timers
from server.errors import Conflict, Invalid
from server.history import Actor
from server.settings import Settings
from server.work_orders.facts import Given, context_of, run_of
from server.work_orders.models import Signature, WorkOrder
from server.work_orders.operations import (
    closing,
    covering,
    dispatching,
    escalating,
    moving,
    pausing,
    supplying,
)
from server.work_orders.operations.escalating import expect_rework
from server.work_orders.states import AT_WORK, State


def record_step(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    step: str,
    attempt: int,
    answer: dict[str, object],
    photos: Sequence[dict[str, str]],
    text: str | None,
    reason: str | None,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> Result:
    """Judge and keep one checklist step; a failed gas check raises the alarm by itself.

    Raises Refused or Conflict with the rule that forbids it.
    """
    _at_work(session, order, step, by=by)
    run = run_of(session, order)
    if run is None:
        raise Conflict(
            "no-checklist", "这张单没有清单。", "This order has no checklist.", rule="R-045"
        )
    recorded = runs.record_step(
        session,
        run,
        Answer(
            step=step,
            attempt=attempt,
            answer=answer,
            photos=tuple(Photo(sha256=p["sha256"], tag=p["tag"]) for p in photos),
            text=text,
            reason=reason,
        ),
        context_of(session, order),
        order_id=order.id,
        device_id=by.device_id or "",
        device_at=device_at,
        at=at,
    )
    result = recorded.result
    moving.changed(
        session,
        order,
        "step.recorded",
        by=by,
        at=at,
        device_at=device_at,
        data={
            "step": step,
            "attempt": attempt,
            "status": result.status,
            "band": result.band,
            "answer": answer,
            "photos": list(photos),
            "reason": reason,
        },
    )
    if not run_queries.returned(session, order.id):
        if order.qa_state == "returned":
            order.qa_state = "pending"
            moving.record(session, order, "qa.steps_redone", by=by, at=at, device_at=device_at)
        closing.ask_to_sign_again(session, settings, order, by=by, at=at, device_at=device_at)
    follows = consequence(run.find(step)[1], result)
    if follows is not None and follows.kind == "hazard":
        pausing.alarm(session, settings, order, kind="gas_leak", by=by, at=at, device_at=device_at)
    elif follows is not None and State(order.state) in AT_WORK:
        pausing.suspend(
            session,
            settings,
            order,
            reason=follows.value,
            next_contact_at=None,
            by=by,
            at=at,
            device_at=device_at,
        )
    return result


def ready(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO13, WO16: every required step and photo is there; the customer may try it."""
    moving.move(session, settings, order, "ready", by=by, at=at, device_at=device_at)
    order.finished_at = device_at
    if order.qa_state != "returned":  # what QA sent back stays with QA until it is done anew
        order.qa_state = "pending"


def accept(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    signer_name: str,
    relation: str | None,
    signature: str,
    comment: str | None,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO14: the customer tried it, is satisfied and signs (R-060)."""
    moving.move(
        session,
        settings,
        order,
        "accept",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(signature=signature, signer_name=signer_name),
        data={
            "signer": signer_name,
            "relation": relation,
            "signature": signature,
            "trial": "satisfied",
            "comment": comment,
        },
    )
    order.accepted_at, order.comment = device_at, comment
    session.add(
        Signature(
            order_id=order.id,
            kind="acceptance",
            signer_name=signer_name,
            relation=relation,
            sha256=signature,
            signed_at=device_at,
            covers_results=len(run_queries.results_of(session, order.id)),
        )
    )
    escalating.settle(session, order, how="客户已验收签名 signed by the customer", at=at)
    timers.stop(
        session,
        covering.UNTIL_RESTORED,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        at=at,
    )
    session.flush()


def reject(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    has_apologised: bool,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO15, WO17, WO18: dissatisfied; rework, and from the second time on up it goes (R-062)."""
    row = moving.move(
        session,
        settings,
        order,
        "reject",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason, apologised=has_apologised),
        data={"reason": reason},
    )
    if row.id in {"WO15", "WO17"}:
        order.rework_round += 1
        expect_rework(session, order)
    if row.id == "WO17":
        escalating.escalate(
            session, settings, order, level="L1_cs_manager", reason=reason, by=by, at=at
        )
    if row.id == "WO18":
        escalating.escalate(session, settings, order, level="L2_gpm", reason=reason, by=by, at=at)


def refuse_signature(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    witness: str,
    photos: Sequence[Mapping[str, str]] = (),
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO18, A-15: nobody signs; the CS manager decides, billing waits (P-08)."""
    moving.move(
        session,
        settings,
        order,
        "refuse_signature",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason, witness=witness),
        data={"reason": reason, "witness": witness, "photos": [dict(one) for one in photos]},
    )
    known = {"refused", "absent", "dispute"}
    order.unsigned_reason = reason if reason in known else "refused"
    order.unsigned_witness = witness
    order.billing_held = True
    escalating.escalate(
        session, settings, order, level="L1_cs_manager", reason=reason, by=by, at=at, timed=True
    )


def request_cancel(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    whom: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO9, WO10: the customer calls it off; the slip has to be written off (R-057).

    History lists what was used by then; the charge is `mark_cancelled`'s (P-20).
    """
    moving.move(
        session,
        settings,
        order,
        "request_cancel",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason),
        data={
            "by": whom,
            "reason": reason,
            "used": {
                code: str(qty) for code, qty in supplying.used_material(session, order).items()
            },
        },
    )
    dispatching.mark_cancelled(session, order, whom=whom, reason=reason, at=at)


def allow_deviation(
    session: Session, order: WorkOrder, step: str, *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """R-162, P-24: a supervisor allows a deviation at one step of the order's checklist.

    Raises Invalid for a step that the checklist does not have, Conflict once all is over.
    """
    moving.refuse_if_ended(order)
    run = run_of(session, order)
    templates = (run.template, *run.children.values()) if run else ()
    if step not in {known.id for template in templates for known in template.steps}:
        raise Invalid(
            "unknown-step",
            "清单里没有这一步。",
            "The checklist has no such step.",
            errors={"step": [step]},
        )
    runs.allow_deviation(session, order.id, step, reason=reason, by=by, at=at)
    moving.changed(
        session,
        order,
        "order.limit_overridden",
        by=by,
        at=at,
        data={"step": step, "reason": reason},
    )


def _at_work(session: Session, order: WorkOrder, step: str, *, by: Actor) -> None:
    """A step is recorded at work, or where QA sent just this step back, or in an emergency."""
    if order.technician_id != by.user_id:
        raise Conflict("not-your-order", "这张单不是派给您的。", "This order is not yours.")
    state = State(order.state)
    if state in AT_WORK:
        return
    if state is State.SUSPENDED and order.hazard:
        return
    sent_back = {row.step for row in run_queries.returned(session, order.id)}
    if step in sent_back:
        return
    raise Conflict(
        "not-at-work",
        f"工单处于“{order.state}”,不能记录步骤。",
        f"No step is recorded while the order is {order.state}.",
        rule="R-054",
        extra={"state": order.state, "version": order.version},
    )
