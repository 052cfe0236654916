"""What follows from what happened, a moment later: history kind -> functions, and their loop.

Each function runs in its own transaction and may run twice: it finds what it did the first time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import house_messages
from server.accounts.operations import system_actor
from server.alerts import operations as alerts
from server.billing import ledger
from server.billing import notices as fee_notices
from server.complaints import operations as complaints
from server.db import claim, postpone, transaction, utcnow
from server.deadlines import timers
from server.devices.models import Device
from server.devices.operations import devices_of
from server.evidence import queries as evidence
from server.evidence.models import Flag
from server.evidence.uploads import flag_photo
from server.handovers import slips
from server.history import HistoryRow, PendingReaction
from server.outgoing import events, webhooks
from server.preventive import operations as plans
from server.preventive import running as preventive
from server.prices import operations as prices
from server.public_notices.announcing import announce_list
from server.public_notices.queries import counts
from server.push import operations as push
from server.quality.assessing import assess
from server.requests.models import ServiceRequest
from server.return_visits import operations as return_visits
from server.settings import Settings
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching, handing_out, joining, moving, replacing
from server.work_orders.states import State

BATCH = 20


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The row of history that something follows from."""

    session: Session
    settings: Settings
    row: HistoryRow
    at: dt.datetime


def open_return_visit(cause: Cause) -> None:
    """RV1: an order that was written off as done is visited (R-084)."""
    order = orders.get_order(cause.session, cause.row.estate_id, cause.row.subject)
    system = system_actor(order.estate_id)
    return_visits.open_visit(cause.session, cause.settings, order, by=system, at=cause.at)


def tell_joined_customers(cause: Cause) -> None:
    """Households whose requests were done by an order hear what became of it (R-001)."""
    order = orders.get_order(cause.session, cause.row.estate_id, cause.row.subject)
    system = system_actor(order.estate_id)
    joining.tell_joined(cause.session, order, by=system, at=cause.at)


def wait_for_the_slips(cause: Cause) -> None:
    """R-076, R-081: the lists that a slip is on have to be handed over in time."""
    system = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=system)
    slips.start_clocks(cause.session, cause.settings, order, by=system)


def record_complaint(cause: Cause) -> None:
    """SR2: the complaint with the data of the request."""
    request = cause.session.scalar(
        sa.select(ServiceRequest).where(
            ServiceRequest.estate_id == cause.row.estate_id,
            ServiceRequest.number == cause.row.subject,
        )
    )
    if request is not None:
        complaints.record_from_request(
            cause.session,
            cause.settings,
            request,
            target=cause.row.data["target"],
            by=system_actor(request.estate_id),
            at=cause.at,
        )


def recall_orders_of_lost_device(cause: Cause) -> None:
    """P-19: what a lost handheld had is taken back; begun orders are for the desk to hand over."""
    if not cause.row.data.get("lost"):
        return
    device = cause.session.get(Device, cause.row.subject)
    if device is None or device.technician_id is None:
        return
    system = system_actor(device.estate_id)
    reason = f"手持机遗失 handheld lost: {device.label}"
    for known in orders.field_orders(cause.session, device.technician_id):
        order = moving.find_order(cause.session, known.number, by=system)
        if State(order.state) in {State.DISPATCHED, State.ACKNOWLEDGED}:
            dispatching.recall(
                cause.session, cause.settings, order, reason=reason, by=system, at=cause.at
            )
        alerts.raise_alert(
            cause.session,
            "order.device_lost",
            subject_kind="order",
            subject=order.number,
            audience=timers.DESK,
            rule="P-19",
            by=system,
            at=cause.at,
            data={
                "device": device.label,
                "last_seq": device.last_seq,
                "queued": device.queued,
                "unsynced": _unsynced(device),
            },
        )


def _unsynced(device: Device) -> list[int] | None:
    """First and last number of the events that are known to be only on the handheld (P-19)."""
    if not device.queued:
        return None
    return [device.last_seq + 1, device.last_seq + device.queued]


