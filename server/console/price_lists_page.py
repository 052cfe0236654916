"""The price list in versions: draft one, see what it changes, have somebody else approve it (F-03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.permissions import decides
from server.accounts.queries import names_of
from server.api.price_lists import PriceItemIn, PriceListDraftIn, PriceListReasonIn, changes
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem, Stale
from server.http import actor, level, requires, settings
from server.prices import operations, queries
from server.prices.models import PriceList
from server.seen import NOTHING

pages = Blueprint("price_lists", __name__)
DOES = frozenset("DA")
ITEM_FIELDS = ("code", "name_zh", "name_en", "category", "unit", "warranty_months")


@pages.get("/price-lists")
@requires("order.read", reading=True)
def show() -> Any:
    """Every version, and today's list."""
    return _all()


@pages.post("/price-lists")
@requires("price_list.publish")
def draft() -> Any:
    """A new version, copied from the list it follows; sent twice there is one."""
    try:
        with transaction() as current:
            version = forms.answered_before(current)
            if version is None:
                data = forms.loaded(PriceListDraftIn, forms.taken("valid_from", "note"))
                row = operations.draft(current, settings(), **data, by=actor(), at=utcnow())
                version = row.version
                forms.keep_answer(current, version)
    except Problem as problem:
        return _all(problem), problem.status
    return redirect(url_for("console.price_lists.one", version=version), 303)


@pages.get("/price-lists/<version>")
@requires("order.read", reading=True)
def one(version: str) -> Any:
    """One version with its items and what it changes."""
    return _one(version)


@pages.post("/price-lists/<version>")
@requires("price_list.publish")
def redate(version: str) -> Any:
    """Another first day or note."""

    def act(current: Session, row: PriceList) -> None:
        data = forms.loaded(PriceListDraftIn, forms.taken("valid_from", "note"))
        operations.redate(
            current, settings(), row, **data, seen=forms.seen("seen_head"), by=actor(), at=utcnow()
        )

    return _change(version, act, gettext("已保存。"))


@pages.post("/price-lists/<version>/items")
@requires("price_list.publish")
def set_item(version: str) -> Any:
    """Add an item, or change the one with this code."""

    def act(current: Session, row: PriceList) -> None:
        typed = forms.taken(*ITEM_FIELDS, yuan=("labour_yuan", "material_yuan"))
        data = forms.loaded(PriceItemIn, typed)
        code = data.pop("code")
        operations.set_item(
            current, row, code=code, facts=data, seen=_seen_of(code), by=actor(), at=utcnow()
        )

    return _change(version, act, gettext("项目已写入草稿。"))


@pages.post("/price-lists/<version>/items/<code>/end")
@requires("price_list.publish")
def end_item(version: str, code: str) -> Any:
    """Leave an item out of this version."""

    def act(current: Session, row: PriceList) -> None:
        operations.end_item(current, row, code=code, by=actor(), at=utcnow())

    return _change(version, act, gettext("项目 %(code)s 不再列入这一版。", code=code))


@pages.post("/price-lists/<version>/submission")
@requires("price_list.publish")
def submit(version: str) -> Any:
    """Hand it in."""

    def act(current: Session, row: PriceList) -> None:
        operations.submit(current, settings(), row, by=actor(), at=utcnow())

    return _change(version, act, gettext("已提交,等待他人批准。"))


@pages.post("/price-lists/<version>/approval")
@requires("price_list.publish")
def approve(version: str) -> Any:
    """Publish what somebody else has made (X-021)."""

    def act(current: Session, row: PriceList) -> None:
        operations.approve(current, settings(), row, seen=forms.seen(), by=actor(), at=utcnow())

    return _change(version, act, gettext("已批准,到生效日自动启用。"))


@pages.post("/price-lists/<version>/return")
@requires("price_list.publish")
def hand_back(version: str) -> Any:
    """Back to whoever made it, with the reason."""

    def act(current: Session, row: PriceList) -> None:
        data = forms.loaded(PriceListReasonIn, forms.taken("reason"))
        operations.hand_back(current, row, **data, by=actor(), at=utcnow())

    return _change(version, act, gettext("已退回修改。"))


@pages.post("/price-lists/<version>/withdrawal")
@requires("price_list.publish")
def withdraw(version: str) -> Any:
    """Give a version up."""

    def act(current: Session, row: PriceList) -> None:
        data = forms.loaded(PriceListReasonIn, forms.taken("reason"))
        operations.withdraw(current, row, **data, by=actor(), at=utcnow())

    return _change(version, act, gettext("这一版已作废。"))


def _seen_of(code: str) -> str:
    """What the form showed of the item with this code: nothing, where it showed another one."""
    seen = forms.seen("seen_item")
    return seen if request.form.get("seen_code") == code else NOTHING


def _change(version: str, act: Callable[[Session, PriceList], None], done: str) -> Any:
    try:
        with transaction() as current:
            act(current, queries.find(current, version, by=actor(), lock=True))
    except NotFound:
        raise
    except Problem as problem:
        return _one(version, problem), problem.status
    flash(done)
    return redirect(url_for("console.price_lists.one", version=version), 303)


def _all(problem: Problem | None = None) -> str:
    current, by = session(), actor()
    today = utcnow().astimezone(settings().zone).date()
    lists = queries.lists(current, by.estate_id)
    in_force = queries.items_in_force(current, by.estate_id, today)
    return render_template(
        "price_lists.html",
        lists=lists,
        version_now=max((item.list_version for item in in_force), default=""),
        names=names_of(current, {one.drafted_by for one in lists if one.drafted_by})
        | names_of(current, {one.approved_by for one in lists if one.approved_by}),
        drafts=level("price_list.publish") in DOES,
        tomorrow=today + dt.timedelta(days=1),
        once=request.form.get("once") or forms.fresh_key(),
        problem=problem,
        typed=request.form,
    )


def _one(version: str, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    row = queries.find(current, version, by=by)
    items = queries.items_of(current, by.estate_id, version)
    # Whoever was not the first sees the item as it is now, beside what he typed.
    code = request.form.get("code", "").strip() if isinstance(problem, Stale) else ""
    wanted = code or request.args.get("item") or request.form.get("seen_code")
    chosen = next((item for item in items if item.code == wanted), None)
    makes = level("price_list.publish") in DOES
    own = by.ref in operations.makers(current, row) if makes else False
    return render_template(
        "price_list.html",
        row=row,
        items=items,
        changes=changes(row, items) if row.state != "withdrawn" else [],
        chosen=chosen,
        stale=isinstance(problem, Stale),
        seen={
            "list": operations.shown_list(row, items),
            "item": forms.still(operations.shown_item(chosen), problem, "seen_item"),
            "head": forms.still(operations.shown_head(row), problem, "seen_head"),
        },
        names=names_of(current, {one for one in (row.drafted_by, row.approved_by) if one}),
        edits=makes and row.state == "draft",
        makes=makes,
        own=own,
        approves=decides("price_list.publish", by.roles) and not own,
        tomorrow=utcnow().astimezone(settings().zone).date() + dt.timedelta(days=1),
        problem=problem,
        typed=request.form,
    )
