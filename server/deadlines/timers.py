"""Starting, stopping and firing clocks. A stopped clock is deleted, so a row that is there runs.

A fired clock raises an alert and writes history; whoever stops the cause resolves the alert. A
row that fails moves on and never loops.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.operations import system_actor
from server.alerts import operations as alerts
from server.db import claim, postpone, transaction, utcnow
from server.deadlines.models import Timer
from server.history import Actor

BATCH = 50


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What a kind of clock means when it fires."""

    rule: str
    #: roles that are alerted
    audience: tuple[str, ...]
    #: whether firing is a breach (else a warning before it)
    breach: bool
    #: whether people are told; else only a reaction follows
    alerts: bool = True


DESK = ("dispatch_duty", "control_duty", "front_desk")
DISPATCH = ("dispatch_duty", "dispatch_assistant", "dispatch_head")

CLOCKS: dict[str, Clock] = {
    "reply_warning": Clock(rule="R-051", audience=DESK, breach=False),
    "reply": Clock(rule="R-051", audience=(*DESK, "cs_manager"), breach=True),
    "dispatch": Clock(rule="P-02", audience=DESK, breach=False),
    "acknowledge": Clock(rule="R-052", audience=DESK, breach=False),
    "ring_again": Clock(rule="P-03", audience=DESK, breach=False, alerts=False),
    "next_technician": Clock(rule="P-03", audience=DESK, breach=False, alerts=False),
    "arrival": Clock(rule="R-053", audience=DESK, breach=True),
    "decision": Clock(rule="P-08", audience=("cs_manager", "gpm"), breach=True),
    "price_list_in_force": Clock(rule="R-032", audience=(), breach=False, alerts=False),
    "next_contact": Clock(rule="WO12", audience=DESK, breach=False),
    # One clock for all notices of a month; the reaction tells of those that are unpaid.
    "fee_due": Clock(rule="R-009", audience=("finance",), breach=True, alerts=False),
    "on_site_24h": Clock(rule="X-005", audience=(*DESK, "cs_manager"), breach=True),
    "stand_by": Clock(rule="X-006", audience=(*DESK, "cs_manager"), breach=False),
    "repair_60d": Clock(rule="X-011", audience=("cs_manager", "gpm"), breach=False, alerts=False),
    "preventive": Clock(rule="X-007", audience=DESK, breach=False, alerts=False),
    "tool_out": Clock(rule="R-072", audience=(*DESK, "storekeeper"), breach=True),
    "progress": Clock(
        rule="R-119",
        audience=("dispatch_assistant", "dispatch_head", "cs_manager"),
        breach=True,
    ),
    # What is against the CS centre is none of its business.
    "progress_hr": Clock(rule="R-119", audience=("admin_hr", "gpm"), breach=True),
    "rectification": Clock(
        rule="R-128",
        audience=("dispatch_assistant", "dispatch_head", "cs_manager"),
        breach=True,
    ),
    "rectification_hr": Clock(rule="R-128", audience=("admin_hr", "gpm"), breach=True),
    "visits_on_site": Clock(rule="R-086", audience=(), breach=False, alerts=False),
    "visits_open": Clock(rule="R-084", audience=(), breach=False, alerts=False),
    "slips_daily": Clock(rule="R-081", audience=("front_desk", *DISPATCH), breach=True),
    "slips_monthly": Clock(rule="R-076", audience=(*DISPATCH, "front_desk"), breach=True),
}


def start(
    session: Session,
    kind: str,
    *,
    subject_kind: str,
    subject: str,
    due_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Start a clock (or set it anew). Raises KeyError for a kind that is not in CLOCKS."""
    CLOCKS[kind]
    session.execute(_of(subject_kind, subject, [kind]))
    session.add(
        Timer(
            estate_id=by.estate_id,
            kind=kind,
            subject_kind=subject_kind,
            subject=subject,
            started_at=at,
            deadline_at=due_at,
            due_at=due_at,
            tries=0,
            data=dict(data or {}),
        )
    )
    session.flush()


def stop(
    session: Session, kinds: Iterable[str], *, subject_kind: str, subject: str, at: dt.datetime
) -> None:
    """Stop clocks and resolve what they raised."""
    wanted = list(kinds)
    session.execute(_of(subject_kind, subject, wanted))
    alerts.resolve(
        session,
        subject_kind=subject_kind,
        subject=subject,
        kinds=[f"clock.{kind}" for kind in wanted],
        at=at,
        how="done",
    )


def running(session: Session, subject_kind: str, subject: str) -> list[Timer]:
    """The clocks that run for a subject, next first."""
    return list(
        session.scalars(
            sa.select(Timer)
            .where(Timer.subject_kind == subject_kind, Timer.subject == subject)
            .order_by(Timer.deadline_at)
        )
    )


def run_once(now: dt.datetime | None = None) -> bool:
    """Fire what is due, one transaction a clock. True when there may be more.

    Raises the first failure, after all that is due has had its turn.
    """
    at = now or utcnow()
    with transaction() as session:
        due = [timer.id for timer in claim(session, Timer, at=at, limit=BATCH)]
    failure: Exception | None = None
    for timer_id in due:
        try:
            with transaction() as session:
                _fire(session, timer_id, at)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is raised below
            with transaction() as session:
                if (timer := session.get(Timer, timer_id)) is not None:
                    postpone(timer, error, at)
            failure = failure or error  # the others of this turn are not held up by it
    if failure is not None:
        raise failure
    return len(due) == BATCH


def _fire(session: Session, timer_id: object, at: dt.datetime) -> None:
    # The truth is asked again: what stopped the clock meanwhile has deleted the row.
    timer = session.get(Timer, timer_id, with_for_update=True, populate_existing=True)
    if timer is None or timer.deadline_at > at:
        return
    clock = CLOCKS[timer.kind]
    system = system_actor(timer.estate_id)
    if clock.alerts:
        alerts.raise_alert(
            session,
            f"clock.{timer.kind}",
            subject_kind=timer.subject_kind,
            subject=timer.subject,
            audience=clock.audience,
            rule=clock.rule,
            by=system,
            at=at,
            data={**timer.data, "due_at": timer.deadline_at.isoformat(), "breach": clock.breach},
        )
    history.record(
        session,
        "clock.fired",
        subject_kind=timer.subject_kind,
        subject=timer.subject,
        by=system,
        at=at,
        data={"clock": timer.kind, "rule": clock.rule, "due_at": timer.deadline_at.isoformat()},
    )
    session.delete(timer)


def _of(subject_kind: str, subject: str, kinds: list[str]) -> sa.Delete:
    return sa.delete(Timer).where(
        Timer.subject_kind == subject_kind, Timer.subject == subject, Timer.kind.in_(kinds)
    )
