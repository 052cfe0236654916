"""Who makes a visit, how risky it is, and whether it is made on site (RV2, R-083, R-086, R-148)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.complaints import moving
from server.complaints.models import Complaint
from server.errors import Conflict, Invalid
from server.history import Actor
from server.return_visits import quota, risk, visitors
from server.return_visits.gathering import facts_of
from server.return_visits.models import TO_MAKE, ReturnVisit
from server.return_visits.quota import Candidate
from server.return_visits.states import ASSIGNED, OPEN, PENDING, SUBJECT
from server.settings import Settings
from server.work_orders.models import WorkOrder


def assign_by_default(
    session: Session, visit: ReturnVisit, order: WorkOrder, *, at: dt.datetime
) -> None:
    """RV2: the one whom it falls to (R-083); with nobody there it waits for the head of dispatch."""
    found = visitors.default_for(session, order)
    if found is not None:
        visit.assignee_id, visit.assigned_at = found.user_id, at
        visit.state = ASSIGNED


def assign(
    session: Session,
    visit: ReturnVisit,
    user: User | None,
    *,
    reason: str | None,
    on_site: bool | None = None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """R-148: the head of dispatch gives it to somebody, perhaps to be made on site.

    Another than who would be asked by default needs a reason (R-083); nobody is by default for a
    complaint, whose visitor is one who may visit it (R-120, R-121). Raises Conflict for a visit
    that is over, Denied for a complaint against the centre (A-26), Invalid.
    """
    if visit.state not in OPEN:
        raise Conflict("visit-over", "这条回访不能再安排。", "This visit is not to be planned.")
    chosen = visitors.able(by.estate_id, user)
    if visit.order_id is not None:
        usual = visitors.default_for(session, session.get_one(WorkOrder, visit.order_id))
        same = chosen.id in {visit.assignee_id, usual.user_id if usual else None}
    else:
        complaint = session.get_one(Complaint, visit.complaint_id)
        moving.demand("plan_visit", moving.case_of(complaint), by)
        visitors.demand_able(complaint, chosen)
        on_site = on_site or complaint.major
        same = visit.assignee_id in {None, chosen.id}
    if not same and not (reason or "").strip():
        raise Invalid(
            "no-reason",
            "改派给别人须写明原因。",
            "Say why it goes to somebody else.",
            rule="R-083",
            errors={"reason": ["须写明原因 say why"]},
        )
    visit.assignee_id, visit.assigned_by, visit.assigned_at = chosen.id, by.user_id, at
    visit.assign_reason = (reason or "").strip() or None
    if on_site is not None:
        visit.on_site_wanted = on_site
    if visit.state == PENDING:
        visit.state = ASSIGNED
    visit.version += 1
    history.record(
        session,
        "visit.assigned",
        subject_kind=SUBJECT,
        subject=visit.number,
        by=by,
        at=at,
        data={"name": chosen.name, "reason": visit.assign_reason, "on_site": visit.on_site_wanted},
    )


def look_at_risk(
    session: Session, settings: Settings, visit: ReturnVisit, order: WorkOrder
) -> None:
    """How much speaks for visiting this customer first, told anew whenever something changed."""
    found = risk.findings(facts_of(session, settings, order))
    visit.risks = [one.to_json() for one in found]
    visit.risk_place = risk.place(found)


def look_again(session: Session, settings: Settings, order: WorkOrder) -> None:
    """The customer rated the order, or its evidence was judged: where the visit is still to be
    made, its place changes. The order must be locked."""
    visit = session.scalar(
        sa.select(ReturnVisit).where(ReturnVisit.order_id == order.id).with_for_update()
    )
    if visit is None or visit.state not in OPEN:
        return
    look_at_risk(session, settings, visit, order)
    session.flush()
    draw_on_site(session, visit)


def draw_on_site(session: Session, visit: ReturnVisit) -> None:
    """R-086: as many of the month's visits as are due are drawn to be made on site, the riskiest.

    Few rows are read: what is drawn already, and of the rest no more than could be drawn now.
    """
    of_month = sa.and_(
        ReturnVisit.estate_id == visit.estate_id, ReturnVisit.cohort_on == visit.cohort_on
    )
    count, made = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(ReturnVisit.method == "on_site"),
        ).where(of_month)
    ).one()
    due = quota.on_site_due(count)
    to_make = (of_month, sa.text(TO_MAKE), ReturnVisit.method.is_distinct_from("on_site"))
    wanted = _rows(session, *to_make, ReturnVisit.on_site_wanted == sa.true(), limit=due + 1)
    others = _rows(session, *to_make, sa.not_(ReturnVisit.on_site_wanted), limit=max(1, due - made))
    drawn, let_go = quota.redrawn(
        [_candidate(one) for one in wanted],
        [_candidate(one) for one in others],
        due=due,
        made=made,
    )
    for one in (*wanted, *others):
        if one.id in drawn or one.id in let_go:
            one.on_site_wanted = one.id in drawn


def _rows(
    session: Session, *conditions: sa.ColumnElement[bool] | sa.TextClause, limit: int
) -> Sequence[ReturnVisit]:
    return session.scalars(
        sa.select(ReturnVisit)
        .where(*conditions)
        .order_by(ReturnVisit.risk_place, ReturnVisit.id)
        .limit(limit)
    ).all()


def _candidate(visit: ReturnVisit) -> Candidate:
    begun = visit.attempts > 0 or visit.assigned_by is not None or visit.round > 1
    return Candidate(id=visit.id, risk_place=visit.risk_place, begun=begun)