def flag_photo_times(cause: Cause) -> None:
    """P-17: taken before arrival or after finish is something for QA to look at."""
    photo = evidence.find(cause.session, str(cause.row.data["sha256"]))
    if photo is None or photo.taken_at is None or photo.is_signature:
        return
    order = cause.session.get(WorkOrder, photo.order_id) if photo.order_id else None
    if order is None:
        return
    # Many clients write whole seconds: the same second is not before.
    if order.arrived_at is None or photo.taken_at < order.arrived_at.replace(microsecond=0):
        flag_photo(cause.session, photo, Flag.BEFORE_ARRIVAL)
    if order.finished_at is not None and photo.taken_at.replace(microsecond=0) > order.finished_at:
        flag_photo(cause.session, photo, Flag.AFTER_FINISH)


def push_new_evidence(cause: Cause) -> None:
    """A photo that arrives changes what the handheld sees as pending; an incident is not on one."""
    if cause.row.subject_kind != moving.SUBJECT:
        return
    order = orders.get_order(cause.session, cause.row.estate_id, cause.row.subject)
    moving.push(cause.session, order, at=cause.at)


def assess_evidence(cause: Cause) -> None:
    """QA1: what speaks against the evidence, told anew whenever some of it comes or changes."""
    if cause.row.subject_kind != moving.SUBJECT:
        return
    by = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=by)
    assess(cause.session, cause.settings, order, at=cause.at)


def ring_the_technician(cause: Cause) -> None:
    """An order that came to a technician rings on his handhelds, also with the app closed."""
    order = orders.get_order(cause.session, cause.row.estate_id, cause.row.subject)
    technician = order.technician
    if technician is None or technician.username != cause.row.data.get("technician"):
        return
    for device in devices_of(cause.session, technician.id):
        push.owe(
            cause.session,
            device_id=device.id,
            subject=order.number,
            noted_at=cause.row.at,
            at=cause.at,
        )


def hand_out(cause: Cause) -> None:
    """In turn, or into the open pool, where the category is not given out by hand."""
    system = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=system)
    handing_out.hand_out(cause.session, cause.settings, order, by=system, at=cause.at)


def climb_the_ladder(cause: Cause) -> None:
    """P-03: nobody acknowledged; ring again, and at last another technician."""
    rung = cause.row.data["clock"]
    if rung not in {"ring_again", "next_technician"}:
        return
    system = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=system)
    if rung == "ring_again":
        handing_out.ring_again(cause.session, order, by=system, at=cause.at)
    else:
        handing_out.next_technician(cause.session, cause.settings, order, by=system, at=cause.at)


def tell_neighbours(cause: Cause) -> None:
    """Neighbour systems that want to hear of it are owed a message."""
    webhooks.note(cause.session, cause.row, at=cause.at)


def keep_the_ledger(cause: Cause) -> None:
    """B1: an order that is over stands in the ledger, as the manager decided (R-074, A-15)."""
    system = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=system)
    ledger.follow(cause.session, cause.settings, order, by=system, at=cause.at)


def chase_fees(cause: Cause) -> None:
    """B5: the day is over on which the notices of a month were to be paid (R-009)."""
    if cause.row.data["clock"] == fee_notices.CLOCK:
        system = system_actor(cause.row.estate_id)
        fee_notices.fall_due(cause.session, cause.row.subject, by=system, at=cause.at)


def wake_a_plan(cause: Cause) -> None:
    """X-007: a preventive plan has come to its due day."""
    if cause.row.data["clock"] == plans.CLOCK:
        plan_id = uuid.UUID(cause.row.subject)
        preventive.run_due(cause.session, cause.settings, plan_id, at=cause.at)


def propose_replacement(cause: Cause) -> None:
    """X-010, X-011: repaired in vain twice, or open for sixty days."""
    clock = cause.row.data.get("clock")
    if cause.row.subject_kind != moving.SUBJECT or clock not in {None, "repair_60d"}:
        return
    system = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=system)
    how = replacing.consider if clock is None else replacing.stands_too_long
    how(cause.session, cause.settings, order, by=system, at=cause.at)


