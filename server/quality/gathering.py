"""What is known of an order's evidence, read for `suspicion`: one question for each table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from checklists.evaluate import missing
from checklists.run import Run
from checklists.vocabulary import Kind
from server.checklist_runs import queries as runs
from server.checklist_runs.models import StepResult
from server.devices.models import Device
from server.evidence import queries as evidence
from server.evidence.models import SIGNATURE, Photo
from server.quality.suspicion import Facts, PhotoFact, StepFact, Strokes, minutes_between
from server.settings import Settings
from server.work_orders import queries as orders
from server.work_orders.facts import context_of, run_of
from server.work_orders.models import Signature, WorkOrder
from server.work_orders.states import State

#: How many of the last accepted orders of a category say what is usual.
USUAL_FROM = 20


def facts_of(session: Session, settings: Settings, order: WorkOrder) -> Facts:
    """Everything that `suspicion` asks of one order."""
    run = run_of(session, order)
    results = runs.results_of(session, order.id)
    photos = evidence.photos_of(session, order.id)
    signatures = orders.signatures_of(session, order.id)
    sent_back = {row.step for row in runs.returned(session, order.id, open_only=False)}
    return Facts(
        arrived_at=order.arrived_at,
        inspected_at=order.inspected_at,
        quote_confirmed_at=order.quote_confirmed_at,
        finished_at=order.finished_at,
        accepted_at=order.accepted_at,
        steps=_steps(run, results),
        photos=[
            PhotoFact(
                step=photo.step,
                tag=photo.tag,
                received_at=photo.received_at,
                flags=tuple(photo.flags),
                redone=photo.step in sent_back,
            )
            for photo in photos
        ],
        missing=_missing(session, order, run, results, photos, signatures),
        overrides=sorted(runs.overrides(session, order.id)),
        clock_skew_s=_clock_skew_s(session, _senders(results, photos)),
        allowed_skew_s=settings.clock_skew_s,
        usual_minutes=_usual_minutes(session, order),
        charge_fen=order.charge_fen,
        strokes=_strokes(session, order, photos, signatures),
        unsigned_reason=order.unsigned_reason,
    )


def _steps(run: Run | None, results: Sequence[StepResult]) -> list[StepFact]:
    last = {row.step: row.position for row in results}
    found = []
    for row in results:
        step = run.find(row.step)[1] if run is not None else None
        found.append(
            StepFact(
                step=row.step,
                status=row.status,
                device_at=row.device_at,
                reading=step is not None and step.kind is Kind.READING,
                diagnosis=step is not None and bool(step.remedies),
                last=last[row.step] == row.position,
            )
        )
    return found


def _missing(
    session: Session,
    order: WorkOrder,
    run: Run | None,
    results: Sequence[StepResult],
    photos: Sequence[Photo],
    signatures: Sequence[Signature],
) -> list[tuple[str, str]]:
    """Pictures that a step owes, and those that were named and never came.

    Work that was broken off owes only what it had begun: the rest was never to be done (A-13).
    """
    held = {photo.sha256 for photo in photos}
    last = {row.step: row for row in results}
    named = [("", one["tag"], one["sha256"]) for one in order.inspection_photos]
    named += [(row.step, one["tag"], one["sha256"]) for row in last.values() for one in row.photos]
    named += [("", SIGNATURE, row.sha256) for row in signatures]
    lacking = {(step, tag) for step, tag, sha256 in named if sha256 not in held}
    if run is not None:
        broken_off = State(order.state) is State.CANCELLED
        lacking |= {
            (item.step, item.tag)
            for item in missing(run, context_of(session, order))
            if item.tag and (item.step in last or not broken_off)
        }
    return sorted(lacking)


def _senders(results: Sequence[StepResult], photos: Sequence[Photo]) -> set[str]:
    sent = {row.device_id for row in results} | {photo.device_id for photo in photos}
    return {device_id for device_id in sent if device_id is not None}


def _clock_skew_s(session: Session, device_ids: Collection[str]) -> int:
    """How far the worst clock among the handhelds that sent evidence is off (P-18)."""
    told = session.scalars(
        sa.select(Device.clock_skew_s).where(
            Device.id.in_(device_ids), Device.clock_skew_s.is_not(None)
        )
    )
    return max((skew_s for skew_s in told if skew_s is not None), key=abs, default=0)


def _usual_minutes(session: Session, order: WorkOrder) -> list[float]:
    """Minutes on site of the last accepted orders of the category, this one apart."""
    rows = session.execute(
        sa.select(WorkOrder.arrived_at, WorkOrder.finished_at)
        .where(
            WorkOrder.estate_id == order.estate_id,
            WorkOrder.category == order.category,
            WorkOrder.accepted_at.is_not(None),
            WorkOrder.id != order.id,
        )
        .order_by(WorkOrder.accepted_at.desc())
        .limit(USUAL_FROM)
    )
    return [
        minutes_between(arrived, finished)
        for arrived, finished in rows
        if isinstance(arrived, dt.datetime) and isinstance(finished, dt.datetime)
    ]


def _strokes(
    session: Session,
    order: WorkOrder,
    photos: Sequence[Photo],
    signatures: Sequence[Signature],
) -> list[Strokes]:
    """Signatures of this order that are copies of one on another order."""
    twins = {
        photo.near_duplicate_of: photo.sha256
        for photo in photos
        if photo.is_signature and photo.near_duplicate_of is not None
    }
    if not twins:
        return []
    signers = {row.sha256: row.signer_name for row in signatures}
    theirs, other = aliased(Signature), aliased(WorkOrder)
    rows = session.execute(
        sa.select(Photo.id, Photo.order_number, other.unit_id, theirs.signer_name)
        .join(other, other.id == Photo.order_id)
        .outerjoin(theirs, sa.and_(theirs.order_id == other.id, theirs.sha256 == Photo.sha256))
        .where(Photo.id.in_(twins), Photo.order_id != order.id)
    )
    return [
        Strokes(
            order=str(number),
            same_signer=unit_id == order.unit_id and signer == signers.get(twins[photo_id]),
        )
        for photo_id, number, unit_id, signer in rows
    ]
