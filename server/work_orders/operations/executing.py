"""The technician's part from the first action step to the customer's signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from checklists.evaluate import Answer, Photo, Result, consequence
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.checklist_runs import operations as runs
from server.checklist_runs import queries as run_queries
from server.deadlines import timers
from server.errors import Conflict
from server.history import Actor
from server.settings import Settings
from server.stores import operations as stores
from server.work_orders.facts import Given, context_of, run_of
from server.work_orders.models import Signature, WorkOrder
from server.work_orders.operations import dispatching, escalating, moving
from server.work_orders.operations.escalating import expect_rework
from server.work_orders.states import AT_WORK, State

#: Who learns of danger on site (R-027, R-029); the gas company is a task for the desk.
HAZARD_AUDIENCE = (
    *timers.DESK,
    Role.CS_MANAGER.value,
    Role.GPM.value,
    Role.DEPT_HEAD.value,
    Role.OPERATIONS_DEPT.value,
)


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
    if order.qa_state == "returned" and not run_queries.returned(session, order.id):
        order.qa_state = "pending"
    follows = consequence(run.find(step)[1], result)
    if follows is not None and follows.kind == "hazard":
        alarm(session, settings, order, kind="gas_leak", by=by, at=at, device_at=device_at)
    elif follows is not None and State(order.state) in AT_WORK:
        suspend(
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


def suspend(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    reason: str,
    next_contact_at: dt.datetime | None,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO12: pause with a reason and the time at which the customer hears again."""
    before = order.state
    moving.move(
        session,
        settings,
        order,
        "suspend",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason),
        data={
            "reason": reason,
            "next_contact_at": next_contact_at.isoformat() if next_contact_at else None,
        },
    )
    order.resume_state, order.suspension = before, reason
    order.next_contact_at = next_contact_at
    if reason == "hazard":
        order.hazard = True
    if next_contact_at is not None:
        timers.start(
            session,
            "next_contact",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            due_at=next_contact_at,
            by=by,
            at=at,
            data={"reason": reason},
        )


def resume(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
) -> None:
    """WO12: go on where it stopped; a hazard order only after a manager cleared it (P-22)."""
    moving.move(session, settings, order, "resume", by=by, at=at, device_at=device_at)
    _resumed(session, order, at=at)


def clear_hazard(
    session: Session, settings: Settings, order: WorkOrder, *, text: str, by: Actor, at: dt.datetime
) -> None:
    """P-22: a manager finds the danger gone; work goes on where it stopped."""
    moving.move(
        session,
        settings,
        order,
        "clear_hazard",
        by=by,
        at=at,
        given=Given(reason=text),
        data={"text": text},
    )
    order.hazard = False
    _resumed(session, order, at=at)
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=["hazard.alarm"],
        at=at,
        how=text,
    )


def alarm(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    kind: str,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime,
    note: str | None = None,
) -> None:
    """Danger on site: stop, tell everybody who must know, and hold the order (R-027, R-029)."""
    before = order.state
    moving.move(
        session,
        settings,
        order,
        "alarm",
        by=by,
        at=at,
        device_at=device_at,
        data={"kind": kind, "note": note},
    )
    if before != State.SUSPENDED:
        order.resume_state = before
    order.suspension, order.hazard = "hazard", True
    alerts.raise_alert(
        session,
        "hazard.alarm",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=HAZARD_AUDIENCE,
        rule="R-029",
        by=by,
        at=at,
        data={"kind": kind, "unit": order.unit.code, "technician": by.name, "note": note},
    )
    if kind == "gas_leak":
        alerts.raise_alert(
            session,
            "hazard.call_gas_company",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            audience=timers.DESK,
            rule="R-029",
            by=by,
            at=at,
            data={"unit": order.unit.code},
        )


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
    if order.qa_state == "none":
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
        )
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
        data={"reason": reason, "witness": witness},
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
    """WO9, WO10: the customer calls it off; the slip has to be written off (R-057)."""
    moving.move(
        session,
        settings,
        order,
        "request_cancel",
        by=by,
        at=at,
        device_at=device_at,
        given=Given(reason=reason),
        data={"by": whom, "reason": reason},
    )
    dispatching.mark_cancelled(session, order, whom=whom, reason=reason, at=at)


def request_stock(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    wanted: Sequence[tuple[str, Decimal]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST1: ask the warehouse, from an acknowledged order on (R-058)."""
    _open_for_stock(order, by=by)
    stores.request_stock(session, settings, stock_ref(order), wanted=wanted, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)


def use_stock(
    session: Session,
    order: WorkOrder,
    *,
    used: Sequence[tuple[str, Decimal]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST3: what was drawn went into the job (R-058)."""
    _open_for_stock(order, by=by)
    stores.use(session, stock_ref(order), used=used, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)


def lose_stock(
    session: Session,
    order: WorkOrder,
    *,
    lost: Sequence[tuple[str, Decimal, str]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """ST5: something is gone; the CS manager decides before the write-off."""
    _open_for_stock(order, by=by)
    stores.lose(session, stock_ref(order), lost=lost, by=by, at=at)
    moving.changed(session, order, "order.stock_changed", by=by, at=at)
    alerts.raise_alert(
        session,
        "stock.lost",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=[Role.CS_MANAGER],
        rule="R-072",
        by=by,
        at=at,
        data={"items": [code for code, _qty, _reason in lost]},
    )


def stock_ref(order: WorkOrder) -> stores.OrderRef:
    """The order as the warehouse knows it."""
    if order.technician_id is None:
        raise Conflict("not-dispatched", "工单未派出。", "The order is with nobody.", rule="R-058")
    return stores.OrderRef(id=order.id, number=order.number, technician_id=order.technician_id)


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


def _open_for_stock(order: WorkOrder, *, by: Actor) -> None:
    closed = {
        State.CREATED,
        State.DISPATCHED,
        State.CLOSED,
        State.ARCHIVED,
        State.CANCELLED,
        State.VOID,
    }
    if order.technician_id != by.user_id or State(order.state) in closed:
        raise Conflict(
            "not-open-for-stock",
            "接单之后、核销之前才能领用。",
            "Stock moves between acknowledgement and write-off.",
            rule="R-058",
            extra={"state": order.state, "version": order.version},
        )


def _resumed(session: Session, order: WorkOrder, *, at: dt.datetime) -> None:
    order.suspension, order.next_contact_at = None, None
    timers.stop(session, ["next_contact"], subject_kind=moving.SUBJECT, subject=order.number, at=at)
