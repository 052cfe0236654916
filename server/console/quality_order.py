"""One order on the reviewer's desk: everything a judgement needs on one screen, and judging it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from checklists.bands import stretches
from checklists.evaluate import Answer
from checklists.vocabulary import Kind
from server.accounts.queries import names_of
from server.api.orders import readable
from server.api.schemas import ReviewIn
from server.console import findings, forms
from server.console.changes import since_version
from server.console.formats import lasting, unit_words
from server.console.order_page import StepView, steps_of
from server.console.photo_pairs import pairs_of
from server.console.quality_labels import DIFFERENCES
from server.console.reading_chart import Chart, chart
from server.console.wording import gettext, marked
from server.db import session, transaction, utcnow
from server.errors import Invalid, NotFound, Problem, Stale
from server.evidence import queries as evidence
from server.history import history_of
from server.http import actor, level, requires, settings
from server.quality import corrections
from server.quality import operations as quality
from server.quality.models import Assessment
from server.quality.readings import earlier_readings
from server.quality.timeline import timeline
from server.quality.waiting import next_waiting
from server.work_orders import queries
from server.work_orders.facts import run_of
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.operations.supplying import parts_of

#: Reasons that come up every day, chosen by their number; a reviewer may always write another.
REASONS = (
    marked("照片看不清"),
    marked("照片不是这一步的内容"),
    marked("疑似重复使用的照片"),
    marked("读数与照片不符"),
    marked("旧件与新件没有同时入镜"),
    marked("没有拍到整体"),
)
#: What the checklist says of its own accord; everything else happened to the order.
_QUIET = frozenset({"photo.stored", "order.received"})
CORRECTION_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason to look closely at an order, in the reader's language; `step` where it is of one."""

    words: str
    points: int | None = None
    step: str | None = None


def findings_of(order: WorkOrder) -> Sequence[Finding]:
    """What the evidence score found, heaviest first; nothing where it was not scored yet."""
    scored = session().get(Assessment, order.id)
    found = scored.findings if scored else []
    return [Finding(words=findings.explain(one), points=one["weight"]) for one in found]


@requires("quality.review", reading=True)
def show(number: str) -> Any:
    """Everything a judgement needs on one page."""
    return _page(number)


@requires("quality.review", reading=True)
def following(number: str) -> Any:
    """The order after this one in the queue; the queue itself where this one is the last."""
    order = queries.get_order(session(), actor().estate_id, number)
    found = next_waiting(session(), by=actor(), after=(order.qa_place, order.id))
    return redirect(_address(found), 303)


@requires("quality.review")
def judge(number: str) -> Any:
    """Pass, send back by step with reasons, or fail with a correction and its date; then the next."""
    try:
        with transaction() as current:
            order = moving.find_order(
                current, number, by=actor(), expected_version=forms.seen_version()
            )
            place = (order.qa_place, order.id)
            data = forms.loaded(
                ReviewIn, forms.taken("outcome", "note", "correction", "due_on") | _sent_back()
            )
            steps = {finding["step"]: finding["reason"] for finding in data.pop("steps")}
            quality.review(current, settings(), order, steps=steps, **data, by=actor(), at=utcnow())
    except NotFound:
        raise
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(gettext("%(number)s 的评审已记下。", number=number))
    by = actor()
    # Those that were passed over come again at the end.
    found = next_waiting(session(), by=by, after=place) or next_waiting(session(), by=by)
    return redirect(_address(found), 303)


def _address(order: WorkOrder | None) -> str:
    if order is None:
        return url_for("console.quality.queue")
    return url_for("console.quality.show", number=order.number)


def _sent_back() -> dict[str, Any]:
    """The marked steps, each with the chosen reason and what was written beside it."""
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
    steps = steps_of(current, order, photos)
    reviews = quality.reviews_of(current, order.id)
    history = history_of(current, moving.SUBJECT, order.number)
    told = [row for row in history if row.kind not in _QUIET]
    stale = isinstance(problem, Stale)
    return render_template(
        "quality_order.html",
        order=order,
        mine=mine,
        findings=findings_of(order),
        steps=steps,
        charts=_charts(current, order, steps),
        pairs=(pairs := pairs_of(photos)),
        pair_of={one.sha256: pair.name for pair in reversed(pairs) for one in pair.photos},
        loose_photos=[one for one in photos if not one.step and not one.is_signature],
        held={photo.sha256 for photo in photos},
        quotes=queries.quotes_of(current, order.id),
        parts=parts_of(current, order),
        differences=DIFFERENCES,
        signatures=queries.signatures_of(current, order.id),
        reviews=reviews,
        corrections=corrections.of_order(current, order.id),
        names=names_of(current, {row.reviewer_id for row in reviews}),
        moments=timeline(told, limit_s=settings().clock_skew_s),
        lasting=lasting,
        apart=_apart,
        reasons=[gettext(reason) for reason in REASONS],
        may_review=reviewable and level("quality.review") in {"D", "A"},
        next_week=utcnow().astimezone(settings().zone).date() + dt.timedelta(days=CORRECTION_DAYS),
        problem=problem,
        stale=stale,
        changed=since_version(history, request.form.get("version", "")) if stale else [],
        typed=request.form,
    )


def _apart(seconds: int) -> str:
    """How far the two clocks of an event are apart, and which of them is behind (P-18)."""
    span = lasting(dt.timedelta(seconds=abs(seconds)))
    if seconds > 0:
        return gettext("服务器晚 %(span)s", span=span)
    return gettext("手持机快 %(span)s", span=span)


def _charts(current: Session, order: WorkOrder, steps: Sequence[StepView]) -> dict[str, Chart]:
    """The readings that count, drawn against their bands and what this unit read before."""
    run = run_of(current, order)
    readings = {
        view.step: (view.template, view.last)
        for view in steps
        if view.template is not None and view.template.kind is Kind.READING and view.last
    }
    if run is None or not readings:
        return {}
    before = earlier_readings(current, order, readings.keys())
    drawn: dict[str, Chart] = {}
    for step, (template, last) in readings.items():
        value = str(last.answer.get("value", ""))
        asked = Answer(step=step, attempt=last.attempt, answer=last.answer)
        unit = str(last.answer.get("unit") or "")
        picture = chart(
            value,
            unit,
            stretches(run, template, asked),
            before.get(step, ()),
            shown=unit_words(unit),
        )
        if picture is not None:
            drawn[step] = picture
    return drawn