def announce_new_items(cause: Cause) -> None:
    """SR10: a price list begins; who was declined what is new on it stands on a notice (R-032)."""
    if cause.row.data.get("clock") != prices.CLOCK:
        return
    by, at = system_actor(cause.row.estate_id), cause.at
    drafted = announce_list(cause.session, cause.settings, cause.row.subject, by=by, at=at)
    for notice in drafted:
        wanted, _told = counts(cause.session, notice)
        house_messages.notice_waits(cause.session, notice, wanted, at=at)


def tell_of_review(cause: Cause) -> None:
    """R-005: the technician hears what QA sent back or failed."""
    house_messages.review_result(cause.session, cause.row, at=cause.at)


def tell_of_rectification(cause: Cause) -> None:
    """R-090, R-128: its owner hears of it."""
    house_messages.rectification_opened(cause.session, cause.row, at=cause.at)


def tell_the_handler(cause: Cause) -> None:
    """R-002: whoever is to handle a complaint hears of it."""
    house_messages.complaint_assigned(cause.session, cause.row, at=cause.at)


# Assessing comes first: it locks the order, and all others lock an order before its history.
_OF_KIND: dict[str, tuple[Callable[[Cause], None], ...]] = {
    "order.issued": (hand_out,),
    "order.returned": (hand_out,),
    "clock.fired": (
        climb_the_ladder,
        chase_fees,
        wake_a_plan,
        propose_replacement,
        announce_new_items,
    ),
    "order.voided": (tell_joined_customers,),
    "order.ready": (assess_evidence,),
    "order.accepted": (assess_evidence,),
    "order.escalated": (assess_evidence, propose_replacement),
    "order.rework": (propose_replacement,),
    "order.asset_linked": (propose_replacement,),
    "order.written_off": (
        assess_evidence,
        open_return_visit,
        tell_joined_customers,
        keep_the_ledger,
        wait_for_the_slips,
    ),
    "request.judged_to_complaint": (record_complaint,),
    "device.revoked": (recall_orders_of_lost_device,),
    "photo.stored": (assess_evidence, flag_photo_times, push_new_evidence),
    "photo.flagged": (assess_evidence,),
    "qa.steps_redone": (assess_evidence,),
    "order.dispatched": (ring_the_technician,),
    "order.handed_over": (ring_the_technician,),
    # A manager's decision may send somebody else to do the work again (WO19).
    "order.decided": (assess_evidence, ring_the_technician, keep_the_ledger),
    "qa.returned": (tell_of_review,),
    "qa.failed": (tell_of_review,),
    "rectification.opened": (tell_of_rectification,),
    "complaint.judged": (tell_the_handler,),
    "complaint.delegated": (tell_the_handler,),
}
#: What follows here, and what is told outside.
REACTIONS: dict[str, tuple[Callable[[Cause], None], ...]] = {
    kind: (*_OF_KIND.get(kind, ()), *((tell_neighbours,) if kind in events.KINDS else ()))
    for kind in {*_OF_KIND, *events.KINDS}
}


def run_once(settings: Settings, now: dt.datetime | None = None) -> bool:
    """Carry out pending reactions, one transaction each. True when there may be more.

    Raises the first failure, after all that is due has had its turn.
    """
    at = now or utcnow()
    with transaction() as session:
        due = [row.history_id for row in claim(session, PendingReaction, at=at, limit=BATCH)]
    failure: Exception | None = None
    for history_id in due:
        try:
            with transaction() as session:
                _react(session, settings, history_id, at)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is raised below
            with transaction() as session:
                if (pending := session.get(PendingReaction, history_id)) is not None:
                    postpone(pending, error, at)
            failure = failure or error  # the others of this turn are not held up by it
    if failure is not None:
        raise failure
    return len(due) == BATCH


def _react(session: Session, settings: Settings, history_id: int, at: dt.datetime) -> None:
    pending = session.get(PendingReaction, history_id, with_for_update=True)
    row = session.get(HistoryRow, history_id)
    if pending is None or row is None:
        return
    cause = Cause(session=session, settings=settings, row=row, at=at)
    for function in REACTIONS[row.kind]:
        function(cause)
    session.delete(pending)
