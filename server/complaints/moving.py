"""How a complaint changes: ask who may and what the table says, raise the version, write it down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.complaints.guards import Facts, Reason
from server.complaints.lifecycle import OPEN, ComplaintState, Refusal, Step, decide
from server.complaints.models import Complaint, ComplaintEntry
from server.complaints.who import Case, Person, why_not
from server.deadlines import policy, timers
from server.errors import Conflict, Denied, Invalid, NotFound, Stale
from server.history import Actor
from server.work_orders import of_unit
from server.work_orders.models import WorkOrder
from server.work_orders.states import TERMINAL, State

SUBJECT = "complaint"
#: The silence after which somebody is alerted (R-119); what is against the centre has its own.
SILENCE, SILENCE_CENTRE = "progress", "progress_hr"
#: Alerts of a complaint that nothing is left of once it is closed.
ALL_ALERTS = (
    "complaint.recorded",
    "complaint.relayed",
    "complaint.to_judge",
    "complaint.major",
    "complaint.yours",
    "complaint.to_verify",
    "complaint.not_verified",
    "complaint.to_visit",
    "complaint.to_rectify",
)
MANAGERS = (Role.CS_MANAGER.value,)
GENERAL = (Role.GPM.value, Role.SITE_PM.value)
HR = (Role.ADMIN_HR.value,)
#: Who visits what is neither major nor against the centre (R-120).
VISITORS = (Role.CS_ASSISTANT.value, Role.PRECINCT_ASSISTANT.value, Role.FRONT_DESK.value)


def find(
    session: Session,
    number: str,
    *,
    by: Actor,
    lock: bool = True,
    expected_version: int | None = None,
) -> Complaint:
    """The complaint with this number, locked for a change. Raises NotFound, Stale."""
    query = sa.select(Complaint).where(
        Complaint.estate_id == by.estate_id, Complaint.number == number
    )
    if lock:
        query = query.with_for_update(of=Complaint).execution_options(populate_existing=True)
    complaint = session.scalar(query)
    if complaint is None:
        raise NotFound(
            "no-such-complaint", f"没有投诉 {number}。", f"There is no complaint {number}."
        )
    if expected_version is not None and complaint.version != expected_version:
        raise Stale(
            "stale-complaint",
            "这条投诉已被别人更改,请刷新。",
            "Somebody changed this complaint meanwhile; look at it again.",
            extra={"version": complaint.version, "state": complaint.state},
        )
    return complaint


def case_of(complaint: Complaint) -> Case:
    """The complaint, as far as it decides who may act."""
    return Case(
        target=complaint.target,
        state=ComplaintState(complaint.state),
        major=complaint.major,
        handler_id=complaint.handler_id,
        delegate_id=complaint.delegate_id,
        about_user_id=complaint.about_user_id,
    )


def person(by: Actor) -> Person:
    """Who acts, as the rules see them."""
    return Person(id=by.user_id, roles=by.roles)


def demand(action: str, case: Case, by: Actor) -> None:
    """Raise Denied where whoever acts may not do this about this complaint."""
    reason = why_not(action, person(by), case)
    if reason is not None:
        raise Denied(reason.slug, reason.zh, reason.en, rule=reason.rule)


def facts_of(session: Session, complaint: Complaint) -> Facts:
    """What stands on the record; the caller adds what is being said now."""
    order = session.get(WorkOrder, complaint.linked_order_id) if complaint.linked_order_id else None
    explained = session.scalar(
        sa.select(ComplaintEntry.id).where(
            ComplaintEntry.complaint_id == complaint.id, ComplaintEntry.kind == "explanation"
        )
    )
    return Facts(
        channel=complaint.channel,
        major=complaint.major,
        referred=complaint.referred_at is not None,
        explained=explained is not None,
        has_handler=complaint.handler_id is not None,
        target_on=complaint.target_on,
        order_linked=order is not None,
        order_over=order is not None and is_over(order),
    )


def is_over(order: WorkOrder) -> bool:
    """Whether nothing more is done by it, however it ended."""
    return State(order.state) in TERMINAL | {State.CLOSED}


def is_theirs(session: Session, complaint: Complaint, order: WorkOrder) -> bool:
    """Whether it is an order of the complainant's dwelling, or one that the dwelling has joined."""
    joined = of_unit.requests_joined(session, order.id)
    return complaint.unit_id in {order.unit_id, *(one.unit_id for one in joined)}


def go(session: Session, complaint: Complaint, action: str, **said: Any) -> Step:
    """Take the step that the table allows, given what is being `said`; the version rises.

    Raises Conflict where the state forbids it, Invalid where something is missing.
    """
    facts = replace(facts_of(session, complaint), **said)
    row = decide(action, ComplaintState(complaint.state), facts)
    if isinstance(row, Refusal):
        raise refused(row.reasons, state=complaint.state)
    complaint.state = row.target or complaint.state
    complaint.version += 1
    return row


