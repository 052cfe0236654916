"""The reviewer's desk: the queue of finished work, and judging one order step by step."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.api.orders import readable
from server.api.schemas import ReviewIn
from server.console import findings, forms
from server.console.order_page import steps_of
from server.console.wording import gettext, marked
from server.db import session, transaction, utcnow
from server.errors import Invalid, NotFound, Problem, Stale
from server.evidence import queries as evidence
from server.http import actor, level, requires, settings
from server.quality import operations as quality
from server.quality import review_queue
from server.quality.review_queue import Place, Tab
from server.work_orders import queries
from server.work_orders.operations import moving

pages = Blueprint("quality", __name__)
PAGE = 50
#: Findings that stand in the queue; all of them stand on the order's own page.
TOP_FINDINGS = 3
_AFTER = re.compile(r"(-1|[0-9]{1,3})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

#: Reasons that come up every day; a reviewer may always write another.
REASONS = (
    marked("照片看不清"),
    marked("照片不是这一步的内容"),
    marked("疑似重复使用的照片"),
    marked("读数与照片不符"),
    marked("旧件与新件没有同时入镜"),
    marked("没有拍到整体"),
)


@pages.get("/quality")
@requires("quality.review", reading=True)
def queue() -> Any:
    """Finished work that waits for a judgement, the most suspicious first (QA1)."""
    tab, after = _tab(), request.args.get("after")
    page = review_queue.page(
        session(), actor().estate_id, tab, after=_read(after) if after else None, limit=PAGE
    )
    return render_template(
        "quality_queue.html",
        tab=tab.value,
        entries=page.entries,
        after=f"{page.after.place}.{page.after.order_id}" if page.after else None,
        counts={
            one.value: count
            for one, count in review_queue.counts(session(), actor().estate_id).items()
        },
        most=review_queue.MOST_COUNTED,
        top=TOP_FINDINGS,
        explain=findings.explain,
    )


@pages.get("/quality/<number>")
@requires("quality.review", reading=True)
def show(number: str) -> Any:
    """Everything a judgement needs on one page."""
    return _page(number)


@pages.post("/quality/<number>")
@requires("quality.review")
def judge(number: str) -> Any:
    """Pass, send back by step with reasons, or fail with a correction and its date."""
    try:
        with transaction() as current:
            order = moving.find_order(
                current, number, by=actor(), expected_version=forms.seen_version()
            )
            data = forms.loaded(
                ReviewIn, forms.taken("outcome", "note", "correction", "due_on") | _findings()
            )
            steps = {finding["step"]: finding["reason"] for finding in data.pop("steps")}
            quality.review(current, settings(), order, steps=steps, **data, by=actor(), at=utcnow())
    except NotFound:
        raise
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(gettext("%(number)s 的评审已记下。", number=number))
    return redirect(url_for("console.quality.queue"), 303)


def _findings() -> dict[str, Any]:
    """The ticked steps, each with the chosen reason and what was written beside it."""
    if request.form.get("outcome") != "returned":
        return {}
    steps = []
    for step in request.form.getlist("step"):
        chosen = request.form.get(f"reason-{step}", "").strip()
        written = request.form.get(f"words-{step}", "").strip()
        reason = ";".join(part for part in (chosen, written) if part)
        if not reason:
            raise Invalid(
                "reason-missing",
                f"{step}:请写明退回的原因。",
                f"{step}: say why it is sent back.",
                rule="R-005",
            )
        steps.append({"step": step, "reason": reason})
    return {"steps": steps}


def _page(number: str, problem: Problem | None = None) -> str:
    current = session()
    order = readable(number)
    photos = evidence.photos_of(current, order.id) if level("photo.read") else []
    mine = queries.was_assigned(current, order.id, actor().user_id or uuid.UUID(int=0))
    reviewable = order.state in quality.REVIEWABLE and not mine
    return render_template(
        "quality_order.html",
        order=order,
        mine=mine,
        steps=steps_of(current, order, photos),
        loose_photos=[photo for photo in photos if not photo.step],
        held={photo.sha256 for photo in photos},
        quotes=queries.quotes_of(current, order.id),
        signatures=queries.signatures_of(current, order.id),
        reviews=quality.reviews_of(current, order.id),
        names={},
        reasons=REASONS,
        may_review=reviewable and level("quality.review") in {"D", "A"},
        next_week=utcnow().astimezone(settings().zone).date() + dt.timedelta(days=7),
        problem=problem,
        stale=isinstance(problem, Stale),
        typed=request.form,
    )


def _tab() -> Tab:
    try:
        return Tab(request.args.get("tab", Tab.CHOSEN))
    except ValueError as error:
        raise NotFound("no-such-list", "没有这个列表。", "There is no such list.") from error


def _read(after: str) -> Place:
    told = _AFTER.fullmatch(after)
    if told is None:
        raise Invalid("bad-cursor", "分页位置无效。", "The place is not one of ours.")
    return Place(place=int(told[1]), order_id=uuid.UUID(told[2]))
