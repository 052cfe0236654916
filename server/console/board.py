"""The board: what needs somebody now, and the live list of orders."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import Role, may
from server.accounts.queries import find_user, users_with_role
from server.alerts import operations as alerts
from server.alerts.models import Alert
from server.console.watch import reply_clock, watch
from server.db import first_of_each, session, utcnow
from server.history import Actor
from server.http import actor, level, requires, settings
from server.requests.lifecycle import OPEN
from server.requests.models import ServiceRequest
from server.work_orders import queries
from server.work_orders.models import WorkOrder
from server.work_orders.states import TERMINAL, State
from server.work_orders.transitions import TRANSITIONS

pages = Blueprint("board", __name__)
PAGE = 50
STRIP = 8
#: Told by the counting clock of the request itself.
REPLY_ALERTS = frozenset({"clock.reply_warning", "clock.reply"})
#: Under way: neither over nor only waiting for the archive.
UNDER_WAY = tuple(state.value for state in State if state not in TERMINAL | {State.CLOSED})
#: Actions of the desk for which an order waits; whether they are mine the matrix says.
AWAITED = ("dispatch", "write_off", "decide_accept", "clear_hazard")
#: How long an unanswered request that has already gone on stays on the board; then its alert does.
UNANSWERED_FOR = dt.timedelta(days=2)


@pages.get("/")
@requires("account.self")
def home() -> Any:
    """The board, or the page of whoever has nothing to do with orders."""
    if level("order.read") is None:
        goal = "console.staff.show" if level("device.manage") else "console.account.show"
        return redirect(url_for(goal), 303)
    return render_template("board.html", **board_view())


@pages.get("/board")
@requires("order.read", reading=True)
def live() -> Response:
    """The live part of the board; 304 while nothing on it has changed."""
    response = make_response(render_template("board_live.html", **board_view()))
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["X-Server-Time"] = str(round(utcnow().timestamp() * 1000))
    response.make_conditional(request)
    return response


def board_view() -> dict[str, Any]:
    """Everything on the board, in a number of queries that does not grow with it."""
    by, at, current = actor(), utcnow(), session()
    desk = level("request.read") is not None
    page = _orders(current, by)
    first_page = "cursor" not in request.args
    waiting = _awaiting_me(current, by) if first_page and desk else []
    shown = {order.number: order for order in (*waiting, *page.items)}
    open_alerts = alerts.open_alerts(current, by.estate_id, roles=by.roles) if desk else []
    requests = _requests(current, by, at) if first_page and desk else []
    return {
        "alerts": by_subject(open_alerts, {row.number for row in requests})[:STRIP],
        "alert_count": len(open_alerts),
        "requests": [(row, reply_clock(row, settings())) for row in requests],
        "waiting": waiting,
        "page": page,
        "watch": watch(current, settings(), list(shown.values())),
        "technicians": users_with_role(current, by.estate_id, Role.TECHNICIAN) if desk else [],
        "chosen": _chosen(),
        "at": at,
    }


def by_subject(rows: Sequence[Alert], counting: Collection[str]) -> list[list[Alert]]:
    """Alerts in one group a subject, danger first; without those whose clock counts below."""
    groups: dict[str, list[Alert]] = {}
    for row in rows:
        if not (row.subject in counting and row.kind in REPLY_ALERTS):
            groups.setdefault(row.subject, []).append(row)
    return sorted(
        groups.values(), key=lambda group: not any(row.kind.startswith("hazard") for row in group)
    )


def _chosen() -> dict[str, str]:
    names = ("state", "technician", "unit", "cursor")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _orders(current: Session, by: Actor) -> queries.Page:
    chosen = _chosen()
    state = chosen.get("state", "")
    technician_id = None
    if level("order.read") == "O":
        technician_id = by.user_id
    elif "technician" in chosen:
        found = find_user(current, by.estate_id, chosen["technician"])
        if found is None:
            return queries.Page(items=[], next_cursor=None)
        technician_id = found.id
    states: Sequence[str] = [state] if state in set(State) else UNDER_WAY
    return queries.list_orders(
        current,
        by.estate_id,
        states=[] if state == "all" else states,
        technician_id=technician_id,
        unit_code=chosen.get("unit"),
        limit=PAGE,
        cursor=chosen.get("cursor"),
    )


def _awaiting_me(current: Session, by: Actor) -> list[WorkOrder]:
    """Orders that stand still until somebody with my roles acts, oldest first."""
    states = {
        state.value
        for row in TRANSITIONS
        if row.action in AWAITED and may(row.permission, by.roles)
        for state in row.sources
    }
    elsewhere = sorted(states - {State.SUSPENDED})
    rows = queries.standing_longest(current, by.estate_id, elsewhere, limit=PAGE)
    if State.SUSPENDED in states:
        hazards = sa.select(WorkOrder).where(
            WorkOrder.estate_id == by.estate_id,
            WorkOrder.state == State.SUSPENDED,
            WorkOrder.hazard,
        )
        rows += current.scalars(hazards.order_by(WorkOrder.updated_at, WorkOrder.id).limit(PAGE))
    return sorted(rows, key=lambda order: (order.updated_at, order.id))[:PAGE]


def _requests(current: Session, by: Actor, at: dt.datetime) -> list[ServiceRequest]:
    """Requests that are open, or whose customer still waits for a word; the oldest first."""
    # Two questions, each answered by the index on state and time: one with OR reads all requests.
    mine = ServiceRequest.estate_id == by.estate_id
    unanswered = (
        mine,
        ServiceRequest.replied_at.is_(None),
        ServiceRequest.registered_at >= at - UNANSWERED_FOR,
    )
    oldest_first = (ServiceRequest.registered_at, ServiceRequest.id)
    rows: list[ServiceRequest] = []
    for states, wanted in (
        ([state.value for state in OPEN], (mine,)),
        (["converted", "declined", "to_complaint"], unanswered),
    ):
        key, state = ServiceRequest.id, ServiceRequest.state
        keys = first_of_each(key, state, states, *wanted, order=oldest_first, limit=PAGE)
        query = sa.select(ServiceRequest).where(key.in_(keys))
        rows += current.scalars(query.order_by(*oldest_first).limit(PAGE))
    return sorted(rows, key=lambda row: (row.replied_at is not None, row.registered_at))
