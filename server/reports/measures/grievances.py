"""K-12 complaint visits, K-13 major ones on site, K-15 complaints, K-16 overdue rectifications."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from server.reports.measures.case import COMPLAINT, COUNT, Case, Figure, Part, Verdict, share
from server.reports.measures.visits import Holder, Quota, by_seat, ranked

#: R-126, R-127: complaint visits of a month, by role.
COMPLAINT_VISITS = {"cs_manager": 3, "gpm": 1}
KINDS = ("channel", "target", "validity", "category", "building")


class ComplaintVisit(NamedTuple):
    """One return visit of a complaint in a month."""

    number: str
    at: dt.datetime
    #: who made it; None while it is still to be made
    visitor: uuid.UUID | None


class MajorClosed(NamedTuple):
    """One major complaint that was closed."""

    number: str
    closed_at: dt.datetime
    method: str | None
    #: made by whom the trade names: the CS manager; of one against the CS centre the general
    #: manager or his delegate (R-121, A-26)
    by_the_right_one: bool


class Grievance(NamedTuple):
    """One complaint as K-15 counts it."""

    number: str
    recorded_at: dt.datetime
    channel: str
    target: str
    validity: str
    major: bool
    category: str
    building: str


class Owed(NamedTuple):
    """One rectification that is not done (R-128)."""

    subject: str
    number: str
    opened_at: dt.datetime
    due_on: dt.date


def visits_of_complaints(visits: Iterable[ComplaintVisit]) -> list[Case]:
    """K-12: the complaint visits of the month, made and still to be made."""
    return [
        Case(
            COMPLAINT,
            one.number,
            one.at,
            Verdict.BASE if one.visitor is None else Verdict.COUNTED,
        )
        for one in visits
    ]


def visit_quotas(holders: Sequence[Holder], visits: Sequence[ComplaintVisit]) -> list[Quota]:
    """K-12: three by the CS manager, one by the general manager (R-126, R-127).

    Each could have made what the other did not make; where that is too little, the quota is not
    attainable, and not missed (A-12).
    """
    made = Counter(one.visitor for one in visits if one.visitor is not None)
    of_all = sum(made[one.who] for one in holders)
    return [
        Quota(
            name=name,
            role=role,
            done=done,
            needed=COMPLAINT_VISITS[role],
            available=len(visits) - of_all + done,
        )
        for role, name, done in by_seat(holders, made)
    ]


def majors(complaints: Iterable[MajorClosed]) -> list[Case]:
    """K-13: on site, and by the manager himself (R-121, R-123)."""
    return [
        Case(
            COMPLAINT,
            one.number,
            one.closed_at,
            Verdict.MET if one.method == "on_site" and one.by_the_right_one else Verdict.MISSED,
            note=one.method or "not_visited",
        )
        for one in complaints
    ]


def majors_figure(cases: Sequence[Case]) -> Figure:
    """K-13: the target is every one of them."""
    return share(cases)


def grievances(complaints: Iterable[Grievance]) -> list[Case]:
    """K-15: every complaint of the month."""
    return [
        Case(
            COMPLAINT,
            one.number,
            one.recorded_at,
            Verdict.COUNTED,
            note="major" if one.major else one.validity,
        )
        for one in complaints
    ]


def grievances_figure(cases: Sequence[Case]) -> Figure:
    """K-15: how many, and of them the valid and the major."""
    major = sum(case.note == "major" for case in cases)
    valid = sum(case.note == "valid" for case in cases) + major
    return Figure(
        value=len(cases),
        counted=len(cases),
        parts=(Part("valid", valid, COUNT), Part("major", major, COUNT)),
    )


def by_kind(complaints: Iterable[Grievance]) -> Mapping[str, list[tuple[str, int]]]:
    """K-15: channel, nature, validity, category and building, each the most frequent first."""
    counted = {kind: Counter[str]() for kind in KINDS}
    for one in complaints:
        for kind in KINDS:
            counted[kind][getattr(one, kind)] += 1
    return {kind: ranked(counts) for kind, counts in counted.items()}


def rectifications(owed: Iterable[Owed], today: dt.date) -> list[Case]:
    """K-16: what is open; the day on which it is due still belongs to it (R-128)."""
    return [
        Case(
            one.subject,
            one.number,
            one.opened_at,
            Verdict.MISSED if one.due_on < today else Verdict.WAITING,
            max(0, (today - one.due_on).days),
        )
        for one in owed
    ]


def rectifications_figure(cases: Sequence[Case]) -> Figure:
    """K-16: how many are overdue; none is the target."""
    overdue = sum(case.verdict is Verdict.MISSED for case in cases)
    return Figure(
        value=overdue,
        counted=len(cases),
        missed=overdue,
        waiting=len(cases) - overdue,
        off=overdue > 0,
    )
