"""Warranty classes, and the proposals to exchange something that wait for a manager."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.api.fields import Text
from server.api.warranties import ClassIn, ProposalDecisionIn
from server.assets import classes, proposals, queries
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Problem, Stale
from server.http import actor, level, requires
from server.seen import NOTHING
from server.work_orders.operations import replacing

pages = Blueprint("warranties", __name__)
PAGE = 50
DOES = frozenset("DA")
_MONTHS = ("months_from_use", "months_from_factory", "months_from_acceptance")


class CodedIn(ClassIn):
    """A class as the page's form has it, with its code."""

    code = Text(20, required=True)


@pages.get("/warranty-classes")
@requires("asset.manage", reading=True)
def show_classes() -> Any:
    """The classes and what they promise."""
    return _classes()


@pages.post("/warranty-classes")
@requires("asset.decide")
def save_class() -> Any:
    """A new class, or the one with this code put right."""

    def act(current: Session) -> None:
        typed = forms.taken("code", "name_zh", "name_en", *_MONTHS, "basis", "on_site_24h")
        data = forms.loaded(CodedIn, typed)
        code = data.pop("code")
        # The page shows every class; one that it did not show was not there.
        seen = request.form.get(f"seen_{code}", NOTHING)
        classes.save_class(current, code, **data, seen=seen, by=actor(), at=utcnow())

    return _do(act, _classes, "show_classes", gettext("保修类别已保存。"))


@pages.post("/warranty-classes/usual")
@requires("asset.decide")
def adopt_usual() -> Any:
    """The usual classes, where they are not there yet (X-004, X-009)."""

    def act(current: Session) -> None:
        classes.adopt_usual(current, by=actor(), at=utcnow())

    return _do(act, _classes, "show_classes", gettext("常用类别已加入。"))


@pages.get("/replacement-proposals")
@requires("asset.decide", reading=True)
def show_proposals() -> Any:
    """What waits for a decision, the longest first."""
    return _proposals()


@pages.post("/replacement-proposals/<uuid:proposal_id>")
@requires("asset.decide")
def decide(proposal_id: uuid.UUID) -> Any:
    """A manager decides one."""

    def act(current: Session) -> None:
        data = forms.loaded(ProposalDecisionIn, forms.taken("decision", "text"))
        row = proposals.find(current, proposal_id, by=actor())
        replacing.decide(current, row, **data, by=actor(), at=utcnow())

    return _do(act, _proposals, "show_proposals", gettext("决定已记下。"))


def _do(
    act: Callable[[Session], None],
    page: Callable[[Problem], str],
    endpoint: str,
    done: str,
) -> Any:
    try:
        with transaction() as current:
            act(current)
    except Problem as problem:
        return page(problem), problem.status
    flash(done)
    return redirect(url_for(f"console.warranties.{endpoint}"), 303)


def _classes(problem: Problem | None = None) -> str:
    rows = classes.classes_of(session(), actor().estate_id)
    return render_template(
        "warranty_classes.html",
        classes=rows,
        seen={
            one.code: forms.still(classes.shown(one), problem, f"seen_{one.code}") for one in rows
        },
        stale=isinstance(problem, Stale),
        may_decide=level("asset.decide") in DOES,
        problem=problem,
        typed=request.form,
    )


def _proposals(problem: Problem | None = None) -> str:
    current = session()
    found = proposals.open_page(
        current, actor().estate_id, limit=PAGE, cursor=request.args.get("after")
    )
    ids = {row.asset_id for row in found.rows if row.asset_id}
    return render_template(
        "replacement_proposals.html",
        found=found,
        assets=queries.some(current, ids),
        may_decide=level("asset.decide") in DOES,
        problem=problem,
        typed=request.form,
    )
