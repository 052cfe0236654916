"""Opening the return visit of a closed order and recording what the customer said."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.deadlines.policy import month_of, return_visit_due
from server.errors import Conflict, Invalid, NotFound
from server.estate.operations import next_number
from server.history import Actor
from server.quality import corrections
from server.return_visits import correcting, month_watch, planning, reopening
from server.return_visits.models import ReturnVisit, VisitResult
from server.return_visits.states import ASSIGNED, DONE, PENDING, RECTIFYING, SATISFIED, SUBJECT
from server.search import index
from server.settings import Settings
from server.work_orders.models import WorkOrder

#: Why somebody was dissatisfied (R-095).
CAUSES = ("speed", "attitude", "quality", "price", "time", "other")
METHODS = ("on_site", "phone", "other")
ON_SITE = "on_site"


def open_visit(
    session: Session, settings: Settings, order: WorkOrder, *, by: Actor, at: dt.datetime
) -> ReturnVisit | None:
    """RV1, RV2: every closed order is visited, by whom it falls to; cancelled ones are not (R-084,
    A-13). Once each; where an order was signed again and closed in another month, a visit that
    nobody has made yet goes to that month with it (P-21)."""
    if order.closed_at is None:
        return None
    known = visit_of_order(session, order.id)
    if known is not None:
        _goes_with(session, settings, known, order.closed_at, by=by, at=at)
        return known
    visit = ReturnVisit(
        estate_id=order.estate_id,
        number=next_number(session, order.estate_id, "HF", at, settings.zone),
        version=1,
        purpose="service",
        order_id=order.id,
        cohort_on=month_of(order.closed_at, settings.zone),
        opened_at=at,
        state=PENDING,
        due_at=return_visit_due(order.closed_at, settings.zone),
        round=1,
        attempts=0,
    )
    planning.look_at_risk(session, settings, visit, order)
    planning.assign_by_default(session, visit, order, at=at)
    session.add(visit)
    session.flush()
    index.put_number(session, order.estate_id, index.VISIT, visit.number)
    planning.draw_on_site(session, visit)
    month_watch.begin(session, settings, visit, by=by, at=at)
    record(
        session,
        "visit.opened",
        visit,
        by=by,
        at=at,
        data={
            "order": order.number,
            "due_at": visit.due_at.isoformat(),
            "assignee": str(visit.assignee_id) if visit.assignee_id else None,
        },
    )
    return visit


def record_visit(
    session: Session,
    settings: Settings,
    visit: ReturnVisit,
    *,
    method: str,
    satisfied: bool,
    comment: str,
    customer_signature: str | None,
    by: Actor,
    at: dt.datetime,
    fixed: bool | None = None,
    cause: str | None = None,
    signer_name: str | None = None,
) -> None:
    """RV3: on site the customer signs and writes (R-087); by phone the visitor records it
    truthfully and no signature is made up (R-088, A-24).

    Dissatisfaction opens its correction at once (RV5, R-090). A fault that is still there is
    reported anew; the old order stays closed. `visit` must be locked. Raises Conflict, Invalid.
    """
    order = order_of(session, visit)
    _may_be_made(session, visit, order)
    _complete(method, comment, customer_signature, cause if satisfied else None)
    visit.method, visit.satisfied, visit.comment = method, satisfied, comment
    visit.fixed, visit.cause = fixed, cause
    visit.customer_signature_sha256 = customer_signature
    visit.recorded_by, visit.done_at = by.user_id, at
    visit.version += 1
    session.add(
        VisitResult(
            estate_id=visit.estate_id,
            visit_id=visit.id,
            round=visit.round,
            method=method,
            satisfied=satisfied,
            fixed=fixed,
            comment=comment,
            cause=cause,
            signer_name=(signer_name or order.person.name) if customer_signature else None,
            customer_signature_sha256=customer_signature,
            recorded_by=by.user_id,
            recorded_by_name=by.name,
            at=at,
        )
    )
    record(
        session,
        "visit.made",
        visit,
        by=by,
        at=at,
        data={
            "round": visit.round,
            "method": method,
            "satisfied": satisfied,
            "fixed": fixed,
            "comment": comment,
            "cause": cause,
            "signature": customer_signature,
        },
    )
    if fixed is False:
        reopening.report_again(session, settings, visit, order, by=by, at=at)
    if satisfied:
        visit.state = SATISFIED
    else:
        correcting.open_for(session, settings, visit, by=by, at=at)
    session.flush()
    month_watch.settle(session, settings, visit, at=at)


def finish(session: Session, visit: ReturnVisit, *, by: Actor, at: dt.datetime) -> None:
    """RV7: whoever is satisfied is visited no more. Twice changes nothing."""
    if visit.state != SATISFIED:
        return
    visit.state, visit.closed_at = DONE, at
    visit.version += 1
    record(session, "visit.done", visit, by=by, at=at, data={"round": visit.round})


def record(
    session: Session,
    kind: str,
    visit: ReturnVisit,
    *,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, object],
) -> None:
    """One row of the visit's history."""
    history.record(
        session, kind, subject_kind=SUBJECT, subject=visit.number, by=by, at=at, data=data
    )


