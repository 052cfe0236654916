"""Lists of visits, and everything that is known of one; nothing is changed here."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import Complaint
from server.errors import Invalid, NotFound
from server.history import Actor
from server.keyset import Place, aside, beyond, direction, read_place
from server.requests.models import ServiceRequest
from server.return_visits.models import TO_MAKE, ReturnVisit, VisitResult
from server.return_visits.states import STATES
from server.work_orders.models import WorkOrder

#: What is still to be made, the riskiest first; the other states stand newest month first.
OPEN_LIST = "open"
LISTS = (OPEN_LIST, *STATES)
_RISK_PLACE = re.compile(r"(\d{1,3})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which visits are wanted. `state`: one of LISTS."""

    state: str = OPEN_LIST
    assignee_id: uuid.UUID | None = None
    cohort_on: dt.date | None = None
    method: str | None = None
    on_site_wanted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One visit of a list and what it is about: an order or a complaint."""

    visit: ReturnVisit
    order: WorkOrder | None
    complaint: Complaint | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list, and where the next one begins."""

    entries: Sequence[Entry]
    after: str | None


def page(
    session: Session, estate_id: uuid.UUID, wanted: Filter, *, after: str | None, limit: int = 50
) -> Page:
    """Visits of a filter. Raises Invalid for a place that is none of ours."""
    if wanted.state == OPEN_LIST:
        query, spelled = _to_make(estate_id, wanted, after), _risk_spelled
    else:
        query, spelled = _in_state(estate_id, wanted, after), _due_spelled
    rows = list(session.scalars(query.limit(limit + 1)))
    shown = rows[:limit]
    return Page(
        entries=entries(session, shown),
        after=spelled(shown[-1]) if len(rows) > limit else None,
    )


def entries(session: Session, visits: Collection[ReturnVisit]) -> list[Entry]:
    """Visits with what each is about, in two questions however many they are."""
    orders = {
        row.id: row
        for row in session.scalars(
            sa.select(WorkOrder).where(
                WorkOrder.id.in_([one.order_id for one in visits if one.order_id])
            )
        )
    }
    of_complaints = [one.complaint_id for one in visits if one.complaint_id]
    complaints = (
        {
            row.id: row
            for row in session.scalars(sa.select(Complaint).where(Complaint.id.in_(of_complaints)))
        }
        if of_complaints
        else {}
    )
    return [
        Entry(
            visit=one,
            order=orders.get(one.order_id) if one.order_id else None,
            complaint=complaints.get(one.complaint_id) if one.complaint_id else None,
        )
        for one in visits
    ]


def get_visit(session: Session, number: str, *, by: Actor) -> ReturnVisit:
    """One visit of the estate, for reading. Raises NotFound."""
    return find_in(session, by.estate_id, number)


def find_in(session: Session, estate_id: uuid.UUID, number: str) -> ReturnVisit:
    """One visit of an estate, for reading. Raises NotFound."""
    visit = session.scalar(
        sa.select(ReturnVisit).where(
            ReturnVisit.estate_id == estate_id, ReturnVisit.number == number
        )
    )
    if visit is None:
        raise NotFound("no-such-visit", "没有这条回访。", "There is no such visit.")
    return visit


def results_of(session: Session, visit: ReturnVisit) -> list[VisitResult]:
    """What was said in each round, the first one first."""
    return list(
        session.scalars(
            sa.select(VisitResult)
            .where(VisitResult.visit_id == visit.id)
            .order_by(VisitResult.round)
        )
    )


def reopened_request(session: Session, visit: ReturnVisit) -> str | None:
    """Number of the request under which the fault was reported anew."""
    if visit.reopened_request_id is None:
        return None
    return session.scalar(
        sa.select(ServiceRequest.number).where(ServiceRequest.id == visit.reopened_request_id)
    )


def _to_make(estate_id: uuid.UUID, wanted: Filter, after: str | None) -> sa.Select[ReturnVisit]:
    query = sa.select(ReturnVisit).where(
        ReturnVisit.estate_id == estate_id, sa.text(TO_MAKE), *_narrowed(wanted)
    )
    if after is not None:
        told = _RISK_PLACE.fullmatch(after)
        if told is None:
            raise Invalid("bad-cursor", "分页位置无效。", "The place is not one of ours.")
        key = sa.tuple_(ReturnVisit.risk_place, ReturnVisit.id)
        place = sa.tuple_(sa.literal(int(told[1])), sa.literal(uuid.UUID(told[2])))
        query = query.where(key > place)
    return query.order_by(ReturnVisit.risk_place, ReturnVisit.id)


def _in_state(estate_id: uuid.UUID, wanted: Filter, after: str | None) -> sa.Select[ReturnVisit]:
    query = sa.select(ReturnVisit).where(
        ReturnVisit.estate_id == estate_id,
        ReturnVisit.state == wanted.state,
        *_narrowed(wanted),
    )
    if after is not None:
        query = query.where(
            beyond(ReturnVisit.due_at, ReturnVisit.id, read_place(after), newer=False)
        )
    return query.order_by(*direction(ReturnVisit.due_at, ReturnVisit.id, newer=False))


def _narrowed(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """What else is asked for; the state leads, so that no other index is walked through."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.assignee_id is not None:
        column = ReturnVisit.assignee_id
        found.append((column if wanted.state == OPEN_LIST else aside(column)) == wanted.assignee_id)
    if wanted.cohort_on is not None:
        found.append(aside(ReturnVisit.cohort_on) == wanted.cohort_on)
    if wanted.method is not None:
        found.append(ReturnVisit.method == wanted.method)
    if wanted.on_site_wanted is not None:
        found.append(ReturnVisit.on_site_wanted == wanted.on_site_wanted)
    return found


def _risk_spelled(visit: ReturnVisit) -> str:
    return f"{visit.risk_place}.{visit.id}"


def _due_spelled(visit: ReturnVisit) -> str:
    return Place(at=visit.due_at, id=visit.id).spelled()
