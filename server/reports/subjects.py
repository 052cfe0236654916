"""What the orders, requests, complaints, incidents and damage of a list are about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import starmap
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.complaints.models import Complaint
from server.estate.models import Unit
from server.incidents.models import Damage, Incident
from server.reports.measures.case import COMPLAINT, DAMAGE, INCIDENT, ORDER, REQUEST, VISIT
from server.requests.models import ServiceRequest
from server.return_visits.models import ReturnVisit
from server.work_orders.models import WorkOrder


class Subject(NamedTuple):
    """One of them in a line."""

    number: str
    state: str
    #: a unit, or the place of an incident
    place: str
    category: str | None
    content: str
    technician: str | None
    #: of damage: the order on whose page it stands
    order: str | None = None


def subjects(
    session: Session, estate_id: uuid.UUID, named: Iterable[tuple[str, str]]
) -> dict[str, Subject]:
    """Number -> what it is about; `named` are kinds and numbers. A query for each kind."""
    numbers: dict[str, list[str]] = {
        kind: [] for kind in (ORDER, REQUEST, INCIDENT, COMPLAINT, VISIT, DAMAGE)
    }
    for kind, number in named:
        # Lists of slips are told by their number alone.
        if kind in numbers:
            numbers[kind].append(number)
    nobody = sa.null()
    asked = {
        ORDER: sa.select(
            WorkOrder.number,
            WorkOrder.state,
            Unit.code,
            WorkOrder.category,
            WorkOrder.content,
            User.name,
        )
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .outerjoin(User, User.id == WorkOrder.technician_id)
        .where(WorkOrder.estate_id == estate_id, WorkOrder.number.in_(numbers[ORDER])),
        REQUEST: sa.select(
            ServiceRequest.number,
            ServiceRequest.state,
            Unit.code,
            ServiceRequest.category,
            ServiceRequest.content,
            nobody,
        )
        .join(Unit, Unit.id == ServiceRequest.unit_id)
        .where(ServiceRequest.estate_id == estate_id, ServiceRequest.number.in_(numbers[REQUEST])),
        INCIDENT: sa.select(
            Incident.number,
            Incident.state,
            Incident.place,
            Incident.category,
            Incident.description,
            nobody,
        ).where(Incident.estate_id == estate_id, Incident.number.in_(numbers[INCIDENT])),
        COMPLAINT: sa.select(
            Complaint.number,
            Complaint.state,
            Unit.code,
            Complaint.category,
            Complaint.content,
            nobody,
        )
        .join(Unit, Unit.id == Complaint.unit_id)
        .where(Complaint.estate_id == estate_id, Complaint.number.in_(numbers[COMPLAINT])),
        # of an order: that of a complaint goes by the complaint
        VISIT: sa.select(
            ReturnVisit.number,
            ReturnVisit.state,
            Unit.code,
            WorkOrder.category,
            WorkOrder.content,
            User.name,
        )
        .join(WorkOrder, WorkOrder.id == ReturnVisit.order_id)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .outerjoin(User, User.id == WorkOrder.technician_id)
        .where(ReturnVisit.estate_id == estate_id, ReturnVisit.number.in_(numbers[VISIT])),
        DAMAGE: sa.select(
            Damage.number,
            Damage.state,
            Unit.code,
            WorkOrder.category,
            Damage.item,
            nobody,
            WorkOrder.number,
        )
        .join(WorkOrder, WorkOrder.id == Damage.order_id)
        .join(Unit, Unit.id == WorkOrder.unit_id)
        .where(Damage.estate_id == estate_id, Damage.number.in_(numbers[DAMAGE])),
    }
    return {
        one.number: one
        for kind, query in asked.items()
        if numbers[kind]
        for one in starmap(Subject, session.execute(query))
    }
