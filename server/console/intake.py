"""Registering a call: the first form of the day, and what may follow from it in one go."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.alerts.models import Alert
from server.api.schemas import CATEGORIES, ReplyIn, RequestIn
from server.assets import queries as assets
from server.console import forms, one_go, sent_photos
from server.console.formats import local_input
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Invalid, NotFound, Problem
from server.estate import finding
from server.history import Actor
from server.http import actor, requires, settings
from server.prices.queries import items_in_force
from server.requests import capturing, repeating
from server.requests import operations as requests
from server.requests.models import ServiceRequest
from server.work_orders.operations import joining, moving

pages = Blueprint("intake", __name__)
REQUEST, ORDER = "DJ-", "FW-"


@pages.get("/requests/new")
@requires("request.register")
def show() -> Any:
    """The empty form, or what another department has relayed, to be registered (R-022)."""
    return _form(relayed=_relayed(session(), request.args.get("captured", ""), lock=False))


@pages.post("/requests/new")
@requires("request.register")
def register() -> Any:
    """Enter the call in the register; the 15 minutes begin (R-051).

    `then` asks for the slip, or the slip and its dispatch, in the same change; `onto` names the
    request that this call is about, or the order that many households join; `captured` is what
    another department has relayed.
    """
    try:
        number = _once()
    except Problem as problem:
        return _form(problem), problem.status
    flash(_done(number))
    return redirect(url_for("console.request.show", number=number), 303)


def _once() -> str:
    data = _typed()
    pictures = sent_photos.with_new()
    with transaction() as current:
        # A form sent twice by an impatient finger registers one request.
        known = forms.answered_before(current, (picture.sha256 for picture in pictures))
        if known is not None:
            return known
        relayed = _relayed(current, request.form.get("captured", ""))
        by, at = actor(), utcnow()
        row = _take(current, relayed, data, by=by, at=at)
        sent_photos.attach(current, pictures, row)
        if relayed is not None:
            capturing.registered(current, relayed, request=row.number, by=by, at=at)
        forms.keep_answer(current, row.number)
    return row.number


def _relayed(current: Session, captured: str, *, lock: bool = True) -> Alert | None:
    """What the form or its address says it comes from. Raises NotFound, Conflict."""
    if not captured:
        return None
    try:
        alert_id = uuid.UUID(captured)
    except ValueError as error:
        raise NotFound(
            "no-such-capture", "没有这条转来的诉求。", "There is no such capture."
        ) from error
    return capturing.find(current, alert_id, by=actor(), lock=lock)


def _take(
    current: Session, relayed: Alert | None, data: dict[str, Any], *, by: Actor, at: dt.datetime
) -> ServiceRequest:
    """What the form asks for; the request that the call now stands under."""
    onto, then = request.form.get("onto", ""), request.form.get("then", "")
    category = request.form.get("category", "")
    if (category and category not in CATEGORIES) or (then and then not in one_go.THEN):
        raise Invalid("bad-form", "表单无效。", "The form is not one of ours.")
    if relayed is not None:
        data["received_at"] = relayed.raised_at
    caller = requests.Caller(**data.pop("customer"))
    if onto.startswith(REQUEST):
        said = {"channel": data["channel"], **forms.taken("told")}
        told = forms.loaded(ReplyIn, {"text": said.pop("told", ""), **said})
        row = requests.find(current, onto, by=by)
        repeating.called_again(
            current,
            row,
            caller=caller,
            content=data["content"],
            channel=told["channel"],
            told=told["text"],
            by=by,
            at=at,
        )
        return row
    label = request.form.get("asset", "").strip()[:40]
    row = requests.register(
        current,
        settings(),
        caller=caller,
        **data,
        category=category or None,
        asset=assets.by_label(current, by.estate_id, label) if label else None,
        by=by,
        at=at,
    )
    if onto.startswith(ORDER):
        one_go.demand("order.issue")
        order = moving.find_order(current, onto, by=by)
        joining.join(current, row, order, by=by, at=at)
    elif then:
        typed = forms.taken("category", "nature", "price_item", "technician")
        one_go.carry_on(current, row, then, typed, by=by, at=at)
    return row


def _typed() -> dict[str, Any]:
    data = forms.taken(
        "content",
        "channel",
        "kind",
        "urgency",
        "department",
        "read_back",
        "concerns_charges",
        moments=("appointment_at",),
    )
    data["customer"] = forms.taken("name", "unit_code", "phone", "relation")
    if code := data["customer"].get("unit_code"):
        data["customer"]["unit_code"] = finding.as_unit_code(code)
    return forms.loaded(RequestIn, data)


def _done(number: str) -> str:
    onto, then = request.form.get("onto", ""), request.form.get("then", "")
    if onto.startswith(REQUEST):
        return gettext("来电已记入 %(number)s。", number=number)
    if onto.startswith(ORDER):
        return gettext("已登记 %(number)s,并入 %(order)s。请回复客户。", number=number, order=onto)
    if then == one_go.DISPATCH:
        return gettext("已登记 %(number)s,开单并派工。请在时限内回复客户。", number=number)
    if then == one_go.ISSUE:
        return gettext("已登记 %(number)s 并开单。请在时限内回复客户。", number=number)
    return gettext("已登记 %(number)s,请在时限内回复客户。", number=number)


def _form(problem: Problem | None = None, *, relayed: Alert | None = None) -> str:
    current, by = session(), actor()
    today = utcnow().astimezone(settings().zone).date()
    return render_template(
        "intake.html",
        problem=problem,
        typed=_as_typed(relayed) if relayed is not None else request.form,
        once=request.form.get("once") or forms.fresh_key(),
        prices=items_in_force(current, by.estate_id, today),
        technicians=users_with_role(current, by.estate_id, Role.TECHNICIAN),
    )


def _as_typed(relayed: Alert) -> Mapping[str, str]:
    """The form as whoever relayed it would have filled it in."""
    told = {key: value for key, value in relayed.data.items() if value}
    moment = told.pop("appointment_at", None)
    return {
        **told,
        "captured": str(relayed.id),
        "channel": "other",
        "appointment_at": local_input(dt.datetime.fromisoformat(moment)) if moment else "",
    }
