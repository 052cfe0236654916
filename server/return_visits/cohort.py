"""How far the visits of one month of closing have come (R-084, R-086, A-09, A-10)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.deadlines.policy import is_late, return_visit_due
from server.return_visits.models import ReturnVisit, VisitResult
from server.return_visits.quota import on_site_due
from server.return_visits.states import MADE, OPEN, RECTIFYING, UNREACHABLE

SECOND = dt.timedelta(seconds=1)
#: What the customer said first: by that a visit is made in time or not (R-084), whatever is put
#: right and asked again afterwards.
FIRST = VisitResult.round == 1


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Counts of the visits of one month. `total` is what is due: who could not be reached stays in
    it. `late`: nobody was spoken with, or only after the 10th."""

    total: int
    done: int
    open: int
    unreachable: int
    on_site: int
    late: int

    @property
    def on_site_due(self) -> int:
        """How many are made on site at least (R-086)."""
        return on_site_due(self.total)

    @property
    def on_site_missing(self) -> int:
        """How many are still to be made on site."""
        return max(0, self.on_site_due - self.on_site)

    def to_json(self) -> dict[str, int]:
        """As it goes over the wire."""
        return {**asdict(self), "on_site_due": self.on_site_due}


@dataclass(frozen=True, kw_only=True)
class Row:
    """So many visits in this state whose last round was made by this method, and how many late."""

    state: str
    method: str | None
    late: int
    count: int


def counted(rows: Collection[Row]) -> Cohort:
    """What the rows of a month come to; Pure."""

    def of(*states: str) -> int:
        return sum(row.count for row in rows if row.state in states)

    return Cohort(
        total=sum(row.count for row in rows),
        done=of(*MADE),
        open=of(*OPEN),
        unreachable=of(UNREACHABLE),
        # Whoever was visited at the door and is dissatisfied was visited at the door.
        on_site=sum(row.count for row in rows if row.method == "on_site"),
        late=sum(row.late for row in rows),
    )


def due_of(month: dt.date, zone: ZoneInfo) -> dt.datetime:
    """When the visits of a month of closing are due: the 10th of the next, 23:59:59. Pure."""
    return return_visit_due(dt.datetime.combine(month, dt.time(12), zone), zone)


def first_made_at() -> sa.ColumnElement[dt.datetime | None]:
    """When the customer of a visit was first spoken with, in a query that has joined FIRST; the
    last round stands in where the first was not kept by itself. NULL while nobody was reached."""
    last = sa.case((ReturnVisit.satisfied.is_not(None), ReturnVisit.done_at))
    return sa.func.coalesce(VisitResult.at, last)


def made_first_at(session: Session, visit: ReturnVisit) -> dt.datetime | None:
    """The same of one visit."""
    return session.scalar(
        sa.select(first_made_at())
        .select_from(ReturnVisit)
        .outerjoin(VisitResult, (VisitResult.visit_id == ReturnVisit.id) & FIRST)
        .where(ReturnVisit.id == visit.id)
    )


def is_overdue(visit: ReturnVisit, at: dt.datetime) -> bool:
    """Whether a visit waits beyond its day. What is asked again after a correction (RV6) of an
    order was made in time or not the first time; that of a complaint has a day of its own."""
    spoken = visit.order_id is not None and (visit.round > 1 or visit.state == RECTIFYING)
    return visit.state in OPEN and not spoken and is_late(at, visit.due_at)


def of_month(
    session: Session, estate_id: uuid.UUID, month: dt.date, *, zone: ZoneInfo, at: dt.datetime
) -> Cohort:
    """The month's counts as they stand at `at`, by index. `month`: its first day."""
    due_at = due_of(month, zone)
    made_at = first_made_at()
    made_late = sa.case(
        (made_at.is_not(None), made_at >= due_at + SECOND),
        else_=sa.literal(is_late(at, due_at)),
    )
    late = sa.case((made_late, 1), else_=0)
    rows = session.execute(
        sa.select(ReturnVisit.state, ReturnVisit.method, sa.func.sum(late), sa.func.count())
        .select_from(ReturnVisit)
        .outerjoin(VisitResult, (VisitResult.visit_id == ReturnVisit.id) & FIRST)
        .where(ReturnVisit.estate_id == estate_id, ReturnVisit.cohort_on == month)
        .group_by(ReturnVisit.state, ReturnVisit.method)
    ).all()
    return counted(
        [
            Row(state=state, method=method, late=int(late_ones or 0), count=count)
            for state, method, late_ones, count in rows
        ]
    )
