"""Reading what the figures of a month are formed from: by index, and only the columns they need."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cached_property
from itertools import starmap
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.billing.models import FeeNotice
from server.billing.queries import month_lines
from server.complaints.models import OPEN, Complaint
from server.deadlines.policy import return_visit_due
from server.estate.models import Building, Unit
from server.handovers import slip_queries, slips
from server.handovers.models import SlipHandover
from server.handovers.slip_days import daily_due, list_day, monthly_due, next_month, slips_of_day
from server.incidents.models import Damage, Incident
from server.incidents.operations import left_before_relieved
from server.rectifications.models import Rectification
from server.reports import seats
from server.reports.measures.case import COMPLAINT, ORDER
from server.reports.measures.fees import Fee
from server.reports.measures.grievances import ComplaintVisit, Grievance, MajorClosed, Owed
from server.reports.measures.handing_over import List
from server.reports.measures.loose_ends import DamageReport, Drawn, Stay
from server.reports.measures.span import DAY, Span
from server.reports.measures.visits import Checked, Holder, Visited
from server.return_visits.cohort import FIRST, first_made_at
from server.return_visits.models import ReturnVisit, SpotCheck, VisitResult
from server.return_visits.states import ASSIGNED, PENDING
from server.work_orders.in_hand import in_hand
from server.work_orders.models import WorkOrder

CLOSED = ("closed", "archived")
#: So many complaints are told in their own words.
MOST_CONCERNS = 20


def month_span(month: dt.date, zone: ZoneInfo) -> Span:
    """The days of a month of the estate's calendar."""
    return Span(first=month.replace(day=1), last=next_month(month) - DAY, zone=zone)