def find_visit(session: Session, number: str, *, by: Actor) -> ReturnVisit:
    """One visit, locked. Raises NotFound."""
    visit = session.scalar(
        sa.select(ReturnVisit)
        .where(ReturnVisit.estate_id == by.estate_id, ReturnVisit.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if visit is None:
        raise NotFound("no-such-visit", "没有这条回访。", "There is no such visit.")
    return visit


def visit_of_order(session: Session, order_id: uuid.UUID) -> ReturnVisit | None:
    """The return visit of an order, where there is one."""
    return session.scalar(sa.select(ReturnVisit).where(ReturnVisit.order_id == order_id))


def order_of(session: Session, visit: ReturnVisit) -> WorkOrder:
    """The order that a visit is about. Raises Conflict for the visit of a complaint (R-149)."""
    if visit.order_id is None:
        raise Conflict(
            "visit-of-complaint",
            "投诉的回访请在投诉页面办理。",
            "The visit of a complaint is dealt with on the complaint's page.",
            rule="R-149",
        )
    return session.get_one(WorkOrder, visit.order_id)


def _goes_with(
    session: Session,
    settings: Settings,
    visit: ReturnVisit,
    closed_at: dt.datetime,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    was, month = visit.cohort_on, month_of(closed_at, settings.zone)
    if was is None or was == month or visit.state not in {PENDING, ASSIGNED} or visit.round > 1:
        return
    visit.cohort_on, visit.due_at = month, return_visit_due(closed_at, settings.zone)
    visit.version += 1
    session.flush()
    planning.draw_on_site(session, visit)
    month_watch.begin(session, settings, visit, by=by, at=at)
    month_watch.settle_month(session, settings, visit.estate_id, was, at=at)
    record(
        session,
        "visit.month_changed",
        visit,
        by=by,
        at=at,
        data={"was": f"{was:%Y-%m}", "month": f"{month:%Y-%m}", "due_at": visit.due_at.isoformat()},
    )


def _may_be_made(session: Session, visit: ReturnVisit, order: WorkOrder) -> None:
    if visit.state == RECTIFYING:
        raise Conflict(
            "visit-rectifying",
            "正在整改,整改完成后再回访。",
            "It is being put right; visit again when that is done.",
            rule="R-090",
        )
    if visit.state not in {PENDING, ASSIGNED}:
        raise Conflict("visit-done", "已回访。", "The visit has been made.")
    signed = order.unsigned_reason is None and not order.closed_by_decision
    if not signed and any(one.done_at is None for one in corrections.of_order(session, order.id)):
        raise Conflict(
            "correction-first",
            "工单还有未完成的整改,先整改再回访。",
            "Something is still to be put right on the order; that comes before the visit.",
            rule="A-34",
        )


def _complete(
    method: str, comment: str, customer_signature: str | None, needless_cause: str | None
) -> None:
    errors: dict[str, list[str]] = {}
    if not comment.strip():
        errors["comment"] = ["须有意见 the customer's words are needed"]
    if method == ON_SITE and not customer_signature:
        errors["customer_signature"] = ["上门回访须客户签名 signed by the customer"]
    if method != ON_SITE and customer_signature:
        errors["customer_signature"] = ["电话回访没有客户签名 no signature by phone"]
    if needless_cause:
        errors["cause"] = ["满意时不填原因 no cause where the customer is satisfied"]
    if errors:
        raise Invalid(
            "visit-incomplete",
            "回访记录不完整。",
            "The record of the visit is not complete.",
            rule="R-087" if method == ON_SITE else "R-088",
            errors=errors,
        )
