"""The manager's figures: how each is read, judged and summed up (domain: K-01 … K-24)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from server.reports import evidence_queries, open_now
from server.reports.measures import evidence, intakes, on_the_way, open_items, outcomes
from server.reports.measures.case import (
    COUNT,
    PERCENT,
    SECONDS,
    Case,
    Figure,
)
from server.reports.measures.span import Span
from server.reports.queries import Rows
from server.settings import Settings

#: A target that must be kept, and a goal.
LIMIT, GOAL = "limit", "goal"


class Asked:
    """One question for figures: of which estate and days, by which settings, at which moment."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        estate_id: uuid.UUID,
        span: Span,
        *,
        now: dt.datetime,
    ) -> None:
        self.session = session
        self.estate_id = estate_id
        self.span = span
        self.now = now
        self.rows = Rows(session, estate_id, span)
        self.dispatch_s = 60.0 * settings.dispatch_minutes
        self.acknowledge_s = 60.0 * settings.ack_minutes
        self.grace_minutes = settings.arrival_grace_minutes

    @cached_property
    def open_items(self) -> list[open_items.OpenItem]:
        """Everything open now."""
        return open_now.open_items(self.session, self.estate_id)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure of domain.md 5.2."""

    code: str
    rule: str
    unit: str
    #: unit of the value beside each order; None where its cases have none
    case_unit: str | None
    cases: Callable[[Asked], list[Case]]
    sum_up: Callable[[Asked, Sequence[Case]], Figure]
    #: in `unit`: what a chart draws as the line to keep to
    target: Callable[[Asked], float | None] = lambda _asked: None
    #: limit or goal; None where the figure is only told
    weight: str | None = None
    #: how many days at once its list may span
    longest_days: int = 92


def _evidence(asked: Asked) -> list[Case]:
    key = (asked.session, asked.estate_id, asked.span)
    return evidence.evidence(
        evidence_queries.reviews(*key), evidence_queries.findings(*key), asked.span
    )


def _delays(asked: Asked) -> list[Case]:
    key = (asked.session, asked.estate_id, asked.span)
    return evidence.delays(evidence_queries.reports(*key))


MEASURES: dict[str, Measure] = {
    one.code: one
    for one in (
        Measure(
            code="K-01",
            rule="R-051",
            unit=PERCENT,
            case_unit=SECONDS,
            cases=lambda asked: intakes.replies(asked.rows.intakes, now=asked.now),
            sum_up=lambda _asked, cases: intakes.replies_figure(cases),
            target=lambda _asked: 100,
            weight=LIMIT,
        ),
        Measure(
            code="K-02",
            rule="R-050",
            unit=SECONDS,
            case_unit=SECONDS,
            cases=lambda asked: on_the_way.dispatches(
                asked.rows.issued, now=asked.now, goal_s=asked.dispatch_s
            ),
            sum_up=lambda asked, cases: on_the_way.dispatches_figure(
                cases, goal_s=asked.dispatch_s
            ),
            target=lambda asked: asked.dispatch_s,
            weight=GOAL,
        ),
        Measure(
            code="K-03",
            rule="R-052",
            unit=SECONDS,
            case_unit=SECONDS,
            cases=lambda asked: on_the_way.acknowledgements(
                asked.rows.dispatched, now=asked.now, limit_s=asked.acknowledge_s
            ),
            sum_up=lambda asked, cases: on_the_way.acknowledgements_figure(
                cases, limit_s=asked.acknowledge_s
            ),
            target=lambda asked: asked.acknowledge_s,
            weight=GOAL,
        ),
        Measure(
            code="K-04",
            rule="R-053",
            unit=PERCENT,
            case_unit=SECONDS,
            cases=lambda asked: on_the_way.arrivals(
                asked.rows.arrivals, asked.rows.stays, grace_minutes=asked.grace_minutes
            ),
            sum_up=lambda _asked, cases: on_the_way.arrivals_figure(cases),
            target=lambda _asked: 100,
            weight=LIMIT,
        ),
        Measure(
            code="K-05",
            rule="R-060",
            unit=PERCENT,
            case_unit=COUNT,
            cases=lambda asked: outcomes.acceptances(asked.rows.accepted),
            sum_up=lambda _asked, cases: outcomes.acceptances_figure(cases),
        ),
        Measure(
            code="K-06",
            rule="R-062",
            unit=PERCENT,
            case_unit=COUNT,
            cases=lambda asked: outcomes.reworks(asked.rows.accepted, asked.rows.escalation_levels),
            sum_up=lambda _asked, cases: outcomes.reworks_figure(cases),
        ),
        Measure(
            code="K-07",
            rule="R-057",
            unit=PERCENT,
            case_unit=SECONDS,
            cases=lambda asked: outcomes.cancellations(
                asked.rows.cancelled,
                [(one.number, one.issued_at) for one in asked.rows.issued],
                asked.span,
                now=asked.now,
            ),
            sum_up=lambda _asked, cases: outcomes.cancellations_figure(cases),
            weight=LIMIT,
        ),
        Measure(
            code="K-08",
            rule="R-032",
            unit=PERCENT,
            case_unit=None,
            cases=lambda asked: intakes.declines(asked.rows.intakes, asked.rows.declined_items),
            sum_up=lambda _asked, cases: intakes.declines_figure(cases),
        ),
        Measure(
            code="K-20",
            rule="R-005",
            unit=PERCENT,
            case_unit=COUNT,
            cases=_evidence,
            sum_up=lambda _asked, cases: evidence.evidence_figure(cases),
        ),
        Measure(
            code="K-23",
            rule="R-001",
            unit=COUNT,
            case_unit=SECONDS,
            cases=lambda asked: open_items.open_cases(asked.open_items, asked.span, now=asked.now),
            sum_up=lambda _asked, cases: open_items.open_figure(cases),
            weight=LIMIT,
        ),
        Measure(
            code="K-24",
            rule="P-18",
            unit=SECONDS,
            case_unit=SECONDS,
            cases=_delays,
            # Of orders, each with its longest delay; of single reports see `of_span`.
            sum_up=lambda _asked, cases: evidence.delays_figure(
                [case.value for case in cases if case.value is not None]
            ),
            # Some thirty reports of each order.
            longest_days=31,
        ),
    )
}


def of_span(asked: Asked, code: str) -> tuple[Figure, list[Case]]:
    """One figure over a span, and what is behind it. Raises KeyError for an unknown one."""
    measure = MEASURES[code]
    cases = measure.cases(asked)
    if code == "K-24":
        by_days = evidence_queries.delays_by_day(
            asked.session, asked.estate_id, asked.span, now=asked.now
        )
        figure = evidence.delays_figure([one for values in by_days.values() for one in values])
        return figure, cases
    return measure.sum_up(asked, cases), cases
