"""What is done to an order from its page. Each form carries the version on which it was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import technician
from server.api import schemas
from server.api.orders import decide as decide_order
from server.console import forms
from server.console.order_page import page
from server.console.wording import gettext
from server.db import transaction, utcnow
from server.errors import NotFound, Problem
from server.http import actor, requires, settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import closing, dispatching, executing, moving, off_list, undoing

pages = Blueprint("order_forms", __name__)


@pages.post("/orders/<number>/dispatch")
@requires("order.dispatch")
def dispatch(number: str) -> Any:
    """Give it to a technician, or to another one before work began."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(
            schemas.DispatchIn,
            forms.taken("technician", "customer_reconfirmed", moments=("appointment_at",)),
        )
        chosen = technician(current, actor().estate_id, data.pop("technician"))
        dispatching.dispatch(
            current, settings(), order, chosen, **data, reassign=True, by=actor(), at=utcnow()
        )

    return change(number, act, done=gettext("已派工,正在推送到手持机。"))


@pages.post("/orders/<number>/recall")
@requires("order.recall")
def recall(number: str) -> Any:
    """Take it back before work began."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(schemas.ReasonIn, forms.taken("reason"))
        dispatching.recall(current, settings(), order, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已召回。"))


@pages.post("/orders/<number>/undo")
@requires("order.recall")
def undo(number: str) -> Any:
    """Take back what I did to it a moment ago."""

    def act(current: Session, order: WorkOrder) -> None:
        undoing.undo(current, settings(), order, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已撤销。"))


@pages.post("/orders/<number>/hand-over")
@requires("order.dispatch")
def hand_over(number: str) -> Any:
    """Another technician goes on with what was begun."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(schemas.HandOverIn, forms.taken("technician", "reason"))
        chosen = technician(current, actor().estate_id, data.pop("technician"))
        dispatching.hand_over(current, settings(), order, chosen, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已转单。"))


@pages.post("/orders/<number>/cancel")
@requires("order.recall")
def cancel(number: str) -> Any:
    """The customer calls it off; the slip is still to be written off."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(schemas.CancelIn, forms.taken("by", "reason"))
        whom = data.pop("by")
        dispatching.cancel(current, settings(), order, whom=whom, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已取消,等待核销。"))


@pages.post("/orders/<number>/void")
@requires("order.void")
def void(number: str) -> Any:
    """Issued in error; its number is never used again."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(schemas.ReasonIn, forms.taken("reason"))
        dispatching.void(current, settings(), order, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已作废。"))


@pages.post("/orders/<number>/write-off")
@requires("order.write_off")
def write_off(number: str) -> Any:
    """The slip is handed in, checked and closed in the book."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(schemas.WriteOffIn, forms.taken("return_point"))
        closing.write_off(current, settings(), order, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已核销。"))


@pages.post("/orders/<number>/decision")
@requires("order.decide")
def decide(number: str) -> Any:
    """A manager decides what came up, clears a hazard, or changes the charge."""

    def act(current: Session, order: WorkOrder) -> None:
        typed = forms.taken("decision", "text", "technician", yuan=("charge_yuan",))
        decide_order(current, order, forms.loaded(schemas.DecisionIn, typed))

    return change(number, act, done=gettext("已记下决定。"))


@pages.post("/orders/<number>/price-approval")
@requires("order.approve_price")
def approve_price(number: str) -> Any:
    """A one-off price for what is not on the list."""

    def act(current: Session, order: WorkOrder) -> None:
        typed = forms.taken("description", "reason", yuan=("price_yuan",))
        data = forms.loaded(schemas.PriceApprovalIn, typed)
        off_list.approve(current, order, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已批准单外价格。"))


@pages.post("/orders/<number>/override")
@requires("order.override_limit")
def override(number: str) -> Any:
    """Leave to deviate from a limit at one step."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(schemas.OverrideIn, forms.taken("step", "reason"))
        executing.allow_deviation(current, order, **data, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已准许偏离。"))


def change(number: str, act: Callable[[Session, WorkOrder], None], *, done: str) -> Any:
    """One change of an order, whole or not at all; refused, the page shows why and what was typed.

    A form made on an older version changes nothing: the page names what happened since.
    """
    try:
        with transaction() as current:
            order = moving.find_order(
                current, number, by=actor(), expected_version=forms.seen_version()
            )
            act(current, order)
    except NotFound:
        raise
    except Problem as problem:
        return page(number, problem), problem.status
    flash(done)
    return redirect(url_for("console.order.show", number=number), 303)
