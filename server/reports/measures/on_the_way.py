"""K-02 dispatch, K-03 acknowledgement and K-04 arrival: an order's way to the door."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.deadlines.policy import in_time, late_arrival
from server.reports.measures.case import ORDER, Case, Figure, Verdict, share, spread

#: K-02 and K-03 name what nine of ten orders keep to.
NINE_OF_TEN = 90
#: States in which nobody is waited for any more.
_GIVEN_UP = frozenset({"cancel_pending", "cancelled", "void"})


class Issued(NamedTuple):
    """One order as K-02 sees it. `registered_at` is None where no request stands behind it."""

    number: str
    issued_at: dt.datetime
    registered_at: dt.datetime | None
    first_dispatched_at: dt.datetime | None
    state: str


class Dispatched(NamedTuple):
    """One order as K-03 sees it: the last time it was given to somebody."""

    number: str
    dispatched_at: dt.datetime
    acknowledged_at: dt.datetime | None
    state: str


class Arrival(NamedTuple):
    """One visit as K-04 sees it."""

    number: str
    arrived_at: dt.datetime
    appointment_at: dt.datetime
    #: whose it was; may be left out where he came in time
    technician_id: uuid.UUID | None


class Stay(NamedTuple):
    """A public-area incident at which somebody stayed (R-027)."""

    order_number: str | None
    found_by: uuid.UUID | None
    found_at: dt.datetime
    #: when he left, or was relieved; None where nobody noted it
    left_at: dt.datetime | None


def dispatches(orders: Iterable[Issued], *, now: dt.datetime, goal_s: float) -> list[Case]:
    """K-02: seconds from the registration to the first dispatch (R-050, P-02).

    The first: an order that came back and was given out anew was dispatched promptly once.
    """
    limit = dt.timedelta(seconds=goal_s)
    found = []
    for one in orders:
        since = one.registered_at or one.issued_at
        done_at = one.first_dispatched_at
        if done_at is None and one.state in _GIVEN_UP:
            continue
        found.append(_measured(one.number, one.issued_at, since, done_at, limit, now))
    return found


def dispatches_figure(cases: Sequence[Case], *, goal_s: float) -> Figure:
    """K-02: what 90 % keep to, and the median."""
    return spread(cases, percent=NINE_OF_TEN, limit_s=goal_s)


def acknowledgements(
    orders: Iterable[Dispatched], *, now: dt.datetime, limit_s: float
) -> list[Case]:
    """K-03: seconds from the dispatch to the technician's receipt (R-052, P-03)."""
    limit = dt.timedelta(seconds=limit_s)
    return [
        _measured(one.number, one.dispatched_at, one.dispatched_at, one.acknowledged_at, limit, now)
        for one in orders
        if one.acknowledged_at is not None or one.state == "dispatched"
    ]


def acknowledgements_figure(cases: Sequence[Case], *, limit_s: float) -> Figure:
    """K-03: what 90 % keep to, and the median."""
    return spread(cases, percent=NINE_OF_TEN, limit_s=limit_s)


def arrivals(visits: Iterable[Arrival], stays: Iterable[Stay], *, grace_minutes: int) -> list[Case]:
    """K-04: seconds after the appointment, negative before it (R-053, A-03, P-04)."""
    by_order, by_finder = defaultdict(list), defaultdict(list)
    for stay in stays:
        by_order[stay.order_number].append(stay)
        by_finder[stay.found_by].append(stay)
    found = []
    for one in visits:
        verdict = Verdict.MET
        if late_arrival(one.arrived_at, one.appointment_at, grace_minutes):
            near = by_order[one.number] + (
                by_finder[one.technician_id] if one.technician_id else []
            )
            excused = any(_keeps(stay, one) for stay in near)
            verdict = Verdict.EXCUSED if excused else Verdict.MISSED
        late_s = (one.arrived_at - one.appointment_at).total_seconds()
        note = "incident" if verdict is Verdict.EXCUSED else ""
        found.append(Case(ORDER, one.number, one.arrived_at, verdict, late_s, note))
    return found


def arrivals_figure(cases: Sequence[Case]) -> Figure:
    """K-04: every visit that had an appointment; excused ones are left out (A-46)."""
    return share(cases)


def _keeps(stay: Stay, visit: Arrival) -> bool:
    """Whether an incident made a visit late: staying there wins (A-46, R-027).

    Either it was found on the way to this very order, or its finder was still there when he was
    due.
    """
    if stay.found_at > visit.arrived_at:
        return False
    if stay.order_number == visit.number:
        return True
    if stay.found_by != visit.technician_id or stay.left_at is None:
        return False
    return stay.found_at <= visit.appointment_at < stay.left_at


def _measured(
    number: str,
    at: dt.datetime,
    since: dt.datetime,
    done_at: dt.datetime | None,
    limit: dt.timedelta,
    now: dt.datetime,
) -> Case:
    due_at = since + limit
    if done_at is None:
        verdict = Verdict.WAITING if in_time(now, due_at) else Verdict.MISSED
        return Case(ORDER, number, at, verdict)
    verdict = Verdict.MET if in_time(done_at, due_at) else Verdict.MISSED
    # A handheld's clock may run behind the dispatch (P-18).
    return Case(ORDER, number, at, verdict, max(0.0, (done_at - since).total_seconds()))
