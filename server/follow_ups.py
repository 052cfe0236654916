"""What each thing that happened is followed by: functions that find what they did the first time.

Each runs in a transaction of its own and may run twice; `server.reactions` says which follow what.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import house_messages
from server.accounts.operations import system_actor
from server.alerts import operations as alerts
from server.billing import ledger
from server.billing import notices as fee_notices
from server.complaints import clusters
from server.complaints import moving as complaint_moves
from server.complaints import operations as complaints
from server.deadlines import timers
from server.devices.models import Device
from server.devices.operations import devices_of
from server.evidence import queries as evidence
from server.evidence.models import Flag
from server.evidence.uploads import flag_photo
from server.handovers import slips
from server.history import HistoryRow
from server.outgoing import webhooks
from server.preventive import operations as plans
from server.preventive import running as preventive
from server.prices import operations as prices
from server.public_notices.announcing import announce_list
from server.public_notices.queries import counts
from server.push import operations as push
from server.quality.assessing import assess
from server.requests.models import ServiceRequest
from server.return_visits import correcting, month_watch, of_complaints, planning
from server.return_visits import operations as return_visits
from server.return_visits import states as visit_states
from server.settings import Settings
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching, handing_out, joining, moving, replacing
from server.work_orders.states import State


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


def close_satisfied_visit(cause: Cause) -> None:
    """RV7: a visit whose customer is satisfied is done; a complaint's is closed with the complaint."""
    if cause.row.subject_kind != visit_states.SUBJECT:
        return
    by = system_actor(cause.row.estate_id)
    visit = return_visits.find_visit(cause.session, cause.row.subject, by=by)
    if visit.order_id is not None:
        return_visits.finish(cause.session, visit, by=by, at=cause.at)


def ask_the_customer_again(cause: Cause) -> None:
    """RV6: what a visit found was put right, wherever that was said; the next round begins."""
    if cause.row.subject_kind == visit_states.SUBJECT:
        by = system_actor(cause.row.estate_id)
        visit = return_visits.find_visit(cause.session, cause.row.subject, by=by)
        done_round = int(cause.row.data["round"])
        correcting.ask_again(cause.session, visit, done_round, by=by, at=cause.at)


def weigh_visit_again(cause: Cause) -> None:
    """A rating, or a judgement of the evidence, moves the visit in its queue."""
    by = system_actor(cause.row.estate_id)
    order = moving.find_order(cause.session, cause.row.subject, by=by)
    planning.look_again(cause.session, cause.settings, order)


def watch_the_month(cause: Cause) -> None:
    """R-084, R-086: the clocks of a month's visits look whether it is behind."""
    if cause.row.subject_kind == month_watch.SUBJECT:
        month_watch.look(
            cause.session,
            cause.settings,
            str(cause.row.data["clock"]),
            cause.row.subject,
            by=system_actor(cause.row.estate_id),
            at=cause.at,
        )


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
        told = cause.row.data
        judge = told.get("judged_by")
        complaints.record_from_request(
            cause.session,
            cause.settings,
            request,
            target=told["target"],
            apology=bool(told.get("apology")),
            improvement=told.get("improvement"),
            recorded_by=uuid.UUID(judge) if judge else None,
            by=system_actor(request.estate_id),
            at=cause.at,
        )


def gather_alike(cause: Cause) -> None:
    """P-09: several households complain of the same thing in one place (R-124)."""
    system = system_actor(cause.row.estate_id)
    complaint = complaint_moves.find(cause.session, cause.row.subject, by=system, lock=False)
    clusters.gather(cause.session, cause.settings, complaint, by=system, at=cause.at)


def open_complaint_visit(cause: Cause) -> None:
    """RV1: the complainant is asked again once the outcome was verified (R-120, R-121)."""
    system = system_actor(cause.row.estate_id)
    complaint = complaint_moves.find(cause.session, cause.row.subject, by=system)
    of_complaints.open_visit_of_complaint(
        cause.session, cause.settings, complaint, by=system, at=cause.at
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


def tell_of_retraining(cause: Cause) -> None:
    """X-008: whoever trains the operators hears that they are to be trained again."""
    house_messages.retraining_due(cause.session, cause.row, at=cause.at)


def tell_the_handler(cause: Cause) -> None:
    """R-002: whoever is to handle a complaint hears of it."""
    house_messages.complaint_assigned(cause.session, cause.row, at=cause.at)


def tell_of_returned_report(cause: Cause) -> None:
    """R-075: its author hears that a charge report came back."""
    house_messages.report_returned(cause.session, cause.row, at=cause.at)


def tell_of_read_summary(cause: Cause) -> None:
    """R-129: its author hears that a month's summary was read."""
    house_messages.summary_read(cause.session, cause.row, at=cause.at)
