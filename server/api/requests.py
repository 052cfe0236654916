"""Intake over HTTP: register, judge, reply."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from server.accounts.queries import technician
from server.api.fields import Text
from server.api.schemas import (
    CaptureIn,
    CaptureOut,
    IssueIn,
    JudgementIn,
    OrderOut,
    ReplyIn,
    ReplyOut,
    RequestIn,
    RequestOut,
)
from server.assets import queries as assets
from server.complaints import operations as complaints
from server.db import session, transaction, utcnow
from server.deadlines.policy import in_time
from server.errors import Invalid
from server.history import Actor
from server.http import actor, etag, expected_version, idempotent, requires, settings
from server.prices.queries import items_in_force
from server.requests import capturing, complaining
from server.requests import operations as requests
from server.requests.lifecycle import RequestState
from server.requests.models import ServiceRequest
from server.work_orders.operations import dispatching

blp = Blueprint("requests", __name__, url_prefix="/api/v1", description="受理 Intake")


class RegisterIn(RequestIn):
    #: what another department has taken in and relayed (R-022)
    captured = ma.fields.UUID(load_default=None, allow_none=True)
    #: the label of the asset that the call is about (X-017)
    asset = Text(40, load_default=None, allow_none=True)


@blp.post("/requests")
@requires("request.register")
@idempotent
@blp.arguments(RegisterIn)
@blp.response(201, RequestOut)
@blp.doc(operationId="registerRequest")
def register_request(data: dict[str, Any]) -> Any:
    captured, label = data.pop("captured"), data.pop("asset")
    with transaction() as current:
        by, at = actor(), utcnow()
        relayed = capturing.find(current, captured, by=by) if captured else None
        if relayed is not None:
            data["received_at"] = data["received_at"] or relayed.raised_at
        request = requests.register(
            current,
            settings(),
            caller=requests.Caller(**data.pop("customer")),
            **data,
            asset=assets.by_label(current, by.estate_id, label) if label else None,
            by=by,
            at=at,
        )
        if relayed is not None:
            capturing.registered(current, relayed, request=request.number, by=by, at=at)
    return request, 201, etag(request.version)


@blp.post("/captures")
@requires("request.capture")
@idempotent
@blp.arguments(CaptureIn)
@blp.response(201, CaptureOut)
@blp.doc(operationId="captureMatter")
def capture_matter(data: dict[str, Any]) -> Any:
    with transaction() as current:
        caller = requests.Caller(**data.pop("customer"))
        return capturing.capture(current, caller=caller, **data, by=actor(), at=utcnow())


@blp.get("/requests/<number>")
@requires("request.read", reading=True)
@blp.response(200, RequestOut)
@blp.doc(operationId="getRequest")
def get_request(number: str) -> Any:
    request = requests.find(session(), number, by=actor(), lock=False)
    return request, 200, etag(request.version)


@blp.post("/requests/<number>/judgement")
@requires("request.judge")
@idempotent
@blp.arguments(JudgementIn)
@blp.response(200, RequestOut)
@blp.doc(operationId="judgeRequest")
def judge_request(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        request = requests.find(current, number, by=by, expected_version=expected_version())
        judge(current, request, data, by=by, at=utcnow())
    return request, 200, etag(request.version)


@blp.post("/requests/<number>/replies")
@requires("request.reply")
@idempotent
@blp.arguments(ReplyIn)
@blp.response(201, ReplyOut)
@blp.doc(operationId="replyToCustomer")
def reply_to_customer(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        request = requests.find(current, number, by=by, expected_version=expected_version())
        reply = requests.reply(current, request, **data, by=by, at=utcnow())
    return (
        {
            "request": request.number,
            "channel": reply.channel,
            "text": reply.text,
            "replied_at": reply.replied_at,
            "in_time": in_time(reply.replied_at, request.reply_due_at),
            "suspect": reply.suspect,
            "version": request.version,
        },
        201,
        etag(request.version),
    )


@blp.post("/requests/<number>/orders")
@requires("order.issue")
@idempotent
@blp.arguments(IssueIn)
@blp.response(201, OrderOut)
@blp.doc(operationId="issueOrder")
def issue_order(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        request = requests.find(current, number, by=by, expected_version=expected_version())
        order = dispatching.issue(current, settings(), request, **data, by=by, at=utcnow())
    return order, 201, etag(order.version)


def judge(
    current: Session, request: ServiceRequest, data: dict[str, Any], *, by: Actor, at: dt.datetime
) -> None:
    """Call the judgement that `outcome` names; the console's form comes here too."""
    outcome = data["outcome"]
    if outcome == "accepted" and request.state == RequestState.TIME_PENDING:
        outcome = "time_confirmed"  # SR6 is the one way in which an offered time is accepted
    if outcome == "accepted":
        _accept(current, request, data, by=by, at=at)
    elif outcome == "declined":
        requests.judge_declined(
            current,
            request,
            explanation=data.get("explanation", ""),
            attempts=data.get("attempts", []),
            apology=data.get("apology", False),
            notice_promised=data.get("notice_promised", False),
            department_informed=data.get("department_informed", ""),
            demand_item=data.get("demand_item", ""),
            by=by,
            at=at,
        )
    elif outcome == "answered":
        _needs(data, "text")
        requests.judge_answered(
            current,
            request,
            text=data["text"],
            channel=data.get("channel", request.channel),
            by=by,
            at=at,
        )
    elif outcome == "to_complaint":
        complaints.demand_apology(request, apology=data.get("apology"))
        complaining.judge_to_complaint(
            current,
            request,
            target=data.get("target", "service"),
            apology=data.get("apology", False),
            improvement=data.get("improvement"),
            by=by,
            at=at,
        )
    elif outcome == "time_pending":
        _needs(data, "offered_at")
        requests.judge_time_pending(current, request, offered_at=data["offered_at"], by=by, at=at)
    elif outcome in {"time_confirmed", "time_refused"}:
        requests.answer_new_time(
            current,
            request,
            accepted=outcome == "time_confirmed",
            nature=data.get("nature", "paid_special"),
            category=data.get("category"),
            by=by,
            at=at,
        )
    else:
        _needs(data, "reason")
        requests.withdraw(current, request, reason=data["reason"], by=by, at=at)


def _accept(
    current: Session, request: ServiceRequest, data: dict[str, Any], *, by: Actor, at: dt.datetime
) -> None:
    """R-041: a paid service is one that the price list names; routine work needs no item."""
    nature, item = data.get("nature", "paid_special"), data.get("price_item")
    day = at.astimezone(settings().zone).date()
    listed = {row.code: row.list_version for row in items_in_force(current, by.estate_id, day)}
    version = listed.get(item) if item else max(listed.values(), default=None)
    if item is not None and item not in listed:
        raise Invalid(
            "not-on-price-list",
            f"收费标准中没有 {item}。",
            f"{item} is not on the price list.",
            rule="R-021",
            errors={"price_item": ["不在收费标准内 not on the list"]},
        )
    slot = technician(current, by.estate_id, data["technician"]) if "technician" in data else None
    requests.judge_accepted(
        current,
        request,
        nature=nature,
        category=data.get("category", "household_other"),
        price_item_code=item,
        price_list_version=version,
        slot_technician_id=slot.id if slot else None,
        by=by,
        at=at,
    )


def _needs(data: dict[str, Any], field: str) -> None:
    if not data.get(field):
        raise Invalid(
            "judgement-incomplete",
            "缺少内容。",
            "Something is missing.",
            errors={field: ["必填 required"]},
        )
