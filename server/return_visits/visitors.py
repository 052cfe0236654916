"""Who of the house may make visits, how much each has to do, and whom an order's visit goes to."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import may
from server.complaints import moving
from server.complaints.models import Complaint
from server.complaints.who import Person, why_not
from server.errors import Invalid
from server.estate.models import Building, Unit
from server.return_visits.models import TO_MAKE, ReturnVisit
from server.return_visits.who import Visitor, default_visitor
from server.work_orders.models import WorkOrder


def visitors(session: Session, estate_id: uuid.UUID) -> list[Visitor]:
    """Active people who may make visits, by user name, each with what is open with him."""
    people = session.execute(
        sa.select(User.id, User.username, User.roles, User.department)
        .where(User.estate_id == estate_id, User.active)
        .order_by(User.username)
    ).all()
    able = [one for one in people if may("visit.make", frozenset(one.roles))]
    load = _open_visits(session, estate_id)
    return [
        Visitor(
            user_id=one.id,
            username=one.username,
            roles=tuple(one.roles),
            precinct=one.department,
            open_visits=load.get(one.id, 0),
        )
        for one in able
    ]


def default_for(session: Session, order: WorkOrder) -> Visitor | None:
    """Whom the visit of this order goes to by itself (R-083)."""
    return default_visitor(
        visitors(session, order.estate_id),
        intake_point=order.intake_point,
        return_point=order.return_point,
        precinct=session.scalar(
            sa.select(Building.precinct)
            .join(Unit, Unit.building_id == Building.id)
            .where(Unit.id == order.unit_id)
        ),
    )


def able(estate_id: uuid.UUID, user: User | None) -> User:
    """Somebody who may make visits. Raises Invalid for anybody else."""
    if (
        user is None
        or user.estate_id != estate_id
        or not user.active
        or not may("visit.make", frozenset(user.roles))
    ):
        raise Invalid(
            "no-visitor",
            "请选择可以回访的人。",
            "Choose somebody who may make visits.",
            rule="R-083",
            errors={"assignee": ["须有回访权限 must be allowed to make visits"]},
        )
    return user


def visits_complaint(complaint: Complaint, user_id: uuid.UUID, roles: Collection[str]) -> bool:
    """Whether somebody may make the visit of this complaint (R-120, R-121, A-26)."""
    person = Person(id=user_id, roles=frozenset(roles))
    return why_not("visit", person, moving.case_of(complaint)) is None


def demand_able(complaint: Complaint, user: User) -> None:
    """Raise Invalid where the visit of this complaint is not for this person to make."""
    reason = why_not(
        "visit", Person(id=user.id, roles=frozenset(user.roles)), moving.case_of(complaint)
    )
    if reason is not None:
        raise Invalid(
            "no-visitor",
            reason.zh,
            reason.en,
            rule=reason.rule,
            errors={"assignee": ["不能回访这条投诉 may not visit this complaint"]},
        )


def _open_visits(session: Session, estate_id: uuid.UUID) -> dict[uuid.UUID, int]:
    rows = session.execute(
        sa.select(ReturnVisit.assignee_id, sa.func.count())
        .where(ReturnVisit.estate_id == estate_id, sa.text(TO_MAKE))
        .group_by(ReturnVisit.assignee_id)
    )
    return {user_id: count for user_id, count in rows if user_id is not None}
