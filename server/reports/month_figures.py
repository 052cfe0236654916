"""The figures of a month, K-09 to K-19, K-21, K-22: how each is read, judged and summed up (5.2)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.handovers.slip_days import month_over
from server.reports.measures import fees, grievances, handing_over, loose_ends, visits
from server.reports.measures.case import COUNT, DAYS, MONEY, PERCENT, SECONDS, Case, Figure
from server.reports.measures.visits import Quota
from server.reports.month_queries import MonthRows
from server.settings import Settings

LIMIT = "limit"
#: What beside a figure counts by some name: item, channel … -> (word, how many), largest first.
Groups = Mapping[str, Sequence[tuple[str, int]]]


class AskedMonth:
    """One question for the figures of a month, as seen at a moment.

    `with_amounts`: whether what was agreed on damage is the business of whoever asks (R-063).
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        estate_id: uuid.UUID,
        month: dt.date,
        *,
        now: dt.datetime,
        with_amounts: bool = False,
    ) -> None:
        self.with_amounts = with_amounts
        self.month = month.replace(day=1)
        self.now = now
        self.today = now.astimezone(settings.zone).date()
        self.over = month_over(self.month, now, settings.zone)
        self.rows = MonthRows(session, estate_id, month, settings.zone)

    @property
    def late_in_the_month(self) -> bool:
        """From the 25th on, what is behind is told as behind (R-086)."""
        return self.today >= self.month.replace(day=visits.BEHIND_FROM)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A figure of a month, and what is behind it."""

    figure: Figure
    cases: Sequence[Case]
    #: what each manager has to do, and has done
    quotas: Sequence[Quota] = ()
    groups: Groups | None = None


@dataclass(frozen=True, kw_only=True)
class MonthMeasure:
    """One figure of domain.md 5.2 that is counted by months."""

    code: str
    rule: str
    unit: str
    #: unit of the value beside each case; None where its cases have none
    case_unit: str | None
    measure: Callable[[AskedMonth], Measured]
    #: in `unit`, where there is one number to keep to
    target: float | None = None
    weight: str | None = None


def _by_the_tenth(asked: AskedMonth) -> Measured:
    cases = visits.by_the_tenth(asked.rows.cohort, now=asked.now)
    return Measured(figure=visits.by_the_tenth_figure(cases), cases=cases)


def _on_site(asked: AskedMonth) -> Measured:
    cases = visits.on_site(asked.rows.cohort)
    figure = visits.on_site_figure(cases, counts=asked.late_in_the_month)
    return Measured(figure=figure, cases=cases)


def _spot_checks(asked: AskedMonth) -> Measured:
    cases = visits.spot_checks(asked.rows.checks)
    quotas = visits.spot_check_quotas(asked.rows.holders, asked.rows.checks)
    figure = visits.quotas_figure(cases, quotas, over=asked.over)
    return Measured(figure=figure, cases=cases, quotas=quotas)


def _complaint_visits(asked: AskedMonth) -> Measured:
    cases = grievances.visits_of_complaints(asked.rows.complaint_visits)
    quotas = grievances.visit_quotas(asked.rows.holders, asked.rows.complaint_visits)
    figure = visits.quotas_figure(cases, quotas, over=asked.over)
    return Measured(figure=figure, cases=cases, quotas=quotas)


def _majors(asked: AskedMonth) -> Measured:
    cases = grievances.majors(asked.rows.majors)
    return Measured(figure=grievances.majors_figure(cases), cases=cases)


def _satisfaction(asked: AskedMonth) -> Measured:
    cases = visits.satisfaction(asked.rows.cohort)
    items = visits.by_item(asked.rows.cohort)
    groups = {
        "satisfied_item": [(one.item, one.satisfied) for one in items if one.satisfied],
        "dissatisfied_item": [(one.item, one.dissatisfied) for one in items if one.dissatisfied],
        "cause": visits.causes_of(asked.rows.cohort),
    }
    return Measured(figure=visits.satisfaction_figure(cases), cases=cases, groups=groups)


def _grievances(asked: AskedMonth) -> Measured:
    cases = grievances.grievances(asked.rows.grievances)
    groups = grievances.by_kind(asked.rows.grievances)
    return Measured(figure=grievances.grievances_figure(cases), cases=cases, groups=groups)


def _rectifications(asked: AskedMonth) -> Measured:
    cases = grievances.rectifications(asked.rows.owed, asked.today)
    return Measured(figure=grievances.rectifications_figure(cases), cases=cases)


def _lists(asked: AskedMonth) -> Measured:
    cases = handing_over.lists(asked.rows.lists, now=asked.now)
    return Measured(figure=handing_over.lists_figure(cases), cases=cases)


def _fees(asked: AskedMonth) -> Measured:
    issued = asked.rows.notices_issued
    cases = fees.fees(asked.rows.fees, issued=issued)
    figure = fees.fees_figure(cases, asked.rows.fees, issued=issued)
    return Measured(figure=figure, cases=cases, groups=fees.by_kind(asked.rows.fees))


def _out_of_stock(asked: AskedMonth) -> Measured:
    lines = asked.rows.drawn(asked.now)
    cases = loose_ends.out_of_stock(lines, now=asked.now, over=asked.over)
    return Measured(figure=loose_ends.out_of_stock_figure(cases, lines), cases=cases)


def _stays(asked: AskedMonth) -> Measured:
    cases = loose_ends.stays(asked.rows.incidents)
    return Measured(figure=loose_ends.stays_figure(cases), cases=cases)


def _damages(asked: AskedMonth) -> Measured:
    reports = asked.rows.damages
    cases = loose_ends.damages(reports)
    figure = loose_ends.damages_figure(cases, reports, with_amounts=asked.with_amounts)
    return Measured(figure=figure, cases=cases)


def _measure(
    code: str,
    rule: str,
    unit: str,
    case_unit: str | None,
    measure: Callable[[AskedMonth], Measured],
    *,
    target: float | None = None,
    weight: str | None = LIMIT,
) -> MonthMeasure:
    return MonthMeasure(
        code=code,
        rule=rule,
        unit=unit,
        case_unit=case_unit,
        measure=measure,
        target=target,
        weight=weight,
    )


MONTHLY: dict[str, MonthMeasure] = {
    one.code: one
    for one in (
        _measure("K-09", "R-084", PERCENT, SECONDS, _by_the_tenth, target=100),
        _measure("K-10", "R-086", PERCENT, None, _on_site, target=visits.ON_SITE_PERCENT),
        _measure("K-11", "R-089", COUNT, None, _spot_checks),
        _measure("K-12", "R-126", COUNT, None, _complaint_visits),
        _measure("K-13", "R-121", PERCENT, None, _majors, target=100),
        _measure("K-14", "R-095", PERCENT, None, _satisfaction, weight=None),
        _measure("K-15", "R-129", COUNT, None, _grievances, weight=None),
        _measure("K-16", "R-128", COUNT, DAYS, _rectifications, target=0),
        _measure("K-17", "R-081", PERCENT, SECONDS, _lists, target=100),
        _measure("K-18", "R-077", MONEY, MONEY, _fees),
        _measure("K-19", "R-072", COUNT, SECONDS, _out_of_stock, target=0),
        _measure("K-21", "R-027", COUNT, SECONDS, _stays, target=0),
        _measure("K-22", "R-063", COUNT, SECONDS, _damages, weight=None),
    )
}


def of_month(asked: AskedMonth, code: str) -> Measured:
    """One figure of a month, and what is behind it. Raises KeyError for an unknown one."""
    return MONTHLY[code].measure(asked)