def check(session: Session, complaint: Complaint, action: str, **said: Any) -> None:
    """Raise what `go` would raise, and change nothing."""
    facts = replace(facts_of(session, complaint), **said)
    row = decide(action, ComplaintState(complaint.state), facts)
    if isinstance(row, Refusal):
        raise refused(row.reasons, state=complaint.state)


def refused(reasons: tuple[Reason, ...], *, state: str) -> Conflict | Invalid:
    """The refusal that these reasons make: missing fields are bad input, all else a conflict."""
    first = reasons[0]
    if any(reason.field is None for reason in reasons):
        return Conflict(first.slug, first.zh, first.en, rule=first.rule, extra={"state": state})
    errors: dict[str, list[str]] = {}
    for reason in reasons:
        errors.setdefault(str(reason.field), []).append(f"{reason.zh} {reason.en}")
    return Invalid(first.slug, first.zh, first.en, rule=first.rule, errors=errors)


def record(
    session: Session,
    kind: str,
    complaint: Complaint,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any],
) -> None:
    """Write into the complaint's chain."""
    history.record(
        session, kind, subject_kind=SUBJECT, subject=complaint.number, by=by, at=at, data=data
    )


def enter(
    session: Session,
    complaint: Complaint,
    kind: str,
    text: str,
    *,
    by: Actor,
    at: dt.datetime,
    due_on: dt.date | None = None,
) -> ComplaintEntry:
    """Append a line to the follow-up record F-05 (R-112, R-115). The complaint is locked."""
    last = session.scalar(
        sa.select(sa.func.max(ComplaintEntry.position)).where(
            ComplaintEntry.complaint_id == complaint.id
        )
    )
    entry = ComplaintEntry(
        estate_id=complaint.estate_id,
        complaint_id=complaint.id,
        position=(last or 0) + 1,
        kind=kind,
        text=needed(text, "text"),
        at=at,
        by_id=by.user_id,
        by_name=by.name,
        due_on=due_on,
    )
    session.add(entry)
    session.flush()
    return entry


def needed(text: str, field: str, *, rule: str | None = None) -> str:
    """The text without spaces around it. Raises Invalid where nothing is left."""
    if not (said := text.strip()):
        raise Invalid(
            "complaint-incomplete",
            "缺少内容。",
            "Something is missing.",
            rule=rule,
            errors={field: ["必填 required"]},
        )
    return said


def told(session: Session, complaint: Complaint, *, by: Actor, at: dt.datetime) -> None:
    """The complainant has heard from us: the silence begins anew (R-119, P-10)."""
    complaint.last_told_at = at
    watch_silence(session, complaint, since=at, by=by, at=at)


def watch_silence(
    session: Session, complaint: Complaint, *, since: dt.datetime, by: Actor, at: dt.datetime
) -> None:
    """Run the clock of silence while the complaint is open; stop it, and its alert, otherwise."""
    clocks = (SILENCE, SILENCE_CENTRE)
    timers.stop(session, clocks, subject_kind=SUBJECT, subject=complaint.number, at=at)
    if ComplaintState(complaint.state) not in OPEN:
        return
    timers.start(
        session,
        SILENCE_CENTRE if case_of(complaint).about_centre else SILENCE,
        subject_kind=SUBJECT,
        subject=complaint.number,
        due_at=policy.progress_due(since),
        by=by,
        at=at,
    )


def alert(
    session: Session,
    kind: str,
    complaint: Complaint,
    *,
    audience: Iterable[str] = (),
    rule: str,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Raise an alert about the complaint."""
    alerts.raise_alert(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=complaint.number,
        audience=audience,
        rule=rule,
        by=by,
        at=at,
        data=data,
    )


def alert_one(
    session: Session,
    kind: str,
    complaint: Complaint,
    who: Any,
    *,
    rule: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Raise an alert for one person's eyes, unless it is who acts."""
    if who is None or who == by.user_id:
        return
    alerts.raise_alert(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=complaint.number,
        addressee_id=who,
        rule=rule,
        by=by,
        at=at,
    )


def settle(session: Session, complaint: Complaint, kinds: Iterable[str], at: dt.datetime) -> None:
    """These alerts have had their answer."""
    alerts.resolve(
        session,
        subject_kind=SUBJECT,
        subject=complaint.number,
        kinds=kinds,
        at=at,
        how=complaint.state,
    )


def close(session: Session, complaint: Complaint, *, by: Actor, at: dt.datetime) -> None:
    """What every closing does: who and when, no clock runs on, no alert stays."""
    complaint.closed_by, complaint.closed_at = by.user_id, at
    watch_silence(session, complaint, since=at, by=by, at=at)
    settle(session, complaint, ALL_ALERTS, at)
