"""Waivers: the queue of those who decide, and the money of one order, where they are asked for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.billing import CopyRegistrationIn
from server.api.fees import WaiverDecisionIn, WaiverIn
from server.billing import ledger, queries, waivers
from server.billing.models import FeeNotice
from server.console import forms
from server.console.finance_ledger import read_id
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.http import actor, requires, settings
from server.work_orders import queries as orders

pages = Blueprint("waivers", __name__)
PAGE = 50


@pages.get("/finance/waivers")
@requires("billing.register", reading=True)
def show() -> Any:
    """What waits for a decision, oldest first; then what was decided."""
    return _queue()


@pages.post("/finance/waivers/<uuid:waiver_id>")
@requires("order.approve_price")
def decide(waiver_id: uuid.UUID) -> Any:
    """Let go of it, or say why not."""
    try:
        with transaction() as current:
            data = forms.loaded(WaiverDecisionIn, forms.taken("approved", "note"))
            waivers.decide(current, settings(), waiver_id, **data, by=actor(), at=utcnow())
    except NotFound:
        raise
    except Problem as problem:
        return _queue(problem), problem.status
    flash(gettext("减免的决定已记下。"))
    return redirect(url_for("console.waivers.show"), 303)


@pages.get("/orders/<number>/money")
@requires("order.read")
def of_order(number: str) -> Any:
    """The money of one order: its entry, its waivers, what can be done about it."""
    return _order_page(number)


@pages.post("/orders/<number>/waivers")
@requires("waiver.ask")
def ask(number: str) -> Any:
    """Ask that part or all of the fee is let go of."""

    def act(current: Session) -> None:
        data = forms.loaded(
            WaiverIn, {"order": number, **forms.taken("reason", yuan=["amount_yuan"])}
        )
        data.pop("order")
        waivers.ask(current, settings(), number, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("减免申请已提交,等经理决定。"))


@pages.post("/orders/<number>/registration")
@requires("billing.register")
def register(number: str) -> Any:
    """Register copy 3, or correct its method with a reason."""

    def act(current: Session) -> None:
        data = forms.loaded(CopyRegistrationIn, forms.taken("payment_method", "note", "reason"))
        ledger.register_order(current, settings(), number, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("第三联已登记。"))


def _do(number: str, act: Callable[[Session], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            act(current)
    except NotFound:
        raise
    except Problem as problem:
        return _order_page(number, problem), problem.status
    flash(done)
    return redirect(url_for("console.waivers.of_order", number=number), 303)


def _queue(problem: Problem | None = None) -> str:
    current, by = session(), actor()
    decided = request.args.get("decided") == "1"
    after = request.args.get("after")
    rows, following = queries.waivers(
        current,
        by.estate_id,
        undecided=not decided,
        limit=PAGE,
        after=read_id(after) if after else None,
    )
    people = {row[0].asked_by for row in rows} | {row[0].decided_by for row in rows}
    return render_template(
        "finance_waivers.html",
        rows=rows,
        decided=decided,
        following=following,
        names=names_of(current, {one for one in people if one}),
        me=by.user_id,
        problem=problem,
    )


def _order_page(number: str, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    order = orders.get_order(current, by.estate_id, number)
    try:
        entry = queries.entry_of(current, by.estate_id, number)
    except NotFound:
        entry = None
    asked = queries.waivers_of(current, order.id)
    notice = current.get(FeeNotice, entry.notice_id) if entry and entry.notice_id else None
    people = {one.asked_by for one in asked} | {one.decided_by for one in asked}
    if entry is not None:
        people.add(entry.registered_by)
    return render_template(
        "order_money.html",
        order=order,
        entry=entry,
        notice=notice,
        waivers=asked,
        may_ask=entry is not None
        and entry.report_id is None
        and entry.state in ("unbilled", "registered")
        and order.charge_fen > 0
        and all(one.decided_at for one in asked),
        names=names_of(current, {one for one in people if one}),
        problem=problem,
        typed=request.form,
    )
