"""From the register to the technician in one change: judge, write the slip, dispatch it.

The three operations one after the other, in the caller's transaction: refused in one of them,
nothing has happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.queries import technician
from server.api.requests import judge as judge_by_outcome
from server.api.schemas import IssueIn, JudgementIn
from server.console import forms
from server.errors import Conflict, Denied, Invalid
from server.history import Actor
from server.http import level, settings
from server.requests.lifecycle import RequestState
from server.requests.models import ServiceRequest
from server.work_orders.candidates import candidates
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching
from server.work_orders.suggesting import first_offered

ISSUE, DISPATCH = "issue", "dispatch"
THEN = (ISSUE, DISPATCH)


def carry_on(
    current: Session,
    row: ServiceRequest,
    then: str,
    typed: Mapping[str, Any],
    *,
    by: Actor,
    at: dt.datetime,
) -> WorkOrder:
    """Judge a request accepted unless it is, issue its order and, for `dispatch`, give it out.

    `typed`: category, nature, price_item, technician of the form; without a technician the order
    goes to whoever is suggested first. Raises Invalid, Conflict or Denied.
    """
    if row.state != RequestState.ACCEPTED:
        _accept(current, row, typed, by=by, at=at)
    demand("order.issue")
    wanted = {name: typed.get(name) for name in ("category", "urgency", "appointment_at")}
    data = forms.loaded(IssueIn, {name: value for name, value in wanted.items() if value})
    order = dispatching.issue(current, settings(), row, **data, by=by, at=at)
    if then == DISPATCH:
        demand("order.dispatch")
        chosen = _technician(current, order, typed, by=by, at=at)
        dispatching.dispatch(current, settings(), order, chosen, by=by, at=at)
    return order


def demand(action: str) -> None:
    """One button does several things; each asks the matrix. Raises Denied."""
    if level(action) not in {"D", "A"}:
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")


def _accept(
    current: Session, row: ServiceRequest, typed: Mapping[str, Any], *, by: Actor, at: dt.datetime
) -> None:
    demand("request.judge")
    if row.kind != "service_need":
        raise Invalid(
            "not-a-service-need",
            "咨询和投诉不开工单,请先登记再判别。",
            "Enquiries and complaints get no order. Register first, then judge.",
            rule="R-144",
            errors={"kind": ["R-144"]},
        )
    if not typed.get("category"):
        raise Invalid(
            "no-category",
            "开单须先选类别。",
            "Choose a category to issue an order.",
            errors={"category": ["必填 required"]},
        )
    names = ("category", "nature", "price_item")
    said = {"outcome": "accepted", **{name: typed[name] for name in names if typed.get(name)}}
    judge_by_outcome(current, row, forms.loaded(JudgementIn, said), by=by, at=at)


def _technician(
    current: Session, order: WorkOrder, typed: Mapping[str, Any], *, by: Actor, at: dt.datetime
) -> User:
    if typed.get("technician"):
        return technician(current, by.estate_id, typed["technician"])
    best = first_offered(candidates(current, order, settings().zone, at=at))
    if best is None:
        raise Conflict(
            "nobody-offered",
            "现在没有合适又有空的技工,什么都没有保存。可以改约时间,或只开单。",
            "Nobody suitable is free, nothing was saved. Move the appointment, or only issue.",
            rule="R-043",
        )
    return current.get_one(User, best.standing.technician_id)
