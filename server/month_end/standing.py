"""How far the end of a month has come: what of each step still stands open, counted by index."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.billing.lifecycle import MONTHLY, SETTLED, EntryState, ReportState
from server.billing.models import BillingEntry, FinanceReport
from server.complaints.models import Complaint
from server.handovers import slip_queries, slips
from server.handovers.models import SlipHandover
from server.handovers.slip_days import month_over
from server.month_end import summary
from server.month_end.archive import closed_complaints, closed_orders, settled, visit_done
from server.month_end.models import MonthlySummary
from server.reports.month_queries import CLOSED, month_span
from server.settings import Settings
from server.work_orders.models import WorkOrder


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What of a step is done, and what is left."""

    done: bool
    #: how many things are still to be done
    open: int = 0
    #: name -> how many, to be told beside it
    counts: dict[str, int] = field(default_factory=dict)
    #: whether its operation may be carried out now
    ready: bool = False
    #: where its operation has been carried out, and others go on: given, submitted, returned …
    state: str = ""


class Month:
    """One month of an estate as its steps see it."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        estate_id: uuid.UUID,
        month: dt.date,
        *,
        now: dt.datetime,
    ) -> None:
        self.session = session
        self.estate_id = estate_id
        self.month = month.replace(day=1)
        self.over = month_over(self.month, now, settings.zone)
        self.span = month_span(self.month, settings.zone)

    @cached_property
    def cohort(self) -> int:
        """How many orders were closed in it."""
        return self._count(
            WorkOrder,
            WorkOrder.estate_id == self.estate_id,
            WorkOrder.month == self.month,
            WorkOrder.state.in_(CLOSED),
        )

    @cached_property
    def slips(self) -> SlipHandover | None:
        """The list of its slips (F-11), where it was handed over."""
        return slip_queries.find_list(self.session, self.estate_id, slips.MONTHLY, self.month)

    @cached_property
    def report(self) -> FinanceReport | None:
        """The charge report (F-08), where it was made."""
        return self.session.scalar(
            sa.select(FinanceReport).where(
                FinanceReport.estate_id == self.estate_id, FinanceReport.month == self.month
            )
        )

    @cached_property
    def summary(self) -> MonthlySummary | None:
        """The statistics (F-06), where they were made."""
        return summary.find(self.session, self.estate_id, self.month)

    def of_slips(self) -> Standing:
        """F-11: handed over and received."""
        known = self.slips
        if known is None:
            return Standing(
                done=False,
                open=self.cohort,
                counts={"slips": self.cohort},
                ready=self.over,
            )
        return Standing(
            done=known.received_at is not None,
            counts={"slips": len(known.orders), "gaps": len(known.gaps)},
            state="received" if known.received_at else "given",
        )

    def of_visits(self) -> Standing:
        """R-084: every order of the month was visited to the end."""
        done = self._count(
            WorkOrder,
            WorkOrder.estate_id == self.estate_id,
            WorkOrder.month == self.month,
            WorkOrder.state.in_(CLOSED),
            visit_done(),
        )
        left = self.cohort - done
        return Standing(
            done=self.over and left == 0, open=left, counts={"due": self.cohort, "visited": done}
        )

    def of_report(self) -> Standing:
        """F-08: every order of the month is in finance's book, and the report is submitted."""
        registered = (
            sa.select(BillingEntry.id)
            .where(BillingEntry.order_id == WorkOrder.id, BillingEntry.state != EntryState.UNBILLED)
            .correlate(WorkOrder)
            .exists()
        )
        entered = self._count(
            WorkOrder,
            WorkOrder.estate_id == self.estate_id,
            WorkOrder.month == self.month,
            WorkOrder.state.in_(CLOSED),
            registered,
        )
        report = self.report
        state = report.state if report is not None else ""
        return Standing(
            done=state in {ReportState.SUBMITTED, ReportState.APPROVED},
            open=self.cohort - entered,
            counts={"due": self.cohort, "entered": entered},
            ready=self.over and report is None,
            state=state,
        )

    def of_review(self) -> Standing:
        """R-075: the general manager has approved the report."""
        report = self.report
        state = report.state if report is not None else ""
        return Standing(
            done=state == "approved",
            open=int(state == "submitted"),
            ready=state == "submitted",
            state=state,
        )

    def of_notices(self) -> Standing:
        """R-077: what is charged by notice is on one; what was held back (A-15) or came late is
        billed with a later month and not waited for."""
        report = self.report
        approved = report is not None and report.state == ReportState.APPROVED
        of_report = (BillingEntry.report_id == report.id,) if report and approved else ()
        owed = self._count(
            BillingEntry,
            BillingEntry.estate_id == self.estate_id,
            BillingEntry.month == self.month,
            BillingEntry.payment_method == MONTHLY,
            BillingEntry.charge_fen > 0,
            BillingEntry.state.not_in(sorted(SETTLED)),
            *of_report,
        )
        return Standing(
            done=approved and owed == 0, open=owed, ready=self.over and approved and owed > 0
        )

    def of_summary(self) -> Standing:
        """F-06: made, commented, submitted."""
        known = self.summary
        if known is None:
            return Standing(done=False, open=1, ready=self.over)
        if known.submitted_at is None:
            return Standing(done=False, open=1, state="made")
        return Standing(done=True, state="read" if known.read_at else "submitted")

    def of_archive(self) -> Standing:
        """R-130: what is over is read-only."""
        here = closed_orders(self.estate_id, self.month)
        left = self._count(WorkOrder, *here)
        can = self._count(
            WorkOrder, *here, WorkOrder.qa_state != "returned", visit_done(), settled()
        )
        complaints = self._count(Complaint, *closed_complaints(self.estate_id, self.span))
        told = self.summary is not None and self.summary.submitted_at is not None
        can_complaints = complaints if told else 0
        return Standing(
            done=self.over and left == 0 and complaints == 0,
            open=left + complaints,
            counts={
                "archived": self.cohort - left,
                "can_be_archived": can,
                "complaints": complaints,
            },
            ready=self.over and can + can_complaints > 0,
        )

    def _count(self, model: type[object], *where: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(model).where(*where)
        return self.session.scalar(query) or 0
