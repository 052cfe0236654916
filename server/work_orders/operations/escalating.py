"""Taking an order up, and deciding what came up (R-062, WO19, P-07, P-08)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.checklist_runs import queries as runs
from server.deadlines import policy, timers
from server.errors import Conflict, Denied, Invalid
from server.estate.operations import next_number
from server.history import Actor
from server.search import index
from server.settings import Settings
from server.work_orders.facts import Given
from server.work_orders.models import Escalation, WorkOrder
from server.work_orders.operations import covering, dispatching, moving
from server.work_orders.states import GOODWILL, READ_ONLY, State

AUDIENCE = {"L1_cs_manager": [Role.CS_MANAGER], "L2_gpm": [Role.GPM, Role.CS_MANAGER]}

#: What may be decided, and which transition it takes on an escalated order.
DECISIONS = ("rework", "accept", "waive", "reduce", "other", "resume", "cancel")
#: Of these the ones that are about the charge, and need no case that went up.
OF_THE_CHARGE = frozenset({"waive", "reduce", "other"})


def escalate(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    level: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    timed: bool = False,
) -> Escalation:
    """Open an escalation and alert whoever is to decide; `timed` starts the clock of P-08."""
    row = Escalation(
        estate_id=order.estate_id,
        number=next_number(session, order.estate_id, "YS", at, settings.zone),
        order_id=order.id,
        level=level,
        reason=reason,
        opened_at=at,
        due_at=policy.next_working_day_at(at, settings.zone) if timed else None,
    )
    session.add(row)
    session.flush()
    index.put_number(session, order.estate_id, index.ESCALATION, row.number)
    moving.record(
        session,
        order,
        "order.escalated",
        by=by,
        at=at,
        data={"level": level, "reason": reason, "escalation": row.number},
    )
    alerts.raise_alert(
        session,
        f"escalation.{level}",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=[role.value for role in AUDIENCE[level]],
        rule="R-062",
        by=by,
        at=at,
        data={"reason": reason, "escalation": row.number},
    )
    if row.due_at is not None:
        timers.start(
            session,
            "decision",
            subject_kind=moving.SUBJECT,
            subject=order.number,
            due_at=row.due_at,
            by=by,
            at=at,
            data={"escalation": row.number},
        )
    return row


def decide(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    *,
    decision: str,
    text: str,
    technician: User | None,
    charge_fen: int | None,
    fee_is_out: bool,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO19, P-22: a manager decides an escalated or hazard order, or what is charged.

    `waive` and `reduce` change the charge (R-024: managers only) and, with a `technician`, send
    the order to rework, else accept it. `fee_is_out`: a notice asks for the fee, or it is paid.
    Raises Denied where the escalation is above the manager, Conflict where only a waiver may
    change the charge (B6) or nothing may (R-077).
    """
    if decision not in DECISIONS:
        raise Invalid(
            "unknown-decision",
            "没有这种决定。",
            "There is no such decision.",
            errors={"decision": [f"one of {', '.join(DECISIONS)}"]},
        )
    if decision == "reduce" and charge_fen is None:
        raise Invalid(
            "charge-missing",
            "请填写减后金额。",
            "Say what is to be charged.",
            errors={"charge_fen": ["必填 required"]},
        )
    _may_decide(session, order, by)
    moving.refuse_if_ended(order)
    _refuse_if_settled(session, order, decision, charge_fen, fee_is_out=fee_is_out)
    _charge(order, decision, charge_fen)
    if decision == "cancel":
        dispatching.cancel(session, settings, order, whom=by.name, reason=text, by=by, at=at)
        order.billing_held = order.billing_held and charge_fen is None
    elif State(order.state) is State.ESCALATED:
        _decide_escalated(session, settings, order, decision, text, technician, by=by, at=at)
    elif decision in OF_THE_CHARGE:
        order.billing_held = False
        moving.changed(
            session,
            order,
            "order.decided",
            by=by,
            at=at,
            data={"decision": decision, "text": text, "charge_fen": order.charge_fen},
        )
    else:
        raise Conflict(
            "nothing-to-decide",
            "这张单没有待决定的上报。",
            "Nothing waits for a decision here.",
            rule="R-062",
            extra={"state": order.state, "version": order.version},
        )
    _end(session, order, decision=decision, text=text, decided_by=by.user_id, at=at)


def charge_is_open(order: WorkOrder, *, went_up: bool) -> bool:
    """Whether a manager still decides on the order itself what is charged: until it is written
    off, and after that what was held back (A-15, P-20) or `went_up` and is not decided. Anything
    else is let go of by a waiver, which another manager decides (B6, X-021)."""
    if State(order.state) in READ_ONLY:
        return False
    return order.written_off_at is None or order.billing_held or went_up