class MonthRows:
    """The rows of one estate and month. Each kind is read once, when a measure first asks."""

    def __init__(
        self, session: Session, estate_id: uuid.UUID, month: dt.date, zone: ZoneInfo
    ) -> None:
        self.session = session
        self.estate_id = estate_id
        self.month = month.replace(day=1)
        self.zone = zone
        self.span = month_span(month, zone)

    @cached_property
    def cohort(self) -> list[Visited]:
        """Every order that was closed in the month, with what its customer said first (A-13)."""
        first = VisitResult
        rows = self.session.execute(
            sa.select(
                WorkOrder.number,
                WorkOrder.closed_at,
                WorkOrder.category,
                ReturnVisit.due_at,
                first_made_at(),
                first.method,
                ReturnVisit.method,
                first.satisfied,
                ReturnVisit.satisfied,
                sa.func.coalesce(first.cause, ReturnVisit.cause),
            )
            .outerjoin(ReturnVisit, ReturnVisit.order_id == WorkOrder.id)
            .outerjoin(first, (first.visit_id == ReturnVisit.id) & FIRST)
            .where(
                WorkOrder.estate_id == self.estate_id,
                WorkOrder.month == self.month,
                WorkOrder.state.in_(CLOSED),
            )
        )
        found = []
        for number, closed_at, item, due, at, method, last_method, said, said_last, cause in rows:
            if closed_at is None:  # a month is only given with it
                continue
            satisfied = said_last if said is None else said
            found.append(
                Visited(
                    number,
                    closed_at,
                    item,
                    due or return_visit_due(closed_at, self.zone),
                    at,
                    "on_site" in {method, last_method},
                    satisfied,
                    cause,
                )
            )
        return found

    @cached_property
    def managers(self) -> dict[uuid.UUID, seats.Manager]:
        """Everybody with a manager's role, also who has left."""
        return seats.managers(self.session, self.estate_id)

    @cached_property
    def holders(self) -> list[Holder]:
        """Who had the CS manager's or the general manager's seat in the month (A-20)."""
        acted = {one.checker for one in self.checks} | {
            one.visitor for one in self.complaint_visits
        }
        return seats.held(self.session, self.managers, acted, self.span)

    @cached_property
    def checks(self) -> list[Checked]:
        """Spot checks by when they were made."""
        rows = self.session.execute(
            sa.select(
                WorkOrder.number,
                Complaint.number,
                SpotCheck.at,
                SpotCheck.checker_id,
                SpotCheck.agrees,
                ReturnVisit.recorded_by,
            )
            .join(ReturnVisit, ReturnVisit.id == SpotCheck.visit_id)
            .outerjoin(WorkOrder, WorkOrder.id == ReturnVisit.order_id)
            .outerjoin(Complaint, Complaint.id == ReturnVisit.complaint_id)
            .where(
                SpotCheck.checker_id.in_(list(self.managers)),
                *self._in_span(SpotCheck.estate_id, SpotCheck.at),
            )
        )
        return [
            Checked(
                ORDER if order else COMPLAINT, order or complaint, at, who, agrees, who == visitor
            )
            for order, complaint, at, who, agrees, visitor in rows
        ]

    @cached_property
    def complaint_visits(self) -> list[ComplaintVisit]:
        """Visits of complaints made in the month, each round by itself, and those still to be made.

        What a later round says takes nothing from the month of an earlier one (R-126, R-127).
        """
        said = VisitResult
        at = sa.func.coalesce(said.at, ReturnVisit.done_at)
        made = self.session.execute(
            sa.select(
                Complaint.number, at, sa.func.coalesce(said.recorded_by, ReturnVisit.recorded_by)
            )
            .select_from(ReturnVisit)
            .join(Complaint, Complaint.id == ReturnVisit.complaint_id)
            .outerjoin(said, said.visit_id == ReturnVisit.id)
            .where(
                ReturnVisit.estate_id == self.estate_id,
                # no round is later than the last one, and the index is by that
                ReturnVisit.done_at >= self.span.from_at,
                at >= self.span.from_at,
                at < self.span.until_at,
            )
        )
        opened_at = sa.func.coalesce(
            Complaint.verified_at, ReturnVisit.opened_at, ReturnVisit.due_at
        )
        open_ones = self.session.execute(
            sa.select(Complaint.number, opened_at)
            .join(ReturnVisit, ReturnVisit.complaint_id == Complaint.id)
            .where(
                Complaint.estate_id == self.estate_id,
                sa.text(f"complaint.{OPEN}"),
                ReturnVisit.state.in_((PENDING, ASSIGNED)),
                opened_at < self.span.until_at,
            )
        )
        return [
            *starmap(ComplaintVisit, made),
            *(ComplaintVisit(number, at, None) for number, at in open_ones),
        ]

    @cached_property
    def majors(self) -> list[MajorClosed]:
        """Major complaints by when they were closed, with who visited and how."""
        rows = self.session.execute(
            sa.select(
                Complaint.number,
                Complaint.closed_at,
                Complaint.target,
                Complaint.delegate_id,
                ReturnVisit.method,
                ReturnVisit.recorded_by,
            )
            .outerjoin(ReturnVisit, ReturnVisit.complaint_id == Complaint.id)
            .where(*self._in_span(Complaint.estate_id, Complaint.closed_at), Complaint.major)
        )
        roles = {who: one.holder.role for who, one in self.managers.items()}
        found = []
        for number, closed_at, target, delegate_id, method, visitor in rows:
            role = roles.get(visitor) if visitor else None
            if target == "cs_centre":
                right = role == "gpm" or (visitor is not None and visitor == delegate_id)
            else:
                right = role == "cs_manager"
            found.append(MajorClosed(number, closed_at or self.span.from_at, method, right))
        return found

    @cached_property
    def grievances(self) -> list[Grievance]:
        """Complaints by when they were recorded."""
        rows = self.session.execute(
            sa.select(
                Complaint.number,
                Complaint.recorded_at,
                Complaint.channel,
                Complaint.target,
                Complaint.validity,
                Complaint.major,
                Complaint.category,
                Building.number,
            )
            .join(Unit, Unit.id == Complaint.unit_id)
            .join(Building, Building.id == Unit.building_id)
            .where(*self._in_span(Complaint.estate_id, Complaint.recorded_at))
        )
        return [Grievance(*row[:-1], f"{row[-1]}栋") for row in rows]

    @cached_property
    def complaints_closed(self) -> int:
        """How many complaints were closed in the month."""
        found = self.session.scalar(
            sa.select(sa.func.count())
            .select_from(Complaint)
            .where(*self._in_span(Complaint.estate_id, Complaint.closed_at))
        )
        return found or 0

    @cached_property
    def concerns(self) -> list[str]:
        """What was complained of, in the words of whoever wrote it down, oldest first (R-129)."""
        return list(
            self.session.scalars(
                sa.select(Complaint.content)
                .where(*self._in_span(Complaint.estate_id, Complaint.recorded_at))
                .order_by(Complaint.recorded_at)
                .limit(MOST_CONCERNS)
            )
        )

    @cached_property
    def owed(self) -> list[Owed]:
        """Rectifications that are open now and were due by the end of the month."""
        rows = self.session.execute(
            sa.select(
                Rectification.subject_kind,
                Rectification.subject,
                Rectification.opened_at,
                Rectification.due_on,
            ).where(
                Rectification.estate_id == self.estate_id,
                Rectification.done_at.is_(None),
                Rectification.due_on <= self.span.last,
            )
        )
        return list(starmap(Owed, rows))

    @cached_property
    def lists(self) -> list[List]:
        """The days on which slips came back at the front desk, and the month itself (K-17)."""
        from_at, _ = slips_of_day(self.span.first, self.zone)
        _, until_at = slips_of_day(self.span.last, self.zone)
        returned: dict[dt.date, set[str]] = {}
        for number, at in self.session.execute(
            sa.select(WorkOrder.number, WorkOrder.written_off_at).where(
                WorkOrder.estate_id == self.estate_id,
                WorkOrder.written_off_at >= from_at,
                WorkOrder.written_off_at < until_at,
                WorkOrder.return_point == "front_desk",
            )
        ):
            if at is not None:
                returned.setdefault(list_day(at, self.zone), set()).add(number)
        given = {
            one.period_on: one
            for one in self.session.scalars(
                sa.select(SlipHandover).where(
                    SlipHandover.estate_id == self.estate_id,
                    SlipHandover.kind == slips.DAILY,
                    SlipHandover.period_on >= self.span.first,
                    SlipHandover.period_on <= self.span.last,
                )
            )
        }
        found = []
        for day in sorted({*returned, *given}):
            known = given.get(day)
            # What came back after the list was given has still to be handed over.
            whole = known is not None and returned.get(day, set()) <= set(known.orders)
            given_at = known.given_at if known is not None and whole else None
            found.append(List(day.isoformat(), daily_due(day, self.zone), given_at))
        of_month = slip_queries.find_list(self.session, self.estate_id, slips.MONTHLY, self.month)
        if of_month is not None or self.cohort:
            due_at = monthly_due(self.month, self.zone)
            found.append(
                List(f"{self.month:%Y-%m}", due_at, of_month.given_at if of_month else None)
            )
        return found

    @cached_property
    def fees(self) -> list[Fee]:
        """What is billed with the month, as its report (F-08) counts it, each order with what it
        says itself and what its notice asks for."""
        asked_for = {
            str(line["order"]): int(line["amount_fen"])
            for lines in self.session.scalars(
                sa.select(FeeNotice.lines).where(
                    FeeNotice.estate_id == self.estate_id, FeeNotice.month == self.month
                )
            )
            for line in lines
        }
        return [
            Fee(
                line.order,
                line.written_off_at or self.span.from_at,
                line.category,
                line.method,
                line.charge_fen,
                line.order_charge_fen,
                asked_for.get(line.order),
            )
            for line in month_lines(self.session, self.estate_id, self.month)
            if line.counts
        ]

    @cached_property
    def notices_issued(self) -> bool:
        """Whether the fee notices of the month have gone out."""
        found = self.session.scalar(
            sa.select(FeeNotice.id)
            .where(FeeNotice.estate_id == self.estate_id, FeeNotice.month == self.month)
            .limit(1)
        )
        return found is not None

    def drawn(self, now: dt.datetime) -> list[Drawn]:
        """Lines of which something is out now, that went out by the end of the month (K-19)."""
        return [
            Drawn(
                thing.order_number,
                f"{thing.name} · {thing.holder} · {thing.line.number}",
                thing.since,
                thing.is_overdue(now),
            )
            for thing in in_hand(self.session, self.estate_id)
            if thing.line is not None and thing.since < self.span.until_at
        ]

    @cached_property
    def incidents(self) -> list[Stay]:
        """Incidents by when they were found."""
        rows = self.session.scalars(
            sa.select(Incident).where(*self._in_span(Incident.estate_id, Incident.found_at))
        )
        return [
            Stay(
                row.number,
                row.found_at,
                row.dept_arrived_at,
                row.left_at,
                left_before_relieved(row),
                row.state == "closed",
            )
            for row in rows
        ]

    @cached_property
    def damages(self) -> list[DamageReport]:
        """Damage reports by when they were made."""
        rows = self.session.execute(
            sa.select(
                Damage.number, Damage.reported_at, Damage.settled_at, Damage.amount_fen
            ).where(*self._in_span(Damage.estate_id, Damage.reported_at))
        )
        return list(starmap(DamageReport, rows))

    def _in_span(
        self, estate_id: InstrumentedAttribute[uuid.UUID], at: InstrumentedAttribute[Any]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        return (estate_id == self.estate_id, at >= self.span.from_at, at < self.span.until_at)
