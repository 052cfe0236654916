"""Registering, judging, declining, replying to and withdrawing a request (SR1–SR11)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.alerts import operations as alerts
from server.assets.models import Asset
from server.deadlines import policy, timers
from server.errors import Conflict, Invalid, NotFound, Stale
from server.estate import operations as estate
from server.history import Actor
from server.requests import changing
from server.requests.finance import tell_finance
from server.requests.finding import index_request
from server.requests.lifecycle import RequestState
from server.requests.models import Decline, Reply, ServiceRequest
from server.requests.wording import refuse_sending_away, suspect_phrases
from server.settings import Settings

SUBJECT = changing.SUBJECT


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: everything R-036 wants to know."""

    name: str
    unit_code: str
    phone: str
    relation: str = "owner"


def register(
    session: Session,
    settings: Settings,
    *,
    caller: Caller,
    content: str,
    channel: str,
    kind: str,
    urgency: str,
    appointment_at: dt.datetime | None,
    by: Actor,
    at: dt.datetime,
    received_at: dt.datetime | None = None,
    department: str | None = None,
    read_back: bool = False,
    concerns_charges: bool = False,
    category: str | None = None,
    asset: Asset | None = None,
) -> ServiceRequest:
    """SR1: enter a request in the register and start the 15-minute clock (R-036, R-040, R-051).

    `category`: what the desk takes the fault for, before anybody has judged it. `asset`: what it is
    about, where the desk found it (X-017). Raises Invalid for an unknown unit, or an asset of another.
    """
    unit = estate.find_unit(session, by.estate_id, caller.unit_code)
    if asset is not None and (asset.unit_id not in {None, unit.id} or asset.retired_at is not None):
        raise Invalid(
            "wrong-asset",
            "这台设备不在这一户,或已停用。",
            "This asset belongs to another unit, or is retired.",
            rule="X-017",
            errors={"asset": ["不在这一户 not of this unit"]},
        )
    person = estate.person_for(
        session, unit, name=caller.name, phone=caller.phone, relation=caller.relation
    )
    number = estate.next_number(session, by.estate_id, "DJ", at, settings.zone)
    request = ServiceRequest(
        estate_id=by.estate_id,
        number=number,
        state=RequestState.REGISTERED,
        channel=channel,
        kind=kind,
        urgency=urgency,
        category=category,
        person=person,
        unit=unit,
        content=content,
        department=department,
        appointment_at=appointment_at,
        received_at=received_at or at,
        registered_at=at,
        registered_by=by.user_id,
        reply_due_at=policy.reply_due(at, settings.reply_minutes),
        read_back=read_back,
        asset_id=asset.id if asset else None,
    )
    session.add(request)
    session.flush()
    index_request(session, request)
    changing.record(
        session,
        "request.registered",
        request,
        by,
        at,
        {"content": content, "unit": unit.code, "channel": channel, "kind": kind},
    )
    for clock, minutes in zip(
        changing.REPLY_CLOCKS, (settings.reply_warning_minutes, settings.reply_minutes), strict=True
    ):
        timers.start(
            session,
            clock,
            subject_kind=SUBJECT,
            subject=number,
            due_at=at + dt.timedelta(minutes=minutes),
            by=by,
            at=at,
        )
    if concerns_charges:
        tell_finance(session, request, by=by, at=at)
    return request


