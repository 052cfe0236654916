"""Public notices (F-10): written, posted, and which households have been told (R-004, R-032)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.public_notices import (
    NoticeUnitsIn,
    PublicNoticeIn,
    PublicNoticePlacesIn,
    PublicNoticeWhyIn,
    PublicNoticeWordsIn,
    visible,
)
from server.console import exports, forms, saved_filters
from server.console.export_columns import notice_columns
from server.console.list_filters import NOTICES
from server.console.notices_labels import PUBLIC_NOTICE_KIND, PUBLIC_NOTICE_STATE
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import NotFound, Problem, Stale
from server.http import actor, level, requires, settings
from server.keyset import Leaf, Place, read_place
from server.public_notices import operations, queries
from server.public_notices.models import PublicNotice

pages = Blueprint("public_notices", __name__)
PAGE = 50
DOES = frozenset("DA")
_BETWEEN = re.compile(r"[\n,,、;;]+")


@pages.get("/public-notices")
@requires("account.self")
def show() -> Any:
    """Every notice, the last drafted first; whoever does not work on them sees what hangs."""
    if (opening := saved_filters.opening(NOTICES)) is not None:
        return redirect(opening, 303)
    return _all()


@pages.post("/public-notices")
@requires("public_notice.publish")
def draft() -> Any:
    """A new draft; sent twice there is one."""
    try:
        with transaction() as current:
            number = forms.answered_before(current)
            if number is None:
                data = forms.loaded(PublicNoticeIn, forms.taken("kind", "title", "text"))
                notice = operations.draft_notice(
                    current, settings(), **data, by=actor(), at=utcnow()
                )
                number = notice.number
                forms.keep_answer(current, number)
    except Problem as problem:
        return _all(problem), problem.status
    return redirect(url_for("console.public_notices.one", number=number), 303)


@pages.get("/public-notices/export.<form>")
@requires("account.self")
def export(form: str) -> Response:
    """Every notice that the filter of the address asks for, of those that one sees."""
    chosen = _chosen()
    with snapshot():
        chunks = exports.leaves(lambda place: _leaf(chosen, limit=exports.CHUNK, after=place))
        return exports.sent("public-notices", form, notice_columns(), chunks)


@pages.get("/public-notices/<number>")
@requires("account.self")
def one(number: str) -> Any:
    """One notice, and who is to hear."""
    return _one(number)


@pages.post("/public-notices/<number>")
@requires("public_notice.publish")
def edit(number: str) -> Any:
    """Other words for a draft."""

    def act(current: Session, notice: PublicNotice) -> str:
        data = forms.loaded(PublicNoticeWordsIn, forms.taken("title", "text"))
        operations.edit(current, notice, **data, seen=forms.seen(), by=actor(), at=utcnow())
        return gettext("已保存。")

    return _change(number, act)


@pages.post("/public-notices/<number>/publication")
@requires("public_notice.publish")
def publish(number: str) -> Any:
    """It hangs, and where."""

    def act(current: Session, notice: PublicNotice) -> str:
        places = [one for one in _BETWEEN.split(request.form.get("places", "")) if one.strip()]
        data = forms.loaded(PublicNoticePlacesIn, {"places": places} if places else {})
        operations.publish(current, notice, **data, seen=forms.seen(), by=actor(), at=utcnow())
        return gettext("公告已张贴。请逐户告知名单上的住户。")

    return _change(number, act)


@pages.post("/public-notices/<number>/withdrawal")
@requires("public_notice.publish")
def withdraw(number: str) -> Any:
    """Taken down."""

    def act(current: Session, notice: PublicNotice) -> str:
        data = forms.loaded(PublicNoticeWhyIn, forms.taken("reason"))
        operations.withdraw(current, notice, **data, by=actor(), at=utcnow())
        return gettext("公告已撤下。")

    return _change(number, act)


@pages.post("/public-notices/<number>/units")
@requires("public_notice.publish")
def address(number: str) -> Any:
    """Every unit of a building, or of the estate, is to hear."""

    def act(current: Session, notice: PublicNotice) -> str:
        data = forms.loaded(NoticeUnitsIn, forms.taken("building"))
        count = operations.address_units(current, notice, **data, by=actor(), at=utcnow())
        return gettext("名单增加 %(count)s 户。", count=count)

    return _change(number, act)


@pages.post("/public-notices/<number>/told")
@requires("public_notice.publish")
def told(number: str) -> Any:
    """The ticked households have been told, or all that wait."""

    def act(current: Session, notice: PublicNotice) -> str:
        chosen: list[uuid.UUID] | None = None
        if "everybody" not in request.form:
            chosen = []
            for text in request.form.getlist("recipient"):
                with suppress(ValueError):
                    chosen.append(uuid.UUID(text))
        count = operations.tell(current, notice, recipients=chosen, by=actor(), at=utcnow())
        return gettext("已记下 %(count)s 户告知。", count=count)

    return _change(number, act)


def _change(number: str, act: Callable[[Session, PublicNotice], str]) -> Any:
    try:
        with transaction() as current:
            done = act(current, queries.find(current, number, by=actor(), lock=True))
    except NotFound:
        raise
    except Problem as problem:
        return _one(number, problem), problem.status
    flash(done)
    return redirect(url_for("console.public_notices.one", number=number), 303)


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name) or "" for name in ("state", "kind")}


def _leaf(
    chosen: dict[str, str], *, limit: int, after: Place | None = None, before: Place | None = None
) -> Leaf:
    """What the words ask for; whoever does not work on notices sees what hangs."""
    state = chosen["state"] if chosen["state"] in PUBLIC_NOTICE_STATE else None
    return queries.page(
        session(),
        actor().estate_id,
        state=state if level("public_notice.publish") is not None else "published",
        kind=chosen["kind"] if chosen["kind"] in PUBLIC_NOTICE_KIND else None,
        limit=limit,
        after=after,
        before=before,
    )


def _all(problem: Problem | None = None) -> str:
    chosen = _chosen()
    works = level("public_notice.publish") is not None
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    leaf = _leaf(chosen, limit=PAGE, **places)
    return render_template(
        "public_notices.html",
        leaf=leaf,
        chosen=chosen,
        kept=saved_filters.kept(NOTICES, chosen),
        query=urlencode(chosen),
        works=works,
        writes=level("public_notice.publish") in DOES,
        turn=lambda **place: f"/public-notices?{urlencode({**chosen, **place})}",
        once=request.form.get("once") or forms.fresh_key(),
        problem=problem,
        typed=request.form,
    )


def _one(number: str, problem: Problem | None = None) -> str:
    current, notice = session(), visible(number)
    works = level("public_notice.publish") is not None
    rows = queries.recipients(current, notice) if works else []
    people = {notice.drafted_by, notice.published_by, *(row.told_by for row in rows)}
    return render_template(
        "public_notice.html",
        notice=notice,
        recipients=rows,
        counts=queries.counts(current, notice),
        names=names_of(current, {one for one in people if one}),
        works=works,
        writes=level("public_notice.publish") in DOES,
        problem=problem,
        stale=isinstance(problem, Stale),
        seen=forms.still(operations.shown(notice), problem),
        typed=request.form,
    )