def settle(session: Session, order: WorkOrder, *, how: str, at: dt.datetime) -> None:
    """What went up is moot once the customer is satisfied: nothing stays open (R-001, R-062)."""
    _end(session, order, decision="accept", text=how, decided_by=None, at=at)


def expect_rework(session: Session, order: WorkOrder) -> None:
    """From here on something has to be recorded anew before the customer tries again (WO16)."""
    order.rework_from_position = len(runs.results_of(session, order.id))


def _decide_escalated(
    session: Session,
    settings: Settings,
    order: WorkOrder,
    decision: str,
    text: str,
    technician: User | None,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    data = {"decision": decision, "text": text, "charge_fen": order.charge_fen}
    if decision == "rework" or technician is not None:
        moving.move(
            session,
            settings,
            order,
            "decide_rework",
            by=by,
            at=at,
            given=Given(reason=text, technician=technician),
            data={**data, "technician": technician.username if technician else None},
        )
        order.rework_round += 1
        expect_rework(session, order)
        order.unsigned_reason = order.unsigned_witness = None
        order.billing_held = False
        if technician is not None and technician.id != order.technician_id:
            dispatching.transfer(session, order, technician, reason=text, at=at)
        return
    moving.move(
        session,
        settings,
        order,
        "decide_accept",
        by=by,
        at=at,
        given=Given(reason=text),
        data=data,
    )
    order.accepted_at = at
    timers.stop(
        session,
        covering.UNTIL_RESTORED,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        at=at,
    )
    order.closed_by_decision = True
    order.billing_held = False
    # WO19: nobody signed, so a reason and a witness stand in; at worst the manager himself.
    order.unsigned_reason = order.unsigned_reason or "dispute"
    order.unsigned_witness = order.unsigned_witness or by.name[:40]


def _charge(order: WorkOrder, decision: str, charge_fen: int | None) -> None:
    if charge_fen is not None and charge_fen > order.total_fen:
        raise Invalid(
            "charge-above-agreed",
            "不能超过客户确认的金额。",
            "That is more than the customer has confirmed.",
            rule="R-024",
            errors={"charge_fen": [f"≤ {order.total_fen}"]},
        )
    if decision == "waive" or charge_fen == 0:
        order.charge_fen = order.total_fen = 0
        order.warranty_code = GOODWILL
        order.payment_method = "free_of_charge"
    elif charge_fen is not None:
        order.charge_fen = charge_fen


def _refuse_if_settled(
    session: Session,
    order: WorkOrder,
    decision: str,
    charge_fen: int | None,
    *,
    fee_is_out: bool,
) -> None:
    went_up = bool(_open_levels(session, order))
    if decision in OF_THE_CHARGE and not charge_is_open(order, went_up=went_up):
        raise Conflict(
            "ask-for-a-waiver",
            "工单已核销,费用不能再直接决定;请申请减免,由另一位经理批。",
            "It is written off: ask for a waiver, on which another manager decides.",
            rule="R-062",
            extra={"state": order.state, "version": order.version},
        )
    changes = decision == "waive" or charge_fen not in {None, order.charge_fen}
    if fee_is_out and changes:
        raise Conflict(
            "fee-is-out",
            "缴费通知已发出或费用已收,金额不能再改。",
            "The notice is out or the money is in; the charge is not changed any more.",
            rule="R-077",
            extra={"state": order.state, "version": order.version},
        )


def _open_levels(session: Session, order: WorkOrder) -> set[str]:
    return set(
        session.scalars(
            sa.select(Escalation.level).where(
                Escalation.order_id == order.id, Escalation.decided_at.is_(None)
            )
        )
    )


def _may_decide(session: Session, order: WorkOrder, by: Actor) -> None:
    if "L2_gpm" in _open_levels(session, order) and not by.roles & {Role.GPM, Role.SITE_PM}:
        raise Denied(
            "above-your-level",
            "已上报总物业经理,由其决定。",
            "It went up to the general property manager, who decides.",
            rule="R-062",
        )


def _end(
    session: Session,
    order: WorkOrder,
    *,
    decision: str,
    text: str,
    decided_by: uuid.UUID | None,
    at: dt.datetime,
) -> None:
    session.execute(
        sa.update(Escalation)
        .where(Escalation.order_id == order.id, Escalation.decided_at.is_(None))
        .values(decision=decision, decision_text=text, decided_by=decided_by, decided_at=at)
    )
    timers.stop(session, ["decision"], subject_kind=moving.SUBJECT, subject=order.number, at=at)
    alerts.resolve(
        session,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        kinds=[f"escalation.{level}" for level in AUDIENCE],
        at=at,
        how=decision,
    )