def judge_accepted(
    session: Session,
    request: ServiceRequest,
    *,
    nature: str,
    category: str,
    price_item_code: str | None,
    price_list_version: str | None,
    slot_technician_id: uuid.UUID | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """SR4: it can be taken (R-041, R-043). Whether the item is on the list the door has asked."""
    changing.move(request, "accepted")
    request.nature, request.category = nature, category
    request.price_item_code, request.price_list_version = price_item_code, price_list_version
    request.slot_technician_id = slot_technician_id
    changing.judged(session, request, by, at, {"outcome": "accepted", "nature": nature})


def judge_answered(
    session: Session,
    request: ServiceRequest,
    *,
    text: str,
    channel: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """SR3: an enquiry is answered; the answer is the reply that R-051 times (A-05)."""
    if request.kind != "enquiry":
        raise Conflict(
            "not-an-enquiry",
            "只有咨询可以直接答复结束。",
            "Only an enquiry can be closed by an answer.",
            rule="R-144",
        )
    refuse_sending_away("text", text)
    changing.move(request, "answered")
    request.explanation = text
    changing.judged(session, request, by, at, {"outcome": "answered"})
    reply(session, request, channel=channel, text=text, by=by, at=at)


def judge_time_pending(
    session: Session,
    request: ServiceRequest,
    *,
    offered_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
) -> None:
    """SR5: the time asked for is impossible; a new one is offered (R-044)."""
    if request.appointment_at is None:
        raise Invalid(
            "no-appointment",
            "没有约定时间,无需改期。",
            "There is no appointment to move.",
            rule="R-044",
        )
    changing.move(request, "time_pending")
    request.offered_at = offered_at
    changing.judged(
        session, request, by, at, {"outcome": "time_pending", "offered": offered_at.isoformat()}
    )


def answer_new_time(
    session: Session,
    request: ServiceRequest,
    *,
    accepted: bool,
    nature: str,
    category: str | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """SR6: the customer confirms the new time, or lets it be (R-044)."""
    changing.move(request, "confirm_time" if accepted else "refuse_time")
    if accepted:
        request.appointment_at = request.offered_at
        request.customer_reconfirmed_at = at
        request.nature = nature
        request.category = category or request.category
    else:
        request.outcome_reason = "客户不接受新时间 new time refused"
        changing.stop_clocks(session, request, at)
    changing.judged(
        session, request, by, at, {"outcome": "time_confirmed" if accepted else "withdrawn"}
    )


def judge_declined(
    session: Session,
    request: ServiceRequest,
    *,
    explanation: str,
    attempts: Sequence[str],
    apology: bool,
    notice_promised: bool,
    department_informed: str,
    demand_item: str,
    by: Actor,
    at: dt.datetime,
) -> Decline:
    """SR7: nothing could be found. Raises Invalid unless all parts of R-031, R-032, R-042 stand."""
    wanted = {
        "attempts": (bool([text for text in attempts if text.strip()]), "R-031", "至少一次尝试"),
        "apology": (apology, "R-032", "先致歉"),
        "notice_promised": (notice_promised, "R-032", "承诺开通后公告"),
        "department_informed": (bool(department_informed.strip()), "R-032", "已转告的部门"),
        "demand_item": (bool(demand_item.strip()), "R-032", "客户要的服务"),
        "explanation": (bool(explanation.strip()), "R-042", "向客户的解释"),
    }
    missing = {
        field: [f"{rule}: 缺{what} missing"]
        for field, (present, rule, what) in wanted.items()
        if not present
    }
    suspect = suspect_phrases(explanation)
    if missing:
        raise Invalid(
            "decline-incomplete",
            "婉拒须致歉、说明做过的尝试、承诺公告并转告部门。",
            "A decline needs the apology, the attempts, the promised notice and the department.",
            rule="R-032",
            errors=missing,
            extra={"suspect_phrases": suspect} if suspect else None,
        )
    refuse_sending_away("explanation", explanation)
    changing.move(request, "declined")
    request.explanation = explanation
    decline = Decline(
        estate_id=request.estate_id,
        request_id=request.id,
        attempts=[text for text in attempts if text.strip()],
        apology=apology,
        notice_promised=notice_promised,
        department_informed=department_informed,
        demand_item=demand_item,
        suspect=suspect,
    )
    session.add(decline)
    changing.judged(
        session,
        request,
        by,
        at,
        {"outcome": "declined", "demand_item": demand_item, "suspect": suspect},
    )
    changing.record(session, "request.declined", request, by, at, {"item": demand_item})
    return decline


def reply(
    session: Session,
    request: ServiceRequest,
    *,
    channel: str,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> Reply:
    """Tell the customer how it stands; the first reply stops the clock (R-051)."""
    row = Reply(
        estate_id=request.estate_id,
        request_id=request.id,
        channel=channel,
        text=text,
        suspect=suspect_phrases(text),
        replied_by=by.user_id,
        replied_at=at,
    )
    session.add(row)
    if request.replied_at is None:
        request.replied_at = at
        changing.stop_clocks(session, request, at)
    alerts.resolve(
        session,
        subject_kind=SUBJECT,
        subject=request.number,
        kinds=["request.joined_over"],
        at=at,
        how=text[:200],
    )
    request.version += 1
    changing.record(
        session,
        "request.replied",
        request,
        by,
        at,
        {
            "channel": channel,
            "text": text,
            "in_time": policy.in_time(at, request.reply_due_at),
            "suspect": row.suspect,
        },
    )
    return row


def owes_no_reply(
    session: Session, request: ServiceRequest, *, why: str, by: Actor, at: dt.datetime
) -> None:
    """Nobody called, so nobody waits for the reply that R-051 times: it counts as given."""
    request.replied_at = at
    changing.stop_clocks(session, request, at)
    changing.record(session, "request.no_reply_owed", request, by, at, {"reason": why})


def withdraw(
    session: Session, request: ServiceRequest, *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """SR9: the customer takes it back before the slip (P-20)."""
    refuse_sending_away("reason", reason)
    changing.move(request, "withdraw")
    request.outcome_reason = reason
    changing.stop_clocks(session, request, at)
    changing.record(session, "request.withdrawn", request, by, at, {"reason": reason})


def convert(
    session: Session, request: ServiceRequest, *, order: str, by: Actor, at: dt.datetime
) -> None:
    """SR8: a slip was issued for it (R-050, R-142)."""
    changing.move(request, "issue")
    changing.record(session, "request.converted", request, by, at, {"order": order})


def find(
    session: Session,
    number: str,
    *,
    by: Actor,
    lock: bool = True,
    expected_version: int | None = None,
) -> ServiceRequest:
    """The request with this number, locked for a change. Raises NotFound, Stale."""
    query = sa.select(ServiceRequest).where(
        ServiceRequest.estate_id == by.estate_id, ServiceRequest.number == number
    )
    if lock:
        query = query.with_for_update(of=ServiceRequest).execution_options(populate_existing=True)
    request = session.scalar(query)
    if request is None:
        raise NotFound(
            "no-such-request", f"没有登记号 {number}。", f"There is no request {number}."
        )
    if expected_version is not None and request.version != expected_version:
        raise Stale(
            "stale-request",
            "这张登记单已被别人更改,请刷新。",
            "Somebody changed this request meanwhile; look at it again.",
            extra={"version": request.version, "state": request.state},
        )
    return request
