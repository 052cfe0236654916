"""Reading what K-20 and K-24 are formed from: judgements, findings, what handhelds reported."""

from __future__ import annotations

import datetime as dt
import uuid
from array import array
from collections import Counter
from collections.abc import Collection
from itertools import starmap
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import InstrumentedAttribute, Session

from checklists.vocabulary import Status
from server.checklist_runs import queries as checklists
from server.checklist_runs.models import StepResult
from server.evidence.models import Photo
from server.history import HistoryRow
from server.quality.models import Review
from server.reports.measures.evidence import (
    DUPLICATE,
    NO_ISOLATION,
    OUT_OF_LIMIT,
    Found,
    Report,
    Reviewed,
    delay_s,
)
from server.reports.measures.span import Span, day_span
from server.work_orders.models import WorkOrder
from server.work_orders.transitions import TRANSITIONS

JUDGED = ("qa.passed", "qa.returned", "qa.failed")
ISOLATION = "isolation"
#: What technicians report of orders, by the words of history (K-24).
REPORTED = tuple(
    sorted(
        {row.event for row in TRANSITIONS if row.permission == "order.fieldwork"}
        | {"order.received", "order.opened", "order.set_out", "step.recorded"}
    )
)
#: A finished day's delays of an estate, for each database. History is append-only and counted by the server's own
#: time, so nothing is added to a day that has been over for a while.
_finished: WeakKeyDictionary[Engine, dict[tuple[uuid.UUID, dt.date], array[float]]] = (
    WeakKeyDictionary()
)
_turn = Lock()
_KEPT = 400
_SETTLED = dt.timedelta(minutes=10)


def reviews(session: Session, estate_id: uuid.UUID, span: Span) -> list[Reviewed]:
    """All judgements, whenever made, of the orders that were judged in the span."""
    judged = (
        sa.select(HistoryRow.subject)
        .where(
            HistoryRow.kind.in_(JUDGED),
            HistoryRow.at >= span.from_at,
            HistoryRow.at < span.until_at,
            HistoryRow.estate_id == estate_id,
        )
        .distinct()
        .subquery()
    )
    rows = session.execute(
        sa.select(WorkOrder.number, Review.reviewed_at, Review.outcome)
        .join(judged, judged.c.subject == WorkOrder.number)
        .join(Review, Review.order_id == WorkOrder.id)
        .where(WorkOrder.estate_id == estate_id)
        .order_by(Review.reviewed_at, Review.id)
    )
    return list(starmap(Reviewed, rows))


def findings(session: Session, estate_id: uuid.UUID, span: Span) -> list[Found]:
    """What the evidence of orders accepted in the span shows, beside the judgements."""
    accepted = (
        WorkOrder.estate_id == estate_id,
        WorkOrder.accepted_at >= span.from_at,
        WorkOrder.accepted_at < span.until_at,
    )
    # Counted here: to group them, SQLite would walk all orders by their number.
    order = (WorkOrder.number, WorkOrder.accepted_at)
    out_of_limit = (
        sa.select(*order, sa.literal(OUT_OF_LIMIT))
        .join(StepResult, StepResult.order_id == WorkOrder.id)
        .where(
            *accepted,
            StepResult.status.in_([Status.FAIL.value, Status.WARN.value]),
            StepResult.band.is_not(None),
        )
    )
    duplicates = (
        sa.select(*order, sa.literal(DUPLICATE))
        .join(Photo, Photo.order_id == WorkOrder.id)
        .where(*accepted, Photo.near_duplicate_of.is_not(None))
    )
    rows = [*session.execute(out_of_limit), *session.execute(duplicates)]
    if steps := _isolating_steps(session, estate_id, accepted):
        rows += session.execute(_without_isolation(order, accepted, steps))
    counted = Counter((row[0], row[1], row[2]) for row in rows)
    return [Found(number, at, what, times) for (number, at, what), times in counted.items()]


def reports(session: Session, estate_id: uuid.UUID, span: Span) -> list[Report]:
    """What handhelds reported of each order with the longest delay, by when the office learned it."""
    rows = session.execute(
        sa.select(HistoryRow.subject, _plain(HistoryRow.at), _plain(HistoryRow.device_at)).where(
            *_reported(estate_id, span)
        )
    )
    # Of each order only the latest to come: an object for every report would cost more than all
    # the rest.
    longest: dict[str, tuple[dt.timedelta, dt.datetime, dt.datetime]] = {}
    for number, at, there in rows:
        took = at - there
        known = longest.get(number)
        if known is None or took > known[0]:
            longest[number] = (took, at, there)
    return [
        Report(number, at if at.tzinfo else at.replace(tzinfo=dt.UTC), delay_s(at, there))
        for number, (_, at, there) in longest.items()
    ]


def delays_by_day(
    session: Session, estate_id: uuid.UUID, span: Span, *, now: dt.datetime
) -> dict[dt.date, array[float]]:
    """Seconds from the field to the office of every report, day by day."""
    found = {}
    with _turn:
        finished = _finished.setdefault(session.get_bind().engine, {})
    for day in span.days:
        key = (estate_id, day)
        values = finished.get(key)
        if values is None:
            rows = session.execute(
                sa.select(_plain(HistoryRow.at), _plain(HistoryRow.device_at)).where(
                    *_reported(estate_id, day_span(day, span.zone))
                )
            )
            values = array("d", (delay_s(at, there) for at, there in rows))
            if span.end_of(day) + _SETTLED < now:
                with _turn:
                    while len(finished) >= _KEPT:
                        finished.pop(next(iter(finished)))
                    finished[key] = values
        found[day] = values
    return found


def _reported(estate_id: uuid.UUID, span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        HistoryRow.kind.in_(REPORTED),
        HistoryRow.at >= span.from_at,
        HistoryRow.at < span.until_at,
        HistoryRow.estate_id == estate_id,
        HistoryRow.device_at.is_not(None),
    )


def _plain(moment: InstrumentedAttribute[Any]) -> sa.TypeCoerce[dt.datetime]:
    """A moment at a third of the cost: without a zone where the database keeps none. For sums of
    very many."""
    return sa.type_coerce(moment, sa.DateTime(timezone=True))


def _isolating_steps(
    session: Session, estate_id: uuid.UUID, accepted: Collection[sa.ColumnElement[bool]]
) -> set[str]:
    """Steps that ask for a picture of the isolation, of the checklists that these orders follow."""
    used = session.execute(
        sa.select(WorkOrder.checklist_code, WorkOrder.checklist_version)
        .where(*accepted, WorkOrder.checklist_code.is_not(None))
        .distinct()
    )
    return {
        step.id
        for code, version in used
        if code is not None and version is not None
        for step in checklists.template(session, estate_id, code, version).steps
        if any(need.tag == ISOLATION for need in step.photos)
    }


def _without_isolation(
    order: tuple[InstrumentedAttribute[str], InstrumentedAttribute[dt.datetime | None]],
    accepted: Collection[sa.ColumnElement[bool]],
    steps: Collection[str],
) -> sa.Select[str, dt.datetime | None, str]:
    """Orders on which something was isolated and no picture of it is held."""
    isolated = (
        sa.select(StepResult.id)
        .where(
            StepResult.order_id == WorkOrder.id,
            StepResult.step.in_(sorted(steps)),
            StepResult.status.in_([Status.PASS.value, Status.DONE.value]),
        )
        .exists()
    )
    shown = (
        sa.select(Photo.id).where(Photo.order_id == WorkOrder.id, Photo.tag == ISOLATION).exists()
    )
    return sa.select(*order, sa.literal(NO_ISOLATION)).where(*accepted, isolated, ~shown)
